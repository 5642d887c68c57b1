import { ema, emaStream } from './ema.js';

export interface MacdColumns {
  macd: Float64Array;
  signal: Float64Array;
  histogram: Float64Array;
}
export type MacdValue = { macd: number; signal: number; histogram: number };

/**
 * Moving average convergence/divergence as TA-Lib computes it (ta_MACD.c): the fast average is seeded so that its first
 * value falls on the slow one's first, the signal is an EMA of the difference, and all three lines begin together where
 * the signal does (candle slow + signal - 2).
 */
export function macd(values: Float64Array, fast = 12, slow = 26, signalPeriod = 9): MacdColumns {
  const lines = ema(values, fast, slow - fast);
  const slowAverage = ema(values, slow);
  for (let index = 0; index < lines.length; index++) lines[index] = lines[index]! - slowAverage[index]!;
  const signal = ema(lines, signalPeriod, slow - 1);
  lines.fill(Number.NaN, 0, Math.min(slow + signalPeriod - 2, lines.length));
  const histogram = new Float64Array(values.length);
  for (let index = 0; index < histogram.length; index++) histogram[index] = lines[index]! - signal[index]!;
  return { macd: lines, signal, histogram };
}

/** One value at a time. The answer is one object that the next call overwrites. */
export function macdStream(fast = 12, slow = 26, signalPeriod = 9): (value: number) => MacdValue {
  const fastAverage = emaStream(fast, slow - fast);
  const slowAverage = emaStream(slow);
  const signalAverage = emaStream(signalPeriod);
  const out: MacdValue = { macd: Number.NaN, signal: Number.NaN, histogram: Number.NaN };
  return (value) => {
    const quick = fastAverage(value);
    const lazy = slowAverage(value);
    if (Number.isNaN(lazy)) return out;
    const difference = quick - lazy;
    const signal = signalAverage(difference);
    if (Number.isNaN(signal)) return out;
    out.macd = difference;
    out.signal = signal;
    out.histogram = difference - signal;
    return out;
  };
}
