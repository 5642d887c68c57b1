import { overValues, type ScalarStream } from './stream.js';

/**
 * Exponential moving average with factor 2 / (period + 1), seeded with the simple average of the first `period` values
 * (TA-Lib's ta_EMA.c in its default compatibility). NaN before the seed.
 */
export const ema = (values: Float64Array, period: number): Float64Array => overValues(values, emaStream(period));

/** One value at a time. `skip` leaves out that many values first, as MACD needs for its fast average. */
export function emaStream(period: number, skip = 0): ScalarStream {
  const factor = 2 / (period + 1);
  let seen = -skip;
  let average = 0;
  return (value) => {
    seen += 1;
    if (seen > period) {
      average = (value - average) * factor + average;
      return average;
    }
    if (seen < 1) return Number.NaN;
    average += value;
    if (seen < period) return Number.NaN;
    average /= period;
    return average;
  };
}
