import { sma } from './sma.js';

export interface BollingerColumns {
  upper: Float64Array;
  middle: Float64Array;
  lower: Float64Array;
}
export type BollingerValue = { upper: number; middle: number; lower: number; reach: number };

/**
 * Bollinger bands: simple average plus and minus `width` population deviations of the last `period` values (TA-Lib's
 * ta_BBANDS.c). The variance is summed over the window's distances from its mean: the mean of squares minus the squared
 * mean, which older releases of TA-Lib use, loses half of the digits at the price of a bitcoin.
 */
export function bollinger(values: Float64Array, period = 20, width = 2): BollingerColumns {
  const middle = sma(values, period);
  const reach = bollingerReach(values, middle, period, width);
  return {
    upper: middle.map((average, index) => average + reach[index]!),
    middle,
    lower: middle.map((average, index) => average - reach[index]!),
  };
}

/** Distance of either band from the `middle`, which is the simple average over the same `period`; NaN before there is one. */
export function bollingerReach(values: Float64Array, middle: Float64Array, period = 20, width = 1): Float64Array {
  const out = middle.slice();
  let index = period - 1;
  // Two windows at a time: each sum waits for its last addition, and the other one fills the wait.
  for (; index + 1 < values.length; index += 2) {
    const average = middle[index]!;
    const next = middle[index + 1]!;
    const start = index - period + 1;
    const first = values[start]! - average;
    let squares = first * first;
    let others = 0;
    for (let each = start + 1; each <= index; each++) {
      const distance = values[each]! - average;
      const other = values[each]! - next;
      squares += distance * distance;
      others += other * other;
    }
    const last = values[index + 1]! - next;
    out[index] = reachOf(squares / period, width);
    out[index + 1] = reachOf((others + last * last) / period, width);
  }
  if (index < values.length) {
    let squares = 0;
    for (let each = index - period + 1; each <= index; each++) {
      const distance = values[each]! - middle[index]!;
      squares += distance * distance;
    }
    out[index] = reachOf(squares / period, width);
  }
  return out;
}

const reachOf = (variance: number, width: number): number => Math.sqrt(variance) * width;

/** One value at a time. The answer is one object that the next call overwrites. */
export function bollingerStream(period = 20, width = 2): (value: number) => BollingerValue {
  const recent = new Float64Array(period);
  let seen = 0;
  let total = 0;
  const out: BollingerValue = { upper: Number.NaN, middle: Number.NaN, lower: Number.NaN, reach: Number.NaN };
  return (value) => {
    recent[seen % period] = value;
    seen += 1;
    total += value;
    if (seen < period) return out;
    const average = total / period;
    let squares = 0;
    for (let each = 0; each < period; each++) {
      const distance = recent[(seen + each) % period]! - average;
      squares += distance * distance;
    }
    total -= recent[seen % period]!;
    const reach = reachOf(squares / period, width);
    out.upper = average + reach;
    out.middle = average;
    out.lower = average - reach;
    out.reach = reach;
    return out;
  };
}
