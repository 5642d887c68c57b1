import type { CandleColumns } from '../types.js';
import type { CandleStream } from './stream.js';

/**
 * Average true range by Wilder, in quote units (TA-Lib's ta_ATR.c): the mean of the true ranges of candles 1 to
 * `period`, then (previous x (period - 1) + true range) / period. First value at candle `period`.
 */
export function atr({ high, low, close, length }: CandleColumns, period = 14): Float64Array {
  const out = new Float64Array(length);
  out.fill(Number.NaN, 0, Math.min(period, length));
  let average = 0;
  for (let index = 1; index < length; index++) {
    const range = trueRange(high[index]!, low[index]!, close[index - 1]!);
    if (index > period) average = (average * (period - 1) + range) / period;
    else average += range;
    if (index < period) continue;
    if (index === period) average /= period;
    out[index] = average;
  }
  return out;
}

export function atrStream(period = 14): CandleStream {
  let previousClose = Number.NaN;
  let ranges = -1;
  let average = 0;
  return (high, low, close) => {
    const range = trueRange(high, low, previousClose);
    previousClose = close;
    ranges += 1;
    if (ranges === 0) return Number.NaN;
    if (ranges > period) {
      average = (average * (period - 1) + range) / period;
      return average;
    }
    average += range;
    if (ranges < period) return Number.NaN;
    average /= period;
    return average;
  };
}

/** The largest of high - low, |high - previous close| and |low - previous close|; NaN without a previous close. */
export function trueRange(high: number, low: number, previousClose: number): number {
  return Math.max(high - low, Math.abs(previousClose - high), Math.abs(previousClose - low));
}
