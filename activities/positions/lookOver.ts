/**
 * Whether anything is to be done for what a user holds: most cycles find every protection resting untouched and no rule
 * that moves or sells. That is a question and no order, so it may be asked inside the workflow task; whatever else is
 * found is left to ./managePositions.ts.
 */
import type { StoredPosition } from '../../adapters/database/positionsRepository.js';
import { exitDecisions } from '../../trading/exits/index.js';
import { isUnfinished } from '../orders/exit.js';
import { snapshotOf } from '../market/snapshots.js';
import type { Desk } from '../orders/desk.js';
import type { PositionsReport } from '../types.js';
import { abandonedLately, openOrdersBySymbol, restsUntouched, withHighest } from './managePositions.js';

/**
 * @param seen what is held, where it was just read and no order's outcome is open
 * @returns null where something is to be done
 */
export async function lookOver(
  desk: Desk,
  seen: Promise<StoredPosition[]> | null = null,
): Promise<PositionsReport | null> {
  const { orders, positions } = desk.deps.repositories;
  const [open, unresolved, abandoned] = await Promise.all([
    seen ?? positions.open(desk.userId),
    seen ? [] : orders.unresolvedByUser(desk.userId),
    abandonedLately(desk),
  ]);
  if (unresolved.length + abandoned.length > 0 || open.some(isUnfinished)) return null;
  const restingOf = openOrdersBySymbol(desk, open);
  for (const position of open) {
    const resting = (await restingOf.get(position.symbol)) ?? [];
    if (!restsUntouched(position.protection!, resting) || (await isToBeMoved(desk, position))) return null;
  }
  return { openPositions: open.length, unresolved: 0, unprotected: 0, closed: [], lines: [], events: [] };
}

async function isToBeMoved(desk: Desk, known: StoredPosition): Promise<boolean> {
  const snapshot = await snapshotOf(desk.venue, known.symbol, desk.config.timeframe);
  const position = await withHighest(desk, known, snapshot.price);
  const rules = await desk.rules(position.symbol);
  return exitDecisions(position, snapshot, desk.config, snapshot.marketTime, rules).length > 0;
}
