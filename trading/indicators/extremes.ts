import type { ScalarStream } from './stream.js';

/** The highest of the last `period` values, NaN before there are as many. */
export const highest = (values: Float64Array, period: number): Float64Array => slidingExtreme(values, period, 1);

/** The lowest of the last `period` values. */
export const lowest = (values: Float64Array, period: number): Float64Array => slidingExtreme(values, period, -1);

/** Remembers where the extreme is and searches again only when it leaves the window (as ta_MAX.c does). */
function slidingExtreme(values: Float64Array, period: number, sign: 1 | -1): Float64Array {
  const out = new Float64Array(values.length);
  let at = -1;
  for (let index = 0; index < values.length; index++) {
    const start = index - period + 1;
    if (at < start) {
      at = Math.max(start, 0);
      for (let other = at + 1; other <= index; other++) if (sign * (values[other]! - values[at]!) >= 0) at = other;
    } else if (at < 0 || sign * (values[index]! - values[at]!) >= 0) at = index;
    out[index] = start < 0 ? Number.NaN : values[at]!;
  }
  return out;
}

export const highestStream = (period: number): ScalarStream => extremeStream(period, Math.max);
export const lowestStream = (period: number): ScalarStream => extremeStream(period, Math.min);

function extremeStream(period: number, choose: (a: number, b: number) => number): ScalarStream {
  const recent = new Float64Array(period);
  let seen = 0;
  return (value) => {
    recent[seen % period] = value;
    seen += 1;
    return seen < period ? Number.NaN : recent.reduce((a, b) => choose(a, b));
  };
}
