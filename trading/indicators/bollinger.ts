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
  const stream = bollingerStream(period, width);
  const column = () => new Float64Array(values.length);
  const out = { upper: column(), middle: column(), lower: column() };
  for (let index = 0; index < values.length; index++) {
    const value = stream(values[index]!);
    out.upper[index] = value.upper;
    out.middle[index] = value.middle;
    out.lower[index] = value.lower;
  }
  return out;
}

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
    for (let index = 0; index < period; index++) {
      const distance = recent[index]! - average;
      squares += distance * distance;
    }
    total -= recent[seen % period]!;
    const variance = squares / period;
    const reach = variance < 1e-14 ? 0 : Math.sqrt(variance) * width;
    out.upper = average + reach;
    out.middle = average;
    out.lower = average - reach;
    return out;
  };
}
