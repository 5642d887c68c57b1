import type { ScalarStream } from './stream.js';

/**
 * Relative strength index by Wilder, 0 to 100 (TA-Lib's ta_RSI.c): the first averages are plain means of the first
 * `period` gains and losses, later ones are smoothed by (previous x (period - 1) + new) / period. Without any movement
 * it is 0, as there. (Releases before 0.8 take sums below 1e-14 for no movement: wrong where a coin costs a millionth.) First value at candle `period`.
 */
export function rsi(values: Float64Array, period = 14): Float64Array {
  const out = new Float64Array(values.length);
  out.fill(Number.NaN, 0, Math.min(period, values.length));
  let gain = 0;
  let loss = 0;
  for (let index = 1; index < values.length; index++) {
    const change = values[index]! - values[index - 1]!;
    if (index > period) {
      gain *= period - 1;
      loss *= period - 1;
    }
    if (change < 0) loss -= change;
    else gain += change;
    if (index < period) continue;
    gain /= period;
    loss /= period;
    const total = gain + loss;
    out[index] = total === 0 ? 0 : 100 * (gain / total);
  }
  return out;
}

export function rsiStream(period = 14): ScalarStream {
  let previous = Number.NaN;
  let changes = -1;
  let gain = 0;
  let loss = 0;
  return (value) => {
    const change = value - previous;
    previous = value;
    changes += 1;
    if (changes === 0) return Number.NaN;
    if (changes > period) {
      gain *= period - 1;
      loss *= period - 1;
    }
    if (change < 0) loss -= change;
    else gain += change;
    if (changes < period) return Number.NaN;
    gain /= period;
    loss /= period;
    const total = gain + loss;
    return total === 0 ? 0 : 100 * (gain / total);
  };
}
