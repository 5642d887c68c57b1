import { mean, sum } from './statistics.js';

/** What the trade statistics need of a closed trade; money in quote units, times in ms UTC. */
export interface MeasuredTrade {
  entryTime: number;
  exitTime: number;
  entryPrice: number;
  exitPrice: number;
  quantity: number;
  /** Net of fees. */
  pnl: number;
  pnlPct: number;
  fees: number;
  exitReason?: string;
}

export interface TradeStatistics {
  trades: number;
  /** Percent of trades with a profit after fees. */
  winRatePct: number;
  averageWin: number;
  /** Negative. */
  averageLoss: number;
  /** Average win / average loss, as a positive number. */
  payoff: number;
  /** Sum of wins / sum of losses. */
  profitFactor: number;
  /** Mean result of a trade, quote units; and in percent of its entry's value. */
  expectancy: number;
  expectancyPct: number;
  bestTradePct: number;
  worstTradePct: number;
  longestWinStreak: number;
  longestLossStreak: number;
  averageHoldingMinutes: number;
  fees: number;
}

/** Figures of single trades. A trade of exactly 0 is neither a win nor a loss and ends both streaks. */
export function tradeStatistics(trades: readonly MeasuredTrade[]): TradeStatistics {
  const results = trades.map(({ pnl }) => pnl);
  const wins = results.filter((pnl) => pnl > 0);
  const losses = results.filter((pnl) => pnl < 0);
  const percents = trades.map(({ pnlPct }) => pnlPct);
  return {
    trades: trades.length,
    winRatePct: (100 * wins.length) / trades.length,
    averageWin: mean(wins),
    averageLoss: mean(losses),
    payoff: mean(wins) / -mean(losses),
    profitFactor: sum(wins) / -sum(losses),
    expectancy: mean(results),
    expectancyPct: mean(percents),
    bestTradePct: percents.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY),
    worstTradePct: percents.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY),
    longestWinStreak: longestRun(results, (pnl) => pnl > 0),
    longestLossStreak: longestRun(results, (pnl) => pnl < 0),
    averageHoldingMinutes: mean(trades.map(({ entryTime, exitTime }) => (exitTime - entryTime) / 60_000)),
    fees: sum(trades.map(({ fees }) => fees)),
  };
}

/**
 * Percent of the time from `start` to `end` with at least one position: the union of the trades' spans, each counted to
 * the end of the candle that it was left in (`candleMs`, 0 where exit times are exact).
 */
export function exposurePct(trades: readonly MeasuredTrade[], start: number, end: number, candleMs: number): number {
  const spans = trades.map(({ entryTime, exitTime }) => [entryTime, Math.min(exitTime + candleMs, end)] as const);
  spans.sort(([a], [b]) => a - b);
  let covered = 0;
  let until = start;
  for (const [from, to] of spans) {
    covered += Math.max(0, to - Math.max(from, until));
    until = Math.max(until, to);
  }
  return (100 * covered) / (end - start);
}

/** Value bought and sold as a multiple of the mean equity, over the whole time. An open trade was only bought. */
export function turnover(trades: readonly MeasuredTrade[], meanEquity: number): number {
  const traded = trades.map(
    ({ quantity, entryPrice, exitPrice, exitReason }) =>
      quantity * (entryPrice + (exitReason === 'open' ? 0 : exitPrice)),
  );
  return sum(traded) / meanEquity;
}

function longestRun(values: readonly number[], belongs: (value: number) => boolean): number {
  let longest = 0;
  let run = 0;
  for (const value of values) {
    run = belongs(value) ? run + 1 : 0;
    longest = Math.max(longest, run);
  }
  return longest;
}
