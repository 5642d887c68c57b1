import type { CandleColumns } from '../types.js';
import { clipped, solveSymmetric, standardise } from './logistic.js';

const PARKINSON = 1 / (4 * Math.LN2);
const FLAT = 1e-7;

/**
 * How volatile the next `horizon` candles were: the logarithm of their root mean square range (Parkinson). A target to
 * learn from, known `horizon` candles later; NaN for the last rows.
 */
export function futureVolatility(candles: CandleColumns, horizon: number): Float64Array {
  const { length, high, low } = candles;
  const out = new Float64Array(length).fill(NaN);
  let sum = 0;
  const square = (i: number) => Math.log(high[i]! / low[i]!) ** 2 * PARKINSON;
  for (let from = 0; from + horizon < length; from++) {
    // Made afresh now and then, so that the running sum cannot drift.
    if (from % 4096 === 0) {
      sum = 0;
      for (let i = from + 1; i <= from + horizon; i++) sum += square(i);
    } else sum += square(from + horizon) - square(from);
    out[from] = Math.log(Math.sqrt(Math.max(0, sum) / horizon) + FLAT);
  }
  return out;
}

/** A linear forecast of a number from standardised columns. */
export interface LinearModel {
  mean: number[];
  deviation: number[];
  weights: number[];
  intercept: number;
}

/**
 * Ridge regression by the normal equations. Forecasting log volatility from volatilities over several horizons is the
 * heterogeneous autoregressive model (Corsi, Journal of Financial Econometrics, 2009), here with the time of day,
 * volume and asymmetry added.
 */
export function fitLinear(
  values: Float32Array,
  width: number,
  columns: readonly number[],
  rows: Int32Array,
  target: Float64Array,
  penalty: number,
): LinearModel {
  const { mean, deviation } = standardise(values, width, columns, rows);
  const size = columns.length + 1;
  const a = new Float64Array(size * size);
  const b = new Float64Array(size);
  const x = new Float64Array(size).fill(1);
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    const t = target[row]!;
    for (let c = 0; c < columns.length; c++)
      x[c] = clipped((values[row * width + columns[c]!]! - mean[c]!) / deviation[c]!);
    for (let p = 0; p < size; p++) {
      b[p]! += t * x[p]!;
      for (let q = 0; q <= p; q++) a[p * size + q]! += x[p]! * x[q]!;
    }
  }
  for (let c = 0; c < columns.length; c++) a[c * size + c]! += penalty;
  const solution = solveSymmetric(a, b);
  return {
    mean,
    deviation,
    weights: Array.from(solution.subarray(0, columns.length)),
    intercept: solution[columns.length]!,
  };
}

export function predictLinear(
  model: LinearModel,
  values: Float32Array,
  offset: number,
  columns: readonly number[],
): number {
  let y = model.intercept;
  for (let c = 0; c < columns.length; c++)
    y += model.weights[c]! * clipped((values[offset + columns[c]!]! - model.mean[c]!) / model.deviation[c]!);
  return y;
}
