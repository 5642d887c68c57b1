import { probabilityOf } from './logistic.js';

/**
 * A shift of the log odds that follows the market: how often targets are reached at the same volatility drifts by the
 * month, and a model that never looks back at its own forecasts keeps last year's level.
 */
export interface Recalibration {
  /** Added to the calibrated log odds. */
  intercept: number;
  /** Opening time of the last candle whose row was learnt from, ms; 0 at the start. */
  through: number;
  /** How far one resolved label moves the intercept (stochastic gradient on the log loss); 0 stands still. */
  step: number;
}

/** The intercept stays within plus or minus this: a factor of e on the odds. */
const LIMIT = 1;

export const startRecalibration = (step: number): Recalibration => ({ intercept: 0, through: 0, step });

export const recalibrated = (state: Recalibration, z: number): number => probabilityOf(state.intercept + z);

/** One step down the log loss of a row whose label is known by now. */
export function learnOutcome(state: Recalibration, z: number, label: number): void {
  const next = state.intercept + state.step * (label - recalibrated(state, z));
  state.intercept = Math.min(Math.max(next, -LIMIT), LIMIT);
}

/**
 * Probabilities of rows [from, to) in order of time. Before row i is scored, row i - `delay` is learnt from: with the
 * delay at the barriers' horizon its label was decided by candle i at the latest, so nothing later than candle i is
 * ever used. `z` and `label` are indexed by row; `state` is carried on. Rows before `firstLearnt` are never learnt
 * from (their scores are of the model's own training).
 */
export function adaptProbabilities(
  z: Float64Array,
  label: Uint8Array,
  timestamp: Float64Array,
  range: { from: number; to: number; firstLearnt: number },
  delay: number,
  state: Recalibration,
): Float64Array {
  const out = new Float64Array(range.to - range.from);
  for (let i = range.from; i < range.to; i++) {
    const known = i - delay;
    if (known >= range.firstLearnt && label[known]! <= 1) {
      learnOutcome(state, z[known]!, label[known]!);
      state.through = timestamp[known]!;
    }
    out[i - range.from] = recalibrated(state, z[i]!);
  }
  return out;
}

/**
 * The largest step that costs next to nothing on the validation rows: following the market guards against months to
 * come that differ, but where labels are mostly noise it only adds more. `brierOf` tells what each step would give.
 */
export function chooseStep(steps: readonly number[], tolerance: number, brierOf: (step: number) => number): number {
  const scored = steps.map((step) => ({ step, brier: brierOf(step) }));
  const best = Math.min(...scored.map(({ brier }) => brier));
  const good = scored.filter(({ brier }) => brier <= best * (1 + tolerance));
  return Math.max(0, ...good.map(({ step }) => step));
}
