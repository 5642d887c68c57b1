import { drawdown } from './drawdown.js';
import { alphaBeta, expectedShortfall, omega, sharpe, sortino, valueAtRisk, volatility } from './ratios.js';
import { DAY_MS, DAYS_PER_YEAR, dailyPoints, type EquityCurve, simpleReturns } from './returns.js';
import { bootstrapMean, deflatedSharpe, probabilisticSharpe } from './significance.js';
import { mean } from './statistics.js';
import { exposurePct, type MeasuredTrade, tradeStatistics, turnover } from './trades.js';

export { METRIC_DEFINITIONS } from './definitions.js';
export { drawdown, underwater } from './drawdown.js';
export { dailyPoints, type EquityCurve, simpleReturns } from './returns.js';
export { bootstrapMean, deflatedSharpe, expectedBestSharpe, probabilisticSharpe } from './significance.js';
export type { MeasuredTrade } from './trades.js';

export interface MetricsInput {
  equity: EquityCurve;
  /**
   * Value of a unit of the account at the same times, where deposits and withdrawals moved the equity too: returns and
   * drawdowns are taken of it. The equity itself unless given.
   */
  value?: ArrayLike<number>;
  /** Closed trades; one that is still open may be among them (exitReason `open`). */
  trades: readonly MeasuredTrade[];
  /** Price of what buy-and-hold would hold, at the same times as the equity. */
  benchmark?: ArrayLike<number>;
  /** Length of a candle, ms, where trades carry the openings of candles; else 0. */
  candleMs?: number;
  /** Of the bootstrap. */
  seed?: number;
  /** How many variants were tried and the variance of their daily Sharpe ratios, for the deflated Sharpe ratio. */
  search?: { trials: number; variance: number };
}

export type PerformanceMetrics = Record<string, number | null>;

/** Hours on both sides of a midnight are no two days: a year made of them would be of any size. */
const LEAST_DAYS = 2;

/**
 * All figures of a performance. Percentages in percent, money in quote units, times in days or minutes as named; null
 * where a figure is not defined (no trades, nothing lost, or for what rests on days a span of less than two). Each one's
 * formula stands in `METRIC_DEFINITIONS` and in docs/METRICS.md.
 */
export function performanceMetrics(input: MetricsInput): PerformanceMetrics {
  const { equity, trades, candleMs = 0, seed = 1 } = input;
  const worth = input.value ? { time: equity.time, equity: input.value } : equity;
  const last = equity.time.length - 1;
  const span = last < 1 ? 0 : equity.time[last]! - equity.time[0]!;
  const spansDays = span >= LEAST_DAYS * DAY_MS;
  const returns = spansDays ? simpleReturns(dailyPoints(worth).equity) : new Float64Array(0);
  const growth = last < 0 ? Number.NaN : worth.equity[last]! / worth.equity[0]!;
  const years = span / (DAYS_PER_YEAR * DAY_MS);
  const cagr = spansDays ? growth ** (1 / years) - 1 : Number.NaN;
  const falls = drawdown(worth);
  const [low, high] = bootstrapMean(
    trades.map(({ pnlPct }) => pnlPct),
    { seed },
  );
  const versus = againstBenchmark(input, returns);
  return finite({
    startEquity: equity.equity[0] ?? Number.NaN,
    endEquity: last < 0 ? Number.NaN : equity.equity[last]!,
    days: span / DAY_MS,
    totalReturnPct: 100 * (growth - 1),
    cagrPct: 100 * cagr,
    volatilityPct: 100 * volatility(returns),
    sharpe: sharpe(returns),
    sortino: sortino(returns),
    calmar: cagr / falls.depth,
    omega: omega(returns),
    maxDrawdownPct: 100 * falls.depth,
    maxDrawdownDays: falls.length / DAY_MS,
    longestUnderwaterDays: falls.longestUnderwater / DAY_MS,
    underwaterPct: 100 * falls.underwaterShare,
    valueAtRiskPct: 100 * valueAtRisk(returns),
    expectedShortfallPct: 100 * expectedShortfall(returns),
    ...versus,
    ...tradeStatistics(trades),
    exposurePct: exposurePct(trades, equity.time[0] ?? 0, equity.time[last] ?? 0, candleMs),
    turnover: turnover(trades, mean(equity.equity)),
    probabilisticSharpe: probabilisticSharpe(returns),
    deflatedSharpe: input.search ? deflatedSharpe(returns, input.search.trials, input.search.variance) : Number.NaN,
    meanTradeLowPct: low,
    meanTradeHighPct: high,
  });
}

function againstBenchmark(
  { equity, benchmark }: MetricsInput,
  returns: Float64Array,
): { alphaPct: number; beta: number; buyAndHoldPct: number } {
  if (!benchmark || benchmark.length < 2) return { alphaPct: Number.NaN, beta: Number.NaN, buyAndHoldPct: Number.NaN };
  const prices = dailyPoints({ time: equity.time, equity: benchmark });
  const { alpha, beta } = alphaBeta(returns, simpleReturns(prices.equity));
  return { alphaPct: 100 * alpha, beta, buyAndHoldPct: 100 * (benchmark[benchmark.length - 1]! / benchmark[0]! - 1) };
}

/** JSON knows no NaN and no infinity: what is not defined is null. */
function finite(values: Record<string, number>): PerformanceMetrics {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, Number.isFinite(value) ? value : null]),
  );
}
