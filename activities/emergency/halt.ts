/** The halt of one user's orders, in the books, where every entry looks right before it is sent. */
import type { ActivityDependencies } from '../dependencies.js';

/** An entry reaches the exchange within its fence (3 s) of its intent, or never; clocks may lie apart, ms. */
const ENTRY_REACHES_WITHIN_MS = 10_000;

/**
 * The user's halt stands since the stop of everybody, unless an entry had passed the look at it just before: then it
 * stands from now on, for the workflow has waited for that entry.
 * @returns null where no halt stands any more
 */
export async function haltedWithAll(
  deps: ActivityDependencies,
  userId: string,
  halted: string,
): Promise<string | null> {
  const { status, orders } = deps.repositories;
  const lastSent = new Date(Date.parse(halted) - ENTRY_REACHES_WITHIN_MS);
  const [taken, entered] = await Promise.all([
    status.takeHalt(userId, new Date(deps.now())),
    orders.hasEntrySince(userId, lastSent),
  ]);
  if (!taken) return null;
  return entered ? new Date(deps.now()).toISOString() : halted;
}

export async function haltNow(deps: ActivityDependencies, userId: string): Promise<string> {
  await Promise.all([haltOrders(deps, userId), deps.repositories.config.setEnabled(userId, false)]);
  return new Date(deps.now()).toISOString();
}

/** A user without a document gets one. */
async function haltOrders({ repositories }: ActivityDependencies, userId: string): Promise<void> {
  if (await repositories.status.halt(userId)) return;
  await repositories.status.create(userId, (await repositories.config.get(userId))?.mode ?? 'paper');
  await repositories.status.halt(userId);
}
