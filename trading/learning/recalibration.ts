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

/** How a model follows the market; see docs/LEARNING.md for why these are fixed and not chosen anew in each training. */
export interface RecalibrationSettings {
  /** How far the labels of one horizon move the intercept together: a row's step is this over the horizon's candles. */
  stepPerHorizon: number;
  /**
   * Share of the intercept at the end of the walk-forward that the final fit starts with, 0 to 1. The folds' models had
   * not seen the newest months and needed all of it; the final fit has learnt from them.
   */
  carried: number;
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
