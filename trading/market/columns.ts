import { type CandleColumns, type CandleRow, TIMEFRAME_MS, type Timeframe } from '../types.js';
import { MarketDataError } from './errors.js';

/** A hole between two candles: `missing` candles are absent after the one at `index`. */
export interface CandleGap {
  index: number;
  /** Opening of the first and of the last absent candle, ms UTC. */
  from: number;
  to: number;
  missing: number;
}

/** Columns of the given length, all zero, to be filled by the caller. */
export function allocateCandles(length: number): CandleColumns {
  const column = () => new Float64Array(length);
  return {
    length,
    timestamp: column(),
    open: column(),
    high: column(),
    low: column(),
    close: column(),
    volume: column(),
  };
}

/** Rows as ccxt gives them, turned into columns. Oldest first; nothing is checked (see `checkCandles`). */
export function candlesFromRows(rows: readonly CandleRow[]): CandleColumns {
  const candles = allocateCandles(rows.length);
  rows.forEach((row, index) => {
    candles.timestamp[index] = row[0];
    candles.open[index] = row[1];
    candles.high[index] = row[2];
    candles.low[index] = row[3];
    candles.close[index] = row[4];
    candles.volume[index] = row[5];
  });
  return candles;
}

export function candleRow(candles: CandleColumns, index: number): CandleRow {
  const { timestamp, open, high, low, close, volume } = candles;
  return [timestamp[index]!, open[index]!, high[index]!, low[index]!, close[index]!, volume[index]!];
}

/** The candles from `start` up to, not including, `end`; a view on the same memory. Negative counts from the end. */
export function sliceCandles(candles: CandleColumns, start: number, end = candles.length): CandleColumns {
  const timestamp = candles.timestamp.subarray(start, end);
  return {
    length: timestamp.length,
    timestamp,
    open: candles.open.subarray(start, end),
    high: candles.high.subarray(start, end),
    low: candles.low.subarray(start, end),
    close: candles.close.subarray(start, end),
    volume: candles.volume.subarray(start, end),
  };
}

/** The candles that open at `from` or later and before `to` (ms UTC); a view. */
export function candlesBetween(candles: CandleColumns, from: number, to: number): CandleColumns {
  return sliceCandles(candles, firstAtOrAfter(candles.timestamp, from), firstAtOrAfter(candles.timestamp, to));
}

