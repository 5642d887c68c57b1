import type { ScalarStream } from './stream.js';

/**
 * Simple moving average of the last `period` values, NaN before. The running total adds the new value, divides, then
 * drops the oldest: TA-Lib's order (ta_SMA.c), so that results agree to the bit.
 */
export function sma(values: Float64Array, period: number): Float64Array {
  const out = new Float64Array(values.length);
  const warmUp = Math.min(period - 1, values.length);
  out.fill(Number.NaN, 0, warmUp);
  let total = 0;
  for (let index = 0; index < warmUp; index++) total += values[index]!;
  for (let index = period - 1, oldest = 0; index < values.length; index++, oldest++) {
    total += values[index]!;
    out[index] = total / period;
    total -= values[oldest]!;
  }
  return out;
}

/** The same, one value at a time. */
export function smaStream(period: number): ScalarStream {
  const recent = new Float64Array(period);
  let total = 0;
  let seen = 0;
  return (value) => {
    recent[seen % period] = value;
    seen += 1;
    total += value;
    if (seen < period) return Number.NaN;
    const average = total / period;
    total -= recent[seen % period]!;
    return average;
  };
}
