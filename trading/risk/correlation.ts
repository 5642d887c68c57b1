/** Correlation of two symbols' returns, -1 to 1; null where it is not known. */
export type Correlation = (a: string, b: string) => number | null;

/** Returns that a correlation is taken over. */
export const CORRELATION_WINDOW = 200;

/** Returns below which a correlation says nothing. */
export const MIN_CORRELATION_RETURNS = 20;

/**
 * Pearson's correlation of the last `window` one-candle returns of two series of closes with the same times, oldest
 * first. null where fewer than MIN_CORRELATION_RETURNS are there or one series did not move.
 */
export function rollingCorrelation(a: ArrayLike<number>, b: ArrayLike<number>, window: number): number | null {
  const count = Math.min(window, a.length - 1, b.length - 1);
  if (count < MIN_CORRELATION_RETURNS) return null;
  const x = lastReturns(a, count);
  const y = lastReturns(b, count);
  const meanX = mean(x);
  const meanY = mean(y);
  let covariance = 0;
  let varianceX = 0;
  let varianceY = 0;
  for (let i = 0; i < count; i++) {
    const dx = x[i]! - meanX;
    const dy = y[i]! - meanY;
    covariance += dx * dy;
    varianceX += dx * dx;
    varianceY += dy * dy;
  }
  const scale = Math.sqrt(varianceX) * Math.sqrt(varianceY);
  return scale > 0 && Number.isFinite(scale) ? Math.max(-1, Math.min(1, covariance / scale)) : null;
}

/**
 * The correlation of any two symbols whose closes are given, worked out when it is asked for, once a pair: who holds two
 * of a hundred symbols asks for two.
 */
export function correlationOf(
  closesOf: (symbol: string) => ArrayLike<number> | undefined,
  window: number,
): Correlation {
  const known = new Map<string, number | null>();
  return (a, b) => {
    const pair = a < b ? `${a} ${b}` : `${b} ${a}`;
    const before = known.get(pair);
    if (before !== undefined) return before;
    const [x, y] = [closesOf(a), closesOf(b)];
    const value = x && y ? rollingCorrelation(x, y, window) : null;
    known.set(pair, value);
    return value;
  };
}

function lastReturns(closes: ArrayLike<number>, count: number): Float64Array {
  const returns = new Float64Array(count);
  const from = closes.length - count;
  for (let i = 0; i < count; i++) returns[i] = closes[from + i]! / closes[from + i - 1]! - 1;
  return returns;
}

function mean(values: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}
