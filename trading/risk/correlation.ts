/** Correlation of two symbols' returns, -1 to 1; null where it is not known. */
export type Correlation = (a: string, b: string) => number | null;

/** Returns that a correlation is taken over. */
export const CORRELATION_WINDOW = 200;

/** Returns below which a correlation says nothing. */
export const MIN_CORRELATION_RETURNS = 20;

/** Closes of a symbol and the openings of their candles (ms UTC), oldest first. */
export interface TimedCloses {
  timestamp: ArrayLike<number>;
  close: ArrayLike<number>;
}

/** Over which returns: `step` is a candle's length in ms, `window` a number of candles. */
export interface CorrelationSpan {
  step: number;
  window: number;
}

/**
 * Pearson's correlation of the one-candle returns that both symbols have within the last `window` candles of time, back
 * from the newest candle of either. Candles are told by their times, never by their places: where one symbol lacks some,
 * or its newest comes late, the others still meet their like. null where fewer than MIN_CORRELATION_RETURNS are common
 * to both, or one of them did not move.
 */
export function rollingCorrelation(a: TimedCloses, b: TimedCloses, span: CorrelationSpan): number | null {
  const [x, y] = commonReturns(a, b, span);
  const count = x.length;
  if (count < MIN_CORRELATION_RETURNS) return null;
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
  closesOf: (symbol: string) => TimedCloses | undefined,
  span: CorrelationSpan,
): Correlation {
  const known = new Map<string, number | null>();
  return (a, b) => {
    const pair = a < b ? `${a} ${b}` : `${b} ${a}`;
    const before = known.get(pair);
    if (before !== undefined) return before;
    const [x, y] = [closesOf(a), closesOf(b)];
    const value = x && y ? rollingCorrelation(x, y, span) : null;
    known.set(pair, value);
    return value;
  };
}

/** Newest first: of every time at which both have a candle and the one right before it. */
function commonReturns(
  a: TimedCloses,
  b: TimedCloses,
  { step, window }: CorrelationSpan,
): [Float64Array, Float64Array] {
  const x = new Float64Array(window);
  const y = new Float64Array(window);
  let count = 0;
  let i = a.close.length - 1;
  let j = b.close.length - 1;
  const before = Math.max(a.timestamp[i] ?? 0, b.timestamp[j] ?? 0) - window * step;
  while (i > 0 && j > 0) {
    const time = a.timestamp[i]!;
    const other = b.timestamp[j]!;
    if (Math.min(time, other) <= before) break;
    if (time === other && a.timestamp[i - 1] === time - step && b.timestamp[j - 1] === time - step) {
      x[count] = a.close[i]! / a.close[i - 1]! - 1;
      y[count] = b.close[j]! / b.close[j - 1]! - 1;
      count += 1;
    }
    if (time >= other) i -= 1;
    if (other >= time) j -= 1;
  }
  return [x.subarray(0, count), y.subarray(0, count)];
}

function mean(values: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}
