/** What a command or a workflow asks of the engine, prepared once and then run as often as it is timed. */
import type { CandleColumns, SymbolRules, Timeframe } from '../types.js';
import type { Detail } from './detail.js';
import type { EquityCurve } from '../metrics/returns.js';
import type { WithoutModel } from '../signals/withoutModel.js';
import type { BacktestResult, CostModel } from './types.js';

export interface RunMarket {
  symbol: string;
  timeframe: Timeframe;
  candles: CandleColumns;
  /** Leading candles that only warm the indicators up. */
  warmUp: number;
  detail?: Detail | undefined;
  /** The strategy's votes on these candles, where they are known already: a vote never depends on later candles. */
  votes?: Float64Array;
  /** Makes what answers for a model, afresh for each run (see `PortfolioMarket`). Only live's rules ask it. */
  probability?: () => (index: number) => number | null;
  /** The exchange's filters; those of a large pair where they are not known. Only live's rules ask for them. */
  rules?: SymbolRules;
}

/** Percentages in percent; cash in quote units. */
export interface RunSetup extends CostModel {
  strategy: string;
  params: Readonly<Record<string, number>>;
  /** 0 means none. */
  stopLossPct: number;
  takeProfitPct: number;
  cash: number;
  /** Of the cash that an entry spends. */
  sizePct: number;
  /** By live's rules: what a proposal to buy is worth that no model has an answer to (`full`). */
  withoutModel?: WithoutModel;
  /** By live's rules, where a market brings no filters: the smallest order, quote units; Binance's unless given. */
  minNotional?: number | undefined;
}

export interface MeasurableRun extends BacktestResult {
  params: Record<string, number>;
  /** Candles traded, without those that only warm up. */
  candles: number;
  equity: EquityCurve;
  /** What buy-and-hold would hold, at the times of the equity. */
  benchmark: Float64Array;
  /** Refused entries by code, where the live rules were asked. */
  refusals?: Record<string, number>;
}

export interface PreparedRun<Result> {
  /** Candles that must precede the strategy's first vote. */
  strategyWarmUp: number;
  /** All of the engine's work, from the indicators to the last trade: what is timed. */
  once(): Result;
  /** Adds what only a report needs. */
  complete(result: Result): MeasurableRun;
}
