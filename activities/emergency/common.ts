import type { ActivityDependencies } from '../dependencies.js';
import { logEntries } from '../logLines.js';
import { isLeg } from '../orders/exit.js';
import type { LiquidationReport, LogLine } from '../types.js';

/** Settings may be gone, be it with the account: what rests and is held is known from the books and the exchange. */
export const WITHOUT_SETTINGS = { withoutSettings: true };

export async function keepLines(
  deps: ActivityDependencies,
  userId: string,
  step: string,
  lines: readonly LogLine[],
): Promise<void> {
  if (lines.length === 0) return;
  const now = deps.now();
  await deps.repositories.cycle.appendLogs(userId, `emergency-${step}-${now}`, logEntries(lines), now);
}

/** How far the clocks of Temporal's server and of workers may lie apart where each writes times, ms. */
const CLOCKS_APART_MS = 5_000;

/** By the books and not by this attempt's memory: what an attempt before it sold belongs to the receipt as well. */
export async function liquidatedSince(
  { repositories, now }: ActivityDependencies,
  userId: string,
  since: string | undefined,
): Promise<Pick<LiquidationReport, 'sold' | 'cancelled'>> {
  const from = since === undefined ? now() : Date.parse(since) - CLOCKS_APART_MS;
  // A trade may have been written by a worker whose clock is ahead of this one's, or by this one before its clock was set back.
  const trades = (await repositories.trades.between(userId, new Date(from), new Date(now() + CLOCKS_APART_MS))).filter(
    (trade) => trade.exitReason === 'emergency',
  );
  const sent = await Promise.all(trades.map(({ positionId }) => repositories.orders.ofPosition(userId, positionId)));
  const cancelled = sent
    .flat()
    .filter((order) => isLeg(order) && order.status === 'CANCELLED' && order.updatedAt.getTime() >= from)
    .map(({ symbol, clientOrderId, purpose }) => ({ symbol, clientOrderId, purpose }));
  const sold = trades.map(({ symbol, quantity, exitPrice }) => ({
    symbol,
    quantity: String(quantity),
    averagePrice: String(exitPrice),
  }));
  return { sold, cancelled };
}
