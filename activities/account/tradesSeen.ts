import type { TradeDocument } from '../../adapters/database/documents.js';
import type { Repositories } from '../../adapters/database/repositories.js';
import { byExit, recentTrades, streakReachesBack, tradeReach } from '../../trading/risk/index.js';
import type { ClosedTrade, TradingConfig, VenueMode } from '../../trading/types.js';

/** No time zone is further ahead of UTC: what closed on a day of any user's closed no earlier before that day in UTC. */
const FURTHEST_AHEAD_MS = 14 * 3_600_000;

/**
 * The closed trades that a look at an account needs, by one question to the database (two while a losing streak reaches
 * further back than its cool-down).
 * @param look.firstDay the first of the user's days that the account's day is computed from
 * @returns `ofDays` closed on that day or later; `recent` what the pauses of trading/risk look at, oldest first
 */
export async function tradesSeen(
  trades: Pick<Repositories['trades'], 'closedSince' | 'newest'>,
  look: { userId: string; mode: VenueMode; firstDay: string; marketTime: number; risk: TradingConfig['risk'] },
): Promise<{ ofDays: TradeDocument[]; recent: ClosedTrade[] }> {
  const { userId, mode, firstDay, marketTime, risk } = look;
  const { since, newest } = tradeReach(risk, marketTime);
  const from = Math.min(since, Date.parse(`${firstDay}T00:00:00Z`) - FURTHEST_AHEAD_MS);
  const found = await trades.closedSince(userId, mode, new Date(from));
  const known = found.map(closedTrade).sort(byExit);
  const reached = streakReachesBack(known, risk, marketTime)
    ? (await trades.newest(userId, mode, newest, from)).map(closedTrade).sort(byExit)
    : known;
  return {
    ofDays: found.filter(({ day }) => day >= firstDay),
    recent: recentTrades(reached, risk, marketTime),
  };
}

const closedTrade = (trade: TradeDocument): ClosedTrade => ({
  positionId: trade.positionId,
  symbol: trade.symbol,
  entryTime: trade.entryTime.getTime(),
  entryPrice: String(trade.entryPrice),
  exitTime: trade.exitTime.getTime(),
  exitPrice: String(trade.exitPrice),
  quantity: String(trade.quantity),
  fees: String(trade.fees),
  pnl: String(trade.pnl),
  pnlPct: trade.pnlPct,
  exitReason: trade.exitReason,
});
