import { probabilityOf } from './logistic.js';

/**
 * A shift of the log odds that follows the market: how often targets are reached at the same volatility drifts by the
 * month, and a model that never looks back at its own forecasts keeps last year's level. `intercept` and `slope` act
 * on the calibrated log odds around `centre`: intercept + centre + slope * (z - centre).
 */
export interface Recalibration {
  intercept: number;
  slope: number;
  centre: number;
  /** Opening time of the last candle whose row was learnt from, ms; 0 at the start. */
  through: number;
}

export interface RecalibrationSettings {
  /** Step of the intercept and of the slope for each resolved label (stochastic gradient on the log loss). */
  interceptStep: number;
  slopeStep: number;
  /** The intercept stays within plus or minus this, the slope within 1 -/+ half of it. */
  limit: number;
}

export const startRecalibration = (centre: number): Recalibration => ({ intercept: 0, slope: 1, centre, through: 0 });

export const recalibrated = (state: Recalibration, z: number): number =>
  probabilityOf(state.intercept + state.centre + state.slope * (z - state.centre));

/** One step down the log loss of a row whose label is known by now. */
export function learnOutcome(state: Recalibration, z: number, label: number, settings: RecalibrationSettings): void {
  const error = label - recalibrated(state, z);
  const { limit } = settings;
  state.intercept = within(state.intercept + settings.interceptStep * error, -limit, limit);
  const slope = state.slope + settings.slopeStep * error * (z - state.centre);
  state.slope = within(slope, 1 - limit / 2, 1 + limit / 2);
}

const within = (value: number, low: number, high: number) => Math.min(Math.max(value, low), high);

/**
 * Probabilities of rows [from, to) in order of time. Before row i is scored, row i - `delay` is learnt from: with the
 * delay at the barriers' horizon its label was decided by candle i at the latest, so nothing later than candle i is
 * ever used. `z` and `label` are indexed by row; `state` is carried on. Rows before `firstLearnt` are never learnt
 * from (their scores are the model's own training).
 */
export function adaptProbabilities(
  z: Float64Array,
  label: Uint8Array,
  timestamp: Float64Array,
  range: { from: number; to: number; firstLearnt: number },
  delay: number,
  state: Recalibration,
  settings: RecalibrationSettings,
): Float64Array {
  const out = new Float64Array(range.to - range.from);
  for (let i = range.from; i < range.to; i++) {
    const known = i - delay;
    if (known >= range.firstLearnt && label[known]! <= 1) {
      learnOutcome(state, z[known]!, label[known]!, settings);
      state.through = timestamp[known]!;
    }
    out[i - range.from] = recalibrated(state, z[i]!);
  }
  return out;
}
