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

const BLOCKS = 4;

/**
 * Fits both maps on the first part of the out-of-fold scores, compares them on the rest, and fits the better one again
 * on all. Staying uncalibrated is a candidate too, and another one must beat it in each of the rest's four blocks of
 * time and by `margin` (a share of its Brier score) over all: one stormy week can make any map look good, and a map
 * fitted to that week costs more than it brings.
 */
export function chooseCalibration(
  scores: Float64Array,
  labels: Uint8Array,
  fitShare = 0.6,
  margin = 0.005,
): CalibrationChoice {
  const cut = Math.floor(scores.length * fitShare);
  const maps = {
    none: { kind: 'none' },
    platt: fitPlatt(scores.subarray(0, cut), labels.subarray(0, cut)),
    isotonic: fitIsotonic(scores.subarray(0, cut), labels.subarray(0, cut)),
  } satisfies Record<Calibration['kind'], Calibration>;
  const brierOf = (map: Calibration, from: number, to: number) =>
    brierScore(
      Float64Array.from(scores.subarray(from, to), (score) => calibrate(map, score)),
      labels.subarray(from, to),
    );
  const brier = {
    none: brierOf(maps.none, cut, scores.length),
    platt: brierOf(maps.platt, cut, scores.length),
    isotonic: brierOf(maps.isotonic, cut, scores.length),
  };
  const better = brier.platt <= brier.isotonic ? 'platt' : 'isotonic';
  const edge = (block: number) => cut + Math.floor(((scores.length - cut) * block) / BLOCKS);
  const always = Array.from({ length: BLOCKS }, (_, b) => [edge(b), edge(b + 1)] as const).every(
    ([from, to]) => brierOf(maps[better], from, to) < brierOf(maps.none, from, to),
  );
  if (!always || !(brier[better] < brier.none * (1 - margin))) return { chosen: maps.none, brier };
  return { chosen: better === 'platt' ? fitPlatt(scores, labels) : fitIsotonic(scores, labels), brier };
}

export function calibrate(map: Calibration, score: number): number {
  if (map.kind === 'none') return probabilityOf(score);
  return map.kind === 'platt' ? applyPlatt(map, score) : applyIsotonic(map, score);
}
