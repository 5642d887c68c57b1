/** Plain statistics of a sample. Empty or too short samples give NaN. */
export const mean = (values: ArrayLike<number>): number => sum(values) / values.length;

export function sum(values: ArrayLike<number>): number {
  let total = 0;
  for (let index = 0; index < values.length; index++) total += values[index]!;
  return total;
}

/** Central moment of the given order, divided by n. */
export function moment(values: ArrayLike<number>, order: number): number {
  const centre = mean(values);
  let total = 0;
  for (let index = 0; index < values.length; index++) total += (values[index]! - centre) ** order;
  return total / values.length;
}

/** Sample standard deviation (n - 1). */
export function deviation(values: ArrayLike<number>): number {
  return values.length < 2 ? Number.NaN : Math.sqrt((moment(values, 2) * values.length) / (values.length - 1));
}

/** Third standardised moment, divided by n: 0 for a normal distribution. */
export const skewness = (values: ArrayLike<number>): number => moment(values, 3) / moment(values, 2) ** 1.5;

/** Fourth standardised moment, divided by n: 3 for a normal distribution. */
export const kurtosis = (values: ArrayLike<number>): number => moment(values, 4) / moment(values, 2) ** 2;

/** Quantile with linear interpolation between order statistics (Hyndman and Fan's type 7). */
export function quantile(values: ArrayLike<number>, share: number): number {
  if (values.length === 0) return Number.NaN;
  const sorted = Float64Array.from(values).sort();
  const place = (sorted.length - 1) * share;
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below]! + (sorted[above]! - sorted[below]!) * (place - below);
}

/** Distribution function of the standard normal. */
export function normalCdf(x: number): number {
  if (Number.isNaN(x)) return Number.NaN;
  const tail = Math.abs(x) < 4 ? 0.5 - seriesHalf(Math.abs(x)) : upperTail(Math.abs(x));
  return x > 0 ? 1 - tail : tail;
}

/** Its inverse, 0 < p < 1: a rational start (Acklam's) and two steps of Halley's method. */
export function normalQuantile(p: number): number {
  if (!(p > 0 && p < 1)) return p === 0 ? Number.NEGATIVE_INFINITY : p === 1 ? Number.POSITIVE_INFINITY : Number.NaN;
  let x = roughQuantile(p);
  for (let step = 0; step < 2; step++) {
    const error = (normalCdf(x) - p) * Math.sqrt(2 * Math.PI) * Math.exp((x * x) / 2);
    x -= error / (1 + (x * error) / 2);
  }
  return x;
}

/** Phi(x) - 1/2 for x >= 0: x phi(x) (1 + x²/3 + x⁴/(3·5) + …). */
function seriesHalf(x: number): number {
  let term = x;
  let total = x;
  for (let odd = 3; term > total * 1e-17; odd += 2) {
    term *= (x * x) / odd;
    total += term;
  }
  return (total * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI);
}

/** 1 - Phi(x) for large x, by Laplace's continued fraction. */
function upperTail(x: number): number {
  let fraction = x;
  for (let depth = 80; depth > 0; depth--) fraction = x + depth / fraction;
  return Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI) / fraction;
}

function roughQuantile(p: number): number {
  const a = [
    -39.69683028665376, 220.9460984245205, -275.9285104469687, 138.357751867269, -30.66479806614716, 2.506628277459239,
  ];
  const b = [-54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572, 1];
  const c = [
    -0.007784894002430293, -0.3223964580411365, -2.400758277161838, -2.549732539343734, 4.374664141464968,
    2.938163982698783,
  ];
  const d = [0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416, 1];
  const polynomial = (factors: number[], x: number): number => factors.reduce((value, factor) => value * x + factor, 0);
  if (p < 0.02425 || p > 1 - 0.02425) {
    const q = Math.sqrt(-2 * Math.log(Math.min(p, 1 - p)));
    const x = polynomial(c, q) / polynomial(d, q);
    return p < 0.5 ? x : -x;
  }
  const q = p - 0.5;
  return (polynomial(a, q * q) * q) / polynomial(b, q * q);
}
