import type { Interval } from './intervals.js';
import type { SymbolRules } from './symbols.js';

/** A candle as the exchange gives it; prices and base volume as floats on the symbol's tick and step. */
export interface Candle {
  openTime: number;
  closeTime: number; // last ms of the interval
  open: number;
  high: number;
  low: number;
  close: number;
  volume: number; // base
  quoteVolume: number;
  trades: number;
  closed: boolean;
}

/** A price on the way: reached continuously through all between, or by a jump. */
export interface PathPoint {
  time: number; // market time, ms
  price: number;
  continuous: boolean;
}

export interface DayStatistics {
  open: number;
  high: number;
  low: number;
  last: number;
  volume: number;
  quoteVolume: number;
  trades: number;
  openTime: number;
  closeTime: number;
}

/** A lasting or passing change of a symbol's price by a factor, from a market time on (the control port's /prices). */
export interface PriceShift {
  symbol: string;
  at: number;
  factor: number;
  /** Market time at which the price returns; absent for a lasting change. */
  until?: number;
  /** Whether trades happen at every price in between (crash, spike) or at none (gap). */
  continuous: boolean;
}

/** Where prices come from: recorded candles, or another exchange's public data. */
export interface MarketSource {
  readonly kind: 'recorded' | 'feed';
  rules(symbol: string): SymbolRules | undefined;
  symbols(): readonly SymbolRules[];
  /** Length of the finest candle, ms: the unit of the clock's steps. */
  readonly baseInterval: number;
  /** The last traded price at market time `t`. */
  priceAt(symbol: string, t: number): number;
  /** The way from just after `from` to `to`. */
  path(symbol: string, from: number, to: number): PathPoint[];
  /** Candles that open within [from, to], at most `limit`: the first ones when `from` is given, else the last; as known at `now`. */
  candles(symbol: string, interval: Interval, query: CandleQuery): Candle[] | Promise<Candle[]>;
  /** Statistics of the 24 hours before `now`. */
  day(symbol: string, now: number): DayStatistics;
  /** Mean base volume of one minute: the measure of the book's depth. */
  minuteVolume(symbol: string): number;
  shift(change: PriceShift): void;
  /** false while a live feed has been silent for too long: new orders are refused then. */
  isOpen?(): boolean;
  /** State of a live feed, for GET /clock. */
  health?(): Record<string, unknown>;
}

export interface CandleQuery {
  now: number;
  limit: number;
  from?: number;
  to?: number;
}
