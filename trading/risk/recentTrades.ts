import type { ClosedTrade, RiskSettings } from '../types.js';

type Pauses = Pick<RiskSettings, 'losingStreakLimit' | 'cooldownMinutes'>;

/** How far back the pauses look: at trades closed after `since` (market time, ms), and at the `newest` ones whenever. */
export const tradeReach = (risk: Pauses, now: number): { since: number; newest: number } => ({
  since: now - risk.cooldownMinutes * 60_000,
  newest: risk.losingStreakLimit,
});

/**
 * The closed trades that the cool-down after a stop and the losing streak look at. Neither knows of days: midnight ends
 * no pause. `trades` come with the oldest exit first, and so does the answer.
 */
export function recentTrades<Trade extends Pick<ClosedTrade, 'exitTime'>>(
  trades: readonly Trade[],
  risk: Pauses,
  now: number,
): Trade[] {
  const { since, newest } = tradeReach(risk, now);
  let from = Math.max(0, trades.length - newest);
  // What closed at the same moment as the oldest one picked comes with it: `byExit` says which of them came first.
  const edge = trades[from]?.exitTime;
  while (from > 0 && (trades[from - 1]!.exitTime > since || trades[from - 1]!.exitTime === edge)) from -= 1;
  return trades.slice(from);
}

/** Oldest first; of those that closed at the same moment a gain counts as the later one, so that it ends the streak. */
export const byExit = (a: ClosedTrade, b: ClosedTrade): number =>
  a.exitTime - b.exitTime || Number(a.pnl) - Number(b.pnl);

/**
 * Whether trades older than these (all since `tradeReach`'s `since`, oldest first) could still make a losing streak that
 * pauses now: only then are they worth a question to the database.
 */
export function streakReachesBack(trades: readonly ClosedTrade[], risk: Pauses, now: number): boolean {
  const { since, newest } = tradeReach(risk, now);
  const last = trades.at(-1);
  if (!last || last.exitTime <= since || trades.length >= newest) return false;
  return trades.every(({ pnl }) => Number(pnl) < 0);
}
