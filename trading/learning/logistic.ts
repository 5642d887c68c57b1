/** Weights on columns that were brought to mean 0 and deviation 1 first; `scale` holds what to do that with. */
export interface LogisticModel {
  mean: number[];
  deviation: number[];
  weights: number[];
  intercept: number;
}

export interface LogisticSettings {
  /** L2 penalty on the weights (not on the intercept), in units of the summed log loss, as scikit-learn's 1/C. */
  penalty: number;
  maxIterations: number;
  tolerance: number;
}

export const DEFAULT_LOGISTIC: LogisticSettings = { penalty: 1, maxIterations: 50, tolerance: 1e-8 };

/** How far a standardised value may lie from the mean: what lies further was not seen in training. */
const CLIP = 6;

/**
 * Logistic regression by iteratively reweighted least squares, that is Newton's method on the penalised log likelihood
 * (Hastie, Tibshirani, Friedman, The Elements of Statistical Learning, 4.4.1). `columns` are the matrix's column
 * numbers to use; a `target` may be any share from 0 to 1.
 */
export function fitLogistic(
  values: Float32Array,
  width: number,
  columns: readonly number[],
  rows: Int32Array,
  target: ArrayLike<number>,
  settings: LogisticSettings = DEFAULT_LOGISTIC,
): LogisticModel {
  const { mean, deviation } = standardise(values, width, columns, rows);
  const k = columns.length;
  const size = k + 1;
  const beta = new Float64Array(size);
  const x = new Float64Array(size).fill(1);
  const read = (row: number) => {
    for (let c = 0; c < k; c++) x[c] = clipped((values[row * width + columns[c]!]! - mean[c]!) / deviation[c]!);
  };
  beta[k] = logOdds(meanOf(target, rows));
  let kept: Float64Array = Float64Array.from(beta);
  let step: Float64Array = new Float64Array(size);
  let best = Infinity;
  for (let iteration = 0; iteration < settings.maxIterations; iteration++) {
    const gradient = new Float64Array(size);
    const hessian = new Float64Array(size * size);
    let loss = 0;
    for (let c = 0; c < k; c++) loss += (settings.penalty / 2) * beta[c]! ** 2;
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i]!;
      read(row);
      let z = 0;
      for (let c = 0; c < size; c++) z += beta[c]! * x[c]!;
      const p = 1 / (1 + Math.exp(-z));
      const t = target[row]!;
      loss += Math.log1p(Math.exp(-Math.abs(z))) + t * Math.max(-z, 0) + (1 - t) * Math.max(z, 0);
      const error = target[row]! - p;
      const weight = Math.max(p * (1 - p), 1e-10);
      for (let a = 0; a < size; a++) {
        gradient[a]! += error * x[a]!;
        const wx = weight * x[a]!;
        for (let b = 0; b <= a; b++) hessian[a * size + b]! += wx * x[b]!;
      }
    }
    // Newton's step can overshoot where targets are rare: go half way back until the loss falls.
    if (loss > best * (1 + 1e-12)) {
      step = step.map((value) => value / 2);
      if (largestOf(step) < settings.tolerance) {
        beta.set(kept);
        break;
      }
      for (let c = 0; c < size; c++) beta[c] = kept[c]! + step[c]!;
      continue;
    }
    best = loss;
    kept = Float64Array.from(beta);
    for (let c = 0; c < k; c++) {
      gradient[c]! -= settings.penalty * beta[c]!;
      hessian[c * size + c]! += settings.penalty;
    }
    step = solveSymmetric(hessian, gradient);
    for (let c = 0; c < size; c++) beta[c]! += step[c]!;
    if (largestOf(step) < settings.tolerance) break;
  }
  return { mean, deviation, weights: Array.from(beta.subarray(0, k)), intercept: beta[k]! };
}

/** Log odds of the row that starts at `offset`. */
export function scoreLogistic(
  model: LogisticModel,
  values: Float32Array,
  offset: number,
  columns: readonly number[],
): number {
  let z = model.intercept;
  for (let c = 0; c < columns.length; c++)
    z += model.weights[c]! * clipped((values[offset + columns[c]!]! - model.mean[c]!) / model.deviation[c]!);
  return z;
}

export const clipped = (value: number): number => (value > CLIP ? CLIP : value < -CLIP ? -CLIP : value);
export const logOdds = (p: number): number => {
  const safe = Math.min(Math.max(p, 1e-6), 1 - 1e-6);
  return Math.log(safe / (1 - safe));
};
export const probabilityOf = (z: number): number => 1 / (1 + Math.exp(-z));

const largestOf = (values: Float64Array) => values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);

function meanOf(target: ArrayLike<number>, rows: Int32Array): number {
  let sum = 0;
  for (let i = 0; i < rows.length; i++) sum += target[rows[i]!]!;
  return sum / rows.length;
}

/** Mean and standard deviation of the columns over the rows; a constant column gets deviation 1. */
export function standardise(values: Float32Array, width: number, columns: readonly number[], rows: Int32Array) {
  const mean = columns.map((column) => {
    let sum = 0;
    for (let i = 0; i < rows.length; i++) sum += values[rows[i]! * width + column]!;
    return sum / rows.length;
  });
  const deviation = columns.map((column, c) => {
    let sum = 0;
    for (let i = 0; i < rows.length; i++) sum += (values[rows[i]! * width + column]! - mean[c]!) ** 2;
    return Math.sqrt(sum / rows.length) || 1;
  });
  return { mean, deviation };
}

/** Solves A x = b for a positive definite A given by its lower triangle, row by row (Cholesky). */
export function solveSymmetric(a: Float64Array, b: Float64Array): Float64Array {
  const n = b.length;
  const l = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      let sum = a[i * n + j]!;
      for (let k = 0; k < j; k++) sum -= l[i * n + k]! * l[j * n + k]!;
      if (i === j) l[i * n + i] = Math.sqrt(Math.max(sum, 1e-12));
      else l[i * n + j] = sum / l[j * n + j]!;
    }
  const x = Float64Array.from(b);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) x[i]! -= l[i * n + k]! * x[k]!;
    x[i]! /= l[i * n + i]!;
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) x[i]! -= l[k * n + i]! * x[k]!;
    x[i]! /= l[i * n + i]!;
  }
  return x;
}
