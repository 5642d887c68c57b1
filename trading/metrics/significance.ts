import { deviation, kurtosis, mean, normalCdf, normalQuantile, quantile, skewness } from './statistics.js';

/**
 * Probability that the true Sharpe ratio exceeds `benchmark` (both per period, not annualised), from the length,
 * skewness and kurtosis of the returns: Bailey and López de Prado, "The Sharpe Ratio Efficient Frontier" (2012), eq. 7.
 */
export function probabilisticSharpe(returns: Float64Array, benchmark = 0): number {
  const ratio = mean(returns) / deviation(returns);
  const spread = 1 - skewness(returns) * ratio + ((kurtosis(returns) - 1) / 4) * ratio ** 2;
  return normalCdf(((ratio - benchmark) * Math.sqrt(returns.length - 1)) / Math.sqrt(spread));
}

/**
 * The same against the Sharpe ratio that the best of `trials` strategies without any skill is expected to show:
 * Bailey and López de Prado, "The Deflated Sharpe Ratio" (2014). `trialVariance` is the variance of the trials' Sharpe
 * ratios, per period.
 */
export function deflatedSharpe(returns: Float64Array, trials: number, trialVariance: number): number {
  return probabilisticSharpe(returns, expectedBestSharpe(trials, trialVariance));
}

/** Expected maximum of `trials` Sharpe ratios around 0 with that variance. */
export function expectedBestSharpe(trials: number, variance: number): number {
  if (trials < 2) return 0;
  const gamma = 0.5772156649015329;
  const usual = normalQuantile(1 - 1 / trials);
  const extreme = normalQuantile(1 - 1 / (trials * Math.E));
  return Math.sqrt(variance) * ((1 - gamma) * usual + gamma * extreme);
}

/** Percentile interval of the mean by resampling with replacement (Efron 1979); the seed makes it repeatable. */
export function bootstrapMean(
  values: readonly number[],
  options: { seed: number; resamples?: number; level?: number },
): [number, number] {
  const { seed, resamples = 2000, level = 0.95 } = options;
  if (values.length === 0) return [Number.NaN, Number.NaN];
  const random = generator(seed);
  const means = new Float64Array(resamples);
  for (let round = 0; round < resamples; round++) {
    let total = 0;
    for (let draw = 0; draw < values.length; draw++) total += values[Math.floor(random() * values.length)]!;
    means[round] = total / values.length;
  }
  return [quantile(means, (1 - level) / 2), quantile(means, (1 + level) / 2)];
}

/** Uniform numbers from 0 to 1 by a 32-bit mixing counter: plenty for resampling, the same everywhere. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
}
