import type { CandleColumns } from '../types.js';
import { type CandleStream, overCandles } from './stream.js';

/** On-balance volume in base units; it starts with the first candle's volume (TA-Lib's ta_OBV.c). */
export const obv = (candles: CandleColumns): Float64Array => overCandles(candles, obvStream());

export function obvStream(): CandleStream {
  let previousClose = Number.NaN;
  let total = 0;
  return (_high, _low, close, volume) => {
    if (close < previousClose) total -= volume;
    else if (close > previousClose || Number.isNaN(previousClose)) total += volume;
    previousClose = close;
    return total;
  };
}
