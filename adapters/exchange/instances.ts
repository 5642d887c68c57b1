import { putLatest } from '../latest.js';

/** A bounded cache of what is dear to make: the least recently used entry goes first. */
export interface InstanceCache<T> {
  get(id: string, make: () => Promise<T>): Promise<T>;
  forget(id: string): void;
  /** Drops what nobody asked for since `before` (ms). */
  forgetUnused(before: number): void;
  size(): number;
}

/**
 * Two callers of one id share one making; a failed one is not kept. An evicted instance goes on serving the calls that
 * hold it.
 */
export function createInstanceCache<T>(capacity: number, now: () => number = Date.now): InstanceCache<T> {
  const entries = new Map<string, { instance: Promise<T>; usedAt: number }>(); // in order of use
  return {
    get(id, make) {
      const known = entries.get(id)?.instance;
      const instance = known ?? make();
      if (!known)
        instance.catch(() => {
          if (entries.get(id)?.instance === instance) entries.delete(id);
        });
      putLatest(entries, id, { instance, usedAt: now() }, capacity);
      return instance;
    },
    forget: (id) => void entries.delete(id),
    forgetUnused(before) {
      for (const [id, { usedAt }] of entries) {
        if (usedAt >= before) return;
        entries.delete(id);
      }
    },
    size: () => entries.size,
  };
}