/** Index of the first time at or after `time` in an ascending column; its length if there is none. */
export function firstAtOrAfter(timestamp: Float64Array, time: number): number {
  let low = 0;
  let high = timestamp.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (timestamp[middle]! < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Only candles whose time is over at `now` (market time, ms): the forming candle is never used as a closed one. */
export function closedCandles(candles: CandleColumns, timeframe: Timeframe, now: number): CandleColumns {
  return sliceCandles(candles, 0, firstAtOrAfter(candles.timestamp, now - TIMEFRAME_MS[timeframe] + 1));
}

/** Where candles are absent, by the timeframe's own grid. */
export function findGaps(candles: CandleColumns, timeframe: Timeframe): CandleGap[] {
  const step = TIMEFRAME_MS[timeframe];
  const gaps: CandleGap[] = [];
  for (let index = 1; index < candles.length; index++) {
    const before = candles.timestamp[index - 1]!;
    const distance = candles.timestamp[index]! - before;
    if (distance <= step) continue;
    const missing = Math.round(distance / step) - 1;
    gaps.push({ index: index - 1, from: before + step, to: before + step * missing, missing });
  }
  return gaps;
}

/**
 * The first candle that does not open on the timeframe's grid, -1 where all do. The grid is counted from `origin` (ms UTC):
 * the first candle unless told; 0 is the exchanges' own, multiples of the timeframe since 1970.
 */
export function firstOffGrid({ timestamp }: CandleColumns, timeframe: Timeframe, origin = timestamp[0]!): number {
  const step = TIMEFRAME_MS[timeframe];
  return timestamp.findIndex((time) => (time - origin) % step !== 0);
}

/**
 * The smallest distance between neighbours, ms: how long a candle lasts, whatever gaps there are. Infinite where there
 * are fewer than two.
 */
export function smallestStep({ timestamp, length }: CandleColumns): number {
  let smallest = Number.POSITIVE_INFINITY;
  for (let index = 1; index < length; index++) smallest = Math.min(smallest, timestamp[index]! - timestamp[index - 1]!);
  return smallest;
}

/**
 * Minutes between most neighbours, where neither those nor the nearest ones are the timeframe apart: the candles are of
 * another. Undefined where they may be of this one, whatever gaps there are; of fewer than three nobody can tell.
 */
export function otherSpacing(candles: CandleColumns, timeframe: Timeframe): number | undefined {
  const usual = usualStep(candles);
  const fits = [usual, smallestStep(candles)].includes(TIMEFRAME_MS[timeframe]);
  return candles.length < 3 || fits ? undefined : usual / 60_000;
}

/** The most frequent distance between neighbours, ms; NaN where there are fewer than two. */
function usualStep({ timestamp, length }: CandleColumns): number {
  const counts = new Map<number, number>();
  let usual = Number.NaN;
  for (let index = 1; index < length; index++) {
    const distance = timestamp[index]! - timestamp[index - 1]!;
    const count = (counts.get(distance) ?? 0) + 1;
    counts.set(distance, count);
    if (count > (counts.get(usual) ?? 0)) usual = distance;
  }
  return usual;
}

/** The most frequent distance between neighbours as a timeframe; null where no known timeframe has that length. */
export function inferTimeframe(candles: CandleColumns): Timeframe | null {
  const usual = usualStep(candles);
  const found = Object.entries(TIMEFRAME_MS).find(([, milliseconds]) => milliseconds === usual);
  return found ? (found[0] as Timeframe) : null;
}

/**
 * Candles of a larger timeframe, on the grid of UTC. A bucket at either end that the source does not cover to its edge
 * is left out, since its candle is not closed; a bucket with a hole inside is built from what there is, as an exchange
 * does for an outage.
 */
export function aggregateCandles(candles: CandleColumns, from: Timeframe, to: Timeframe): CandleColumns {
  const step = TIMEFRAME_MS[from];
  const size = TIMEFRAME_MS[to];
  if (size % step !== 0) throw new MarketDataError('MIXED_TIMEFRAME', `${to} is not a multiple of ${from}`);
  const rows: CandleRow[] = [];
  for (let start = 0; start < candles.length; ) {
    const bucket = Math.floor(candles.timestamp[start]! / size) * size;
    const end = firstAtOrAfter(candles.timestamp, bucket + size);
    const whole =
      (start > 0 || candles.timestamp[start] === bucket) &&
      (end < candles.length || candles.timestamp[end - 1]! + step === bucket + size);
    if (whole) rows.push(mergeCandles(candles, bucket, start, end));
    start = end;
  }
  return candlesFromRows(rows);
}

function mergeCandles(candles: CandleColumns, time: number, start: number, end: number): CandleRow {
  let high = Number.NEGATIVE_INFINITY;
  let low = Number.POSITIVE_INFINITY;
  let volume = 0;
  for (let index = start; index < end; index++) {
    high = Math.max(high, candles.high[index]!);
    low = Math.min(low, candles.low[index]!);
    volume += candles.volume[index]!;
  }
  return [time, candles.open[start]!, high, low, candles.close[end - 1]!, volume];
}

/** Throws on the first candle that cannot be true: not finite, not positive, out of its own range, or out of order. */
export function checkCandles(candles: CandleColumns): void {
  const { timestamp, open, high, low, close, volume } = candles;
  for (let index = 0; index < candles.length; index++) {
    const top = high[index]!;
    const bottom = low[index]!;
    const fine =
      bottom > 0 &&
      top < Number.POSITIVE_INFINITY &&
      open[index]! >= bottom &&
      open[index]! <= top &&
      close[index]! >= bottom &&
      close[index]! <= top &&
      volume[index]! >= 0;
    if (!fine)
      throw new MarketDataError(
        'BAD_CANDLE',
        `candle ${index} is inconsistent: ${candleRow(candles, index).join(', ')} (low <= open, close <= high, all positive, is needed)`,
        index,
      );
    if (index > 0 && !(timestamp[index]! > timestamp[index - 1]!))
      throw new MarketDataError(
        'BAD_ORDER',
        `candle ${index} opens at ${timestamp[index]}, not after ${timestamp[index - 1]}`,
        index,
      );
  }
}
