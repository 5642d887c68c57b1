import { DAYS_PER_YEAR } from './returns.js';
import { deviation, mean, quantile, sum } from './statistics.js';

/*
 * All on daily simple returns as fractions, with a risk-free rate of 0 and 365 days a year. The formulas and their
 * names are those of the Python library empyrical; tests/fixtures/metrics.json holds its values.
 */

/** Annualised standard deviation (n - 1): s x sqrt(365). Fraction. */
export const volatility = (returns: Float64Array): number => deviation(returns) * Math.sqrt(DAYS_PER_YEAR);

/** Sharpe (1994): mean / s x sqrt(365). */
export const sharpe = (returns: Float64Array): number =>
  (mean(returns) / deviation(returns)) * Math.sqrt(DAYS_PER_YEAR);

/** Sortino and Price (1994): annual mean over the annualised root mean square of the negative returns. */
export function sortino(returns: Float64Array): number {
  const downside = Math.sqrt(mean(returns.map((each) => Math.min(each, 0) ** 2)));
  return (mean(returns) / downside) * Math.sqrt(DAYS_PER_YEAR);
}

/** Keating and Shadwick (2002), threshold 0: gains over losses. */
export const omega = (returns: Float64Array): number =>
  sum(returns.filter((each) => each > 0)) / -sum(returns.filter((each) => each < 0));

/** Historical value at risk at 95 %: the loss, as a positive fraction, that one day in twenty exceeds. */
export const valueAtRisk = (returns: Float64Array): number => -quantile(returns, 0.05);

/** Mean of the worst twentieth of the days, as a positive fraction (expected shortfall at 95 %). */
export function expectedShortfall(returns: Float64Array): number {
  if (returns.length === 0) return Number.NaN;
  const worst = Float64Array.from(returns).sort();
  return -mean(worst.subarray(0, Math.floor((worst.length - 1) * 0.05) + 1));
}

/** Regression on the benchmark's returns: beta = cov / var, alpha the mean daily residual, compounded over a year. */
export function alphaBeta(returns: Float64Array, benchmark: Float64Array): { alpha: number; beta: number } {
  const centre = mean(returns);
  const other = mean(benchmark);
  let together = 0;
  let alone = 0;
  for (let index = 0; index < returns.length; index++) {
    together += (returns[index]! - centre) * (benchmark[index]! - other);
    alone += (benchmark[index]! - other) ** 2;
  }
  const beta = together / alone;
  return { beta, alpha: (1 + centre - beta * other) ** DAYS_PER_YEAR - 1 };
}
