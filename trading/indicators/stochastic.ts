import type { CandleColumns } from '../types.js';
import { highest, highestStream, lowest, lowestStream } from './extremes.js';
import { smaStream } from './sma.js';

export interface StochasticColumns {
  k: Float64Array;
  d: Float64Array;
}
export type StochasticValue = { k: number; d: number };

/**
 * Slow stochastic, 0 to 100 (TA-Lib's ta_STOCH.c with simple averages): the close's place in the range of the last
 * `period` candles, averaged over `slowing` (%K) and that over `smoothing` (%D). Both lines begin together. A window
 * without any range gives 0, as there.
 */
export function stochastic(candles: CandleColumns, period = 14, slowing = 3, smoothing = 3): StochasticColumns {
  const top = highest(candles.high, period);
  const bottom = lowest(candles.low, period);
  const smooth = smoothed(slowing, smoothing);
  const out = { k: new Float64Array(candles.length), d: new Float64Array(candles.length) };
  for (let index = 0; index < candles.length; index++) {
    const value = smooth(top[index]!, bottom[index]!, candles.close[index]!);
    out.k[index] = value.k;
    out.d[index] = value.d;
  }
  return out;
}

/** One candle at a time. The answer is one object that the next call overwrites. */
export function stochasticStream(
  period = 14,
  slowing = 3,
  smoothing = 3,
): (high: number, low: number, close: number) => StochasticValue {
  const top = highestStream(period);
  const bottom = lowestStream(period);
  const smooth = smoothed(slowing, smoothing);
  return (high, low, close) => smooth(top(high), bottom(low), close);
}

function smoothed(slowing: number, smoothing: number): (top: number, bottom: number, close: number) => StochasticValue {
  const slow = smaStream(slowing);
  const slower = smaStream(smoothing);
  const out: StochasticValue = { k: Number.NaN, d: Number.NaN };
  return (top, bottom, close) => {
    if (Number.isNaN(top)) return out;
    const range = top - bottom;
    const k = slow(range === 0 ? 0 : 100 * ((close - bottom) / range));
    if (Number.isNaN(k)) return out;
    const d = slower(k);
    if (Number.isNaN(d)) return out;
    out.k = k;
    out.d = d;
    return out;
  };
}
