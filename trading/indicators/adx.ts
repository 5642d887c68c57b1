import type { CandleColumns } from '../types.js';
import { trueRange } from './atr.js';

export interface AdxColumns {
  adx: Float64Array;
  plusDi: Float64Array;
  minusDi: Float64Array;
}
export type AdxValue = { adx: number; plusDi: number; minusDi: number };

/**
 * Wilder's directional movement, 0 to 100 (TA-Lib's ta_ADX.c, ta_PLUS_DI.c, ta_MINUS_DI.c): movements and true range are
 * summed over the first `period` - 1 candles and then smoothed by total - total / period + new. +DI and -DI begin at
 * candle `period`, the ADX at 2 x `period` - 1 with the mean of the first `period` DX.
 */
export function adx({ length, high, low, close }: CandleColumns, period = 14): AdxColumns {
  const column = () => new Float64Array(length).fill(Number.NaN);
  const out = { adx: column(), plusDi: column(), minusDi: column() };
  let plus = 0;
  let minus = 0;
  let range = 0;
  let strength = 0;
  for (let index = 1; index < length; index++) {
    const up = high[index]! - high[index - 1]!;
    const down = low[index - 1]! - low[index]!;
    if (index >= period) {
      plus -= plus / period;
      minus -= minus / period;
      range -= range / period;
    }
    if (down > 0 && up < down) minus += down;
    else if (up > 0 && up > down) plus += up;
    range += trueRange(high[index]!, low[index]!, close[index - 1]!);
    if (index < period) continue;

    const still = range === 0;
    const plusDi = still ? 0 : 100 * (plus / range);
    const minusDi = still ? 0 : 100 * (minus / range);
    out.plusDi[index] = plusDi;
    out.minusDi[index] = minusDi;
    const total = plusDi + minusDi;
    const moved = !still && total !== 0;
    const directed = moved ? 100 * (Math.abs(minusDi - plusDi) / total) : 0;
    if (index < 2 * period) strength += directed;
    else if (moved) strength = (strength * (period - 1) + directed) / period;
    if (index === 2 * period - 1) strength /= period;
    if (index >= 2 * period - 1) out.adx[index] = strength;
  }
  return out;
}

/** One candle at a time. The answer is one object that the next call overwrites. */
export function adxStream(period = 14): (high: number, low: number, close: number) => AdxValue {
  let previousHigh = 0;
  let previousLow = 0;
  let previousClose = 0;
  let moves = -1;
  let plus = 0;
  let minus = 0;
  let range = 0;
  let strength = 0;
  const out: AdxValue = { adx: Number.NaN, plusDi: Number.NaN, minusDi: Number.NaN };
  return (high, low, close) => {
    const up = high - previousHigh;
    const down = previousLow - low;
    const reach = trueRange(high, low, previousClose);
    previousHigh = high;
    previousLow = low;
    previousClose = close;
    moves += 1;
    if (moves === 0) return out;
    if (moves >= period) {
      plus -= plus / period;
      minus -= minus / period;
      range -= range / period;
    }
    if (down > 0 && up < down) minus += down;
    else if (up > 0 && up > down) plus += up;
    range += reach;
    if (moves < period) return out;
    const still = range === 0;
    out.plusDi = still ? 0 : 100 * (plus / range);
    out.minusDi = still ? 0 : 100 * (minus / range);
    const total = out.plusDi + out.minusDi;
    const index = still || total === 0 ? Number.NaN : 100 * (Math.abs(out.minusDi - out.plusDi) / total);
    if (moves < 2 * period) {
      if (!Number.isNaN(index)) strength += index;
      if (moves === 2 * period - 1) {
        strength /= period;
        out.adx = strength;
      }
      return out;
    }
    if (!Number.isNaN(index)) strength = (strength * (period - 1) + index) / period;
    out.adx = strength;
    return out;
  };
}
