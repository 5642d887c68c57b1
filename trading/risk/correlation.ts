/** Correlation of returns by pair of symbols, -1 to 1. A pair that is missing is unknown. */
export type CorrelationMatrix = Readonly<Record<string, Readonly<Record<string, number>>>>;

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

/** All pairs of the given closes; pairs without a correlation are left out. */
export function correlationMatrix(
  closes: Readonly<Record<string, ArrayLike<number>>>,
  window: number,
): CorrelationMatrix {
  const symbols = Object.keys(closes);
  const matrix: Record<string, Record<string, number>> = Object.fromEntries(symbols.map((symbol) => [symbol, {}]));
  symbols.forEach((a, i) => {
    matrix[a]![a] = 1;
    for (const b of symbols.slice(i + 1)) {
      const value = rollingCorrelation(closes[a]!, closes[b]!, window);
      if (value !== null) matrix[a]![b] = matrix[b]![a] = value;
    }
  });
  return matrix;
}

function lastReturns(closes: ArrayLike<number>, count: number): number[] {
  return Array.from({ length: count }, (_, i) => {
    const at = closes.length - count + i;
    return closes[at]! / closes[at - 1]! - 1;
  });
}

function mean(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
