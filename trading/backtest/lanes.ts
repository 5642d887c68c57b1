import { averageRanges, type SnapshotSource } from '../market/snapshot.js';
import { firstAtOrAfter } from '../market/columns.js';
import { type CandleColumns, type MarketSnapshot, type SymbolRules, TIMEFRAME_MS, type Timeframe } from '../types.js';
import type { Holding } from './account.js';
import type { Detail } from './detail.js';
import { exitWithin, type LevelExit } from './fills.js';

export interface PortfolioMarket {
  symbol: string;
  candles: CandleColumns;
  votes: Float64Array;
  /** Leading candles that are not traded. */
  warmUp: number;
  rules: SymbolRules;
  /** Smaller candles on which stop and target are looked for. */
  detail?: Detail | undefined;
  /**
   * What a model says of the candle at an index: probability of target before stop, or null where it says nothing. Asked
   * about proposals only, in the order of time.
   */
  probability?: (index: number) => number | null;
  /** Ticks from the last price to the bid and to the ask; 0 unless given. */
  spreadTicks?: number;
}

/** One symbol on its way through its candles. */
export interface Lane extends PortfolioMarket {
  source: SnapshotSource;
  /** The candle that is being lived through, or the next one. */
  cursor: number;
  /** The newest closed candle, -1 before the first. */
  closed: number;
  /** Newest price: the open of the candle that begins, then its close; 0 before the first. */
  price: number;
  /** Quote units from the price to bid and ask. */
  spread: number;
  holding: Holding | null;
  /** The newest snapshot that was asked for. */
  seen: MarketSnapshot | null;
  /** Base units that sales left because they are less than a lot. */
  dust: number;
}

export function createLane(market: PortfolioMarket, timeframe: Timeframe, feePct: number): Lane {
  const { symbol, candles, warmUp, spreadTicks = 0, rules } = market;
  return {
    ...market,
    rules: { ...rules, makerFee: feePct / 100, takerFee: feePct / 100 },
    source: { candles, ranges: averageRanges(candles), symbol, timeframe },
    cursor: warmUp,
    closed: warmUp - 1,
    price: warmUp > 0 ? candles.close[warmUp - 1]! : 0,
    spread: spreadTicks * Number(rules.tickSize),
    holding: null,
    seen: null,
    dust: 0,
  };
}

/** Opening of the next candle of all lanes, Infinity after the last. */
export function earliest(lanes: readonly Lane[]): number {
  let time = Number.POSITIVE_INFINITY;
  for (const { candles, cursor } of lanes)
    if (cursor < candles.length && candles.timestamp[cursor]! < time) time = candles.timestamp[cursor]!;
  return time;
}

/** A level reached after the candle's open: on the smaller candles as far as there are any, else on the candle itself. */
export function exitOf(lane: Lane, holding: Holding): LevelExit | null {
  const { candles, cursor } = lane;
  if (candles.low[cursor]! > holding.stop && candles.high[cursor]! < holding.target) return null;
  return exitOnDetail(lane, holding) ?? exitWithin(candles, cursor, holding);
}

/**
 * The exit on the smaller candles of the one at the cursor; null where none of them touches a level, or one that is missing
 * may have done so before.
 */
function exitOnDetail({ detail, candles, cursor, source }: Lane, holding: Holding): LevelExit | null {
  if (!detail) return null;
  const { timestamp, open, length } = detail.candles;
  const opening = candles.timestamp[cursor]!;
  const start = firstAtOrAfter(timestamp, opening);
  const step = TIMEFRAME_MS[detail.timeframe];
  const most = TIMEFRAME_MS[source.timeframe] / step;
  for (let place = 0; place < most; place++) {
    const index = start + place;
    if (index >= length || timestamp[index] !== opening + place * step) return null;
    const beyond = place > 0 ? restingExit(open[index]!, holding) : null;
    const exit = beyond ?? exitWithin(detail.candles, index, holding);
    if (exit) return exit;
  }
  return null;
}

/** A market that opens beyond a level: the stop sells there, the target is a resting order and brings its own price. */
export function restingExit(open: number, { stop, target }: Holding): LevelExit | null {
  if (open <= stop) return { price: open, reason: 'stop' };
  return open >= target ? { price: target, reason: 'target' } : null;
}
