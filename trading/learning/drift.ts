import type { FeatureMatrix } from './features/columns.js';
import { calibrationError, reliabilityByQuantile } from './quality/metrics.js';

export const DRIFT_VERDICTS = ['STEADY', 'WATCH', 'DRIFTED'] as const;
export type DriftVerdict = (typeof DRIFT_VERDICTS)[number];

export interface DriftReport {
  verdict: DriftVerdict;
  /** Population stability index of the features that moved most, largest first. */
  features: { feature: string; psi: number }[];
  /** Told against happened on the live rows; null while there are too few. */
  calibration: { n: number; predicted: number; observed: number; ece: number; promised: number } | null;
  reason: string;
}

/** Rules of thumb for the PSI (Siddiqi, Credit Risk Scorecards, 2006): below 0.1 steady, above 0.25 another world. */
export const DRIFT_LIMITS = { psiWatch: 0.25, psiDrifted: 1, share: 0.25, eceMargin: 0.05, leastRows: 1000 };

/**
 * Population stability index of one feature: sum over the training deciles of (share now - 0.1) ln(share now / 0.1).
 * `edges` are the nine cut points.
 */
export function populationStability(edges: readonly number[], values: ArrayLike<number>): number {
  const count = new Float64Array(edges.length + 1);
  for (let i = 0; i < values.length; i++) {
    let bin = 0;
    while (bin < edges.length && values[i]! > edges[bin]!) bin++;
    count[bin]!++;
  }
  const expected = 1 / count.length;
  let psi = 0;
  for (const n of count) {
    // Half a row in an empty bin keeps the logarithm finite.
    const share = Math.max(n, 0.5) / values.length;
    psi += (share - expected) * Math.log(share / expected);
  }
  return psi;
}

/**
 * Compares what a model meets with what it was trained on, and what it told with what happened. A market moves in and
 * out of ranges all the time, so a few moved features are worth a look (WATCH); DRIFTED means that a quarter of them
 * left their world, or that the probabilities are off by more than the promise and the margin.
 */
export function watchDrift(
  distribution: readonly (readonly number[])[],
  recent: FeatureMatrix,
  live: { probability: ArrayLike<number>; label: ArrayLike<number> },
  promisedEce: number,
  limits = DRIFT_LIMITS,
): DriftReport {
  const width = recent.names.length;
  const features = recent.names
    .map((feature, f) => {
      const column = new Float64Array(Math.max(0, recent.rows - recent.firstRow));
      for (let i = 0; i < column.length; i++) column[i] = recent.values[(recent.firstRow + i) * width + f]!;
      return { feature, psi: column.length > 0 ? populationStability(distribution[f]!, column) : 0 };
    })
    .sort((a, b) => b.psi - a.psi);
  const far = features.filter(({ psi }) => psi > limits.psiDrifted).length / features.length;
  const calibration = live.label.length >= limits.leastRows ? compare(live, promisedEce) : null;
  const off = calibration !== null && calibration.ece > promisedEce + limits.eceMargin;
  const base = { features: features.slice(0, 8), calibration };
  if (off)
    return {
      ...base,
      verdict: 'DRIFTED',
      reason: `told ${percent(calibration.predicted)}, happened ${percent(calibration.observed)} over ${calibration.n} rows: calibration error ${percent(calibration.ece)}, promised ${percent(promisedEce)}`,
    };
  if (far > limits.share)
    return {
      ...base,
      verdict: 'DRIFTED',
      reason: `${percent(far)} of the features left the range of the training (first ${features[0]!.feature}, PSI ${features[0]!.psi.toFixed(2)})`,
    };
  const moved = features[0] && features[0].psi > limits.psiWatch;
  return moved
    ? { ...base, verdict: 'WATCH', reason: `${features[0]!.feature} moved (PSI ${features[0]!.psi.toFixed(2)})` }
    : { ...base, verdict: 'STEADY', reason: 'features and calibration are as in training' };
}

function compare(
  { probability, label }: { probability: ArrayLike<number>; label: ArrayLike<number> },
  promised: number,
) {
  const n = label.length;
  let told = 0;
  let happened = 0;
  for (let i = 0; i < n; i++) {
    told += probability[i]!;
    happened += label[i]!;
  }
  const ece = calibrationError(reliabilityByQuantile(probability, label, 5));
  return { n, predicted: told / n, observed: happened / n, ece, promised };
}

const percent = (fraction: number) => `${(100 * fraction).toFixed(1)} %`;
