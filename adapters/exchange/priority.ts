import { AsyncLocalStorage } from 'node:async_hooks';
import type { Priority } from './weightBudget.js';

const current = new AsyncLocalStorage<Priority>();

/** Every exchange call made inside `work` goes before all others and may use the weight that is kept for emergencies. */
export function asEmergency<T>(work: () => Promise<T>): Promise<T> {
  return current.run('emergency', work);
}

/**
 * Every exchange call made inside `work` is for a holding that may be without protection: it waits for nobody but
 * emergencies. Inside one of those it is part of that.
 */
export function asBare<T>(work: () => Promise<T>): Promise<T> {
  return current.getStore() === 'emergency' ? work() : current.run('bare', work);
}

/** Every exchange call made inside `work` is only there to be shown, and leaves the weight to everything else. */
export function asView<T>(work: () => Promise<T>): Promise<T> {
  return current.run('views', work);
}

/** The priority asked for around the call, or its own. */
export const priorityOr = (own: Priority): Priority => current.getStore() ?? own;
