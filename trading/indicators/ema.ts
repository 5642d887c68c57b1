import type { ScalarStream } from './stream.js';

/**
 * Exponential moving average with factor 2 / (period + 1), seeded with the simple average of the first `period` values
 * from `skip` on (TA-Lib's ta_EMA.c in its default compatibility). NaN before the seed.
 */
export function ema(values: Float64Array, period: number, skip = 0): Float64Array {
  const out = new Float64Array(values.length);
  const seed = skip + period - 1;
  out.fill(Number.NaN, 0, Math.min(seed, values.length));
  if (seed >= values.length) return out;
  let average = 0;
  for (let index = skip; index <= seed; index++) average += values[index]!;
  average /= period;
  out[seed] = average;
  const factor = 2 / (period + 1);
  for (let index = seed + 1; index < values.length; index++) {
    average = (values[index]! - average) * factor + average;
    out[index] = average;
  }
  return out;
}

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
