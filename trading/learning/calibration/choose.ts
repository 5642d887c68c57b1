import { probabilityOf } from '../logistic.js';
import { brierScore } from '../quality/metrics.js';
import { applyIsotonic, fitIsotonic, type IsotonicMap } from './isotonic.js';
import { applyPlatt, fitPlatt, type PlattMap } from './platt.js';

/** From the blended model's log odds to a probability. `none` takes the log odds at their word. */
export type Calibration = { kind: 'none' } | PlattMap | IsotonicMap;

export interface CalibrationChoice {
  chosen: Calibration;
  /** Brier score of each on the validation part. */
  brier: Record<Calibration['kind'], number>;
}

/**
 * Fits both maps on the first part of the out-of-fold scores, compares them on the second, and fits the better one
 * again on all. Staying uncalibrated is a candidate too, and another one must beat it by `margin` (a share of its
 * Brier score): a map fitted to last year's noise costs more than it brings.
 */
export function chooseCalibration(
  scores: Float64Array,
  labels: Uint8Array,
  fitShare = 0.6,
  margin = 0.002,
): CalibrationChoice {
  const cut = Math.floor(scores.length * fitShare);
  const [s1, s2, y1, y2] = [
    scores.subarray(0, cut),
    scores.subarray(cut),
    labels.subarray(0, cut),
    labels.subarray(cut),
  ];
  const platt = fitPlatt(s1, y1);
  const isotonic = fitIsotonic(s1, y1);
  const told = (map: Calibration) => Float64Array.from(s2, (score) => calibrate(map, score));
  const brier = {
    none: brierScore(told({ kind: 'none' }), y2),
    platt: brierScore(told(platt), y2),
    isotonic: brierScore(told(isotonic), y2),
  };
  const bar = brier.none * (1 - margin);
  const better = brier.platt <= brier.isotonic ? 'platt' : 'isotonic';
  if (!(brier[better] < bar)) return { chosen: { kind: 'none' }, brier };
  return { chosen: better === 'platt' ? fitPlatt(scores, labels) : fitIsotonic(scores, labels), brier };
}

export function calibrate(map: Calibration, score: number): number {
  if (map.kind === 'none') return probabilityOf(score);
  return map.kind === 'platt' ? applyPlatt(map, score) : applyIsotonic(map, score);
}
