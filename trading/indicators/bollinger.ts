import { sma } from './sma.js';

export interface BollingerColumns {
  upper: Float64Array;
  middle: Float64Array;
  lower: Float64Array;
}
export type BollingerValue = { upper: number; middle: number; lower: number };

/**
 * Bollinger bands: simple average plus and minus `width` population deviations of the last `period` values (TA-Lib's
 * ta_BBANDS.c). The variance is summed over the window's distances from its mean: the mean of squares minus the squared
 * mean, which older releases of TA-Lib use, loses half of the digits at the price of a bitcoin.
 */
export function bollinger(values: Float64Array, period = 20, width = 2): BollingerColumns {
  const middle = sma(values, period);
  const upper = middle.slice();
  const lower = middle.slice();
  for (let index = period - 1; index < values.length; index++) {
    const average = middle[index]!;
    let squares = 0;
    for (let each = index - period + 1; each <= index; each++) {
      const distance = values[each]! - average;
      squares += distance * distance;
    }
    const reach = reachOf(squares / period, width);
    upper[index] = average + reach;
    lower[index] = average - reach;
  }
  return { upper, middle, lower };
}

const reachOf = (variance: number, width: number): number => Math.sqrt(variance) * width;

/** One value at a time. The answer is one object that the next call overwrites. */
export function bollingerStream(period = 20, width = 2): (value: number) => BollingerValue {
  const recent = new Float64Array(period);
  let seen = 0;
  let total = 0;
  const out: BollingerValue = { upper: Number.NaN, middle: Number.NaN, lower: Number.NaN };
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
    return out;
  };
}
