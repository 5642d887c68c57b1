import type { CandleColumns } from '../types.js';

/** An indicator of one series, fed value by value; NaN while it warms up. */
export type ScalarStream = (value: number) => number;

/** An indicator that needs the whole candle. */
export type CandleStream = (high: number, low: number, close: number, volume: number) => number;

/** Runs a stream over candles. */
export function overCandles(candles: CandleColumns, stream: CandleStream): Float64Array {
  const { length, high, low, close, volume } = candles;
  const out = new Float64Array(length);
  for (let index = 0; index < length; index++)
    out[index] = stream(high[index]!, low[index]!, close[index]!, volume[index]!);
  return out;
}
