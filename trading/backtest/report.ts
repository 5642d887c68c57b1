import { performanceMetrics, type PerformanceMetrics } from '../metrics/index.js';
import { type CandleColumns, TIMEFRAME_MS, type Timeframe } from '../types.js';
import type { MeasurableRun, RunSetup } from './run.js';

/** What is stored of a run; times in ISO 8601, money in quote units, percentages in percent. */
export interface RunReport {
  strategy: string;
  params: Record<string, number>;
  symbol: string;
  timeframe: string;
  /** Opening of the first candle, close of the last one. */
  from: string;
  to: string;
  rules: 'plain' | 'live';
  sizePct: number;
  candles: number;
  /** The engine's own time. */
  seconds: number;
  finalEquity: number;
  metrics: PerformanceMetrics;
  refusals?: Record<string, number>;
  /** All trades there were; `trades` holds the first of them. */
  tradesTotal: number;
  trades: Record<string, unknown>[];
  /** Evenly thinned out, the last point included. */
  equity: { time: string; equity: number }[];
}

export const KEPT_TRADES = 2_000;
export const KEPT_POINTS = 1_000;

export function runReport(
  run: MeasurableRun,
  about: {
    timeframe: Timeframe;
    symbol: string;
    rules: 'plain' | 'live';
    setup: RunSetup;
    candles: CandleColumns;
    seconds: number;
  },
): RunReport {
  const { symbol, timeframe, rules, setup, candles, seconds } = about;
  const candleMs = TIMEFRAME_MS[timeframe];
  return {
    strategy: setup.strategy,
    params: run.params,
    symbol,
    timeframe,
    from: iso(candles.timestamp[0]!),
    to: iso(candles.timestamp[candles.length - 1]! + candleMs),
    rules,
    sizePct: setup.sizePct,
    candles: run.candles,
    seconds,
    finalEquity: run.finalEquity,
    metrics: performanceMetrics({ equity: run.equity, trades: run.trades, benchmark: run.benchmark, candleMs }),
    ...(run.refusals ? { refusals: run.refusals } : {}),
    tradesTotal: run.trades.length,
    trades: run.trades
      .slice(0, KEPT_TRADES)
      .map((trade) => ({ ...trade, entryTime: iso(trade.entryTime), exitTime: iso(trade.exitTime) })),
    equity: thinned(run.equity.time.length, KEPT_POINTS).map((index) => ({
      time: iso(run.equity.time[index]!),
      equity: run.equity.equity[index]!,
    })),
  };
}

/** Indices 0 to length - 1, or `most` of them at even distances with both ends among them. */
function thinned(length: number, most: number): number[] {
  if (length <= most) return Array.from({ length }, (_, index) => index);
  return Array.from({ length: most }, (_, place) => Math.round((place * (length - 1)) / (most - 1)));
}

const iso = (time: number): string => new Date(time).toISOString();
