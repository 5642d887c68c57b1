import { type CandleColumns, TIMEFRAME_MS, type Timeframe } from '../../trading/types.js';

const FIELDS = ['timestamp', 'open', 'high', 'low', 'close', 'volume'] as const;

/** Opening time of the newest candle that is closed at `marketTime`. */
export function lastClosedOpen(marketTime: number, timeframe: Timeframe): number {
  const length = TIMEFRAME_MS[timeframe];
  return Math.floor(marketTime / length) * length - length;
}

/** Without the candles that are still forming at `marketTime`. */
export function closedOnly(candles: CandleColumns, timeframe: Timeframe, marketTime: number): CandleColumns {
  const last = lastClosedOpen(marketTime, timeframe);
  let end = candles.length;
  while (end > 0 && candles.timestamp[end - 1]! > last) end--;
  return end === candles.length ? candles : slice(candles, 0, end);
}

/** `older` followed by what `newer` has beyond it, the last `size` candles. */
export function append(older: CandleColumns, newer: CandleColumns, size: number): CandleColumns {
  const newest = older.length > 0 ? older.timestamp[older.length - 1]! : Number.NEGATIVE_INFINITY;
  let from = 0;
  while (from < newer.length && newer.timestamp[from]! <= newest) from++;
  const added = newer.length - from;
  if (added === 0) return last(older, size);
  const kept = Math.max(0, Math.min(older.length, size - added));
  const columns = {} as Record<(typeof FIELDS)[number], Float64Array>;
  for (const field of FIELDS) {
    const column = new Float64Array(kept + added);
    column.set(older[field].subarray(older.length - kept));
    column.set(newer[field].subarray(from), kept);
    columns[field] = column;
  }
  return last({ length: kept + added, ...columns }, size);
}

const last = (candles: CandleColumns, size: number): CandleColumns =>
  candles.length <= size ? candles : slice(candles, candles.length - size, candles.length);

function slice(candles: CandleColumns, from: number, to: number): CandleColumns {
  const columns = {} as Record<(typeof FIELDS)[number], Float64Array>;
  for (const field of FIELDS) columns[field] = candles[field].slice(from, to);
  return { length: to - from, ...columns };
}
