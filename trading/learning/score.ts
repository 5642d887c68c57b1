import type { CandleColumns } from '../types.js';
import { calibrate } from './calibration/choose.js';
import { featureNames, type FeatureRows, featureRows } from './features/columns.js';
import { FEATURE_WARMUP } from './features/market.js';
import { tripleBarrier } from './labels.js';
import { logOdds } from './logistic.js';
import { explainParts } from './explain.js';
import { followModel, logOddsFollowed } from './follow.js';
import { columnsOf } from './parts.js';
import { adaptProbabilities, type Recalibration } from './recalibration.js';
import { hashOf, partsOf, type SerializedModel } from './serialize.js';

export interface Contribution {
  feature: string;
  /** The feature's value, and what it adds to the log odds. */
  value: number;
  effect: number;
}

export interface SignalScore {
  /** Of target before stop within the horizon, 0 to 1; times 100 it is the confidence. */
  probability: number;
  /** Largest effects first. */
  contributions: Contribution[];
}

/** Fewest closed candles to score with; with more, the recalibration learns from the labels among them. */
export const REQUIRED_CANDLES = FEATURE_WARMUP;

/** Models made ready, kept for as long as the model itself is. */
const ready = new WeakMap<SerializedModel, ReturnType<typeof prepare>>();

/**
 * What a model says of the candle at `index` (the newest by default). Closed candles only, oldest first; candles after
 * `index` are not looked at. The recalibration goes on from the model's own over the labels that these candles
 * resolve. Throws a RangeError where there are fewer than REQUIRED_CANDLES.
 */
export function scoreSignal(
  model: SerializedModel,
  candles: CandleColumns,
  index = candles.length - 1,
  cross?: CandleColumns,
): SignalScore {
  if (index + 1 < REQUIRED_CANDLES || index >= candles.length)
    throw new RangeError(`scoring candle ${index} of ${candles.length} needs ${REQUIRED_CANDLES} candles up to it`);
  const { probability, features } = scoreCandles(model, candles, index, index + 1, cross);
  const { parts, columns } = readyOf(model);
  const effects = explainParts(parts, columns, model.parameters.blend, features, 0);
  const contributions = model.features
    .map((feature, f) => ({ feature, value: features[f]!, effect: effects[f]! }))
    .sort((a, b) => Math.abs(b.effect) - Math.abs(a.effect));
  return { probability: probability[0]!, contributions };
}

export interface ScoredCandles {
  probability: Float64Array;
  /** The last candle's. */
  features: Float32Array;
  /** As it stands after the last label that these candles resolved. */
  recalibration: Recalibration;
}

/** Probabilities of candles [from, to), each from what was known at its close. */
export function scoreCandles(
  model: SerializedModel,
  candles: CandleColumns,
  from: number,
  to: number,
  cross?: CandleColumns,
): ScoredCandles {
  const known = upTo(candles, to);
  const rows = featureRows(known, cross);
  if (rows.names.join() !== model.features.join())
    throw new RangeError(
      cross ? 'the model was trained without a second symbol' : 'the model needs the candles of a second symbol',
    );
  const { barriers } = model.parameters;
  const { label } = tripleBarrier(known, barriers);
  // Rows that the recalibration has not learnt from yet, and those asked for.
  let start = from;
  while (start > rows.firstRow && candles.timestamp[start - 1]! > model.recalibration.through) start--;
  const state = { ...model.recalibration };
  const z = new Float64Array(to);
  const scorer = scoreRows(model, rows);
  scorer.fill(start, to, z);
  const range = { from: start, to, firstLearnt: start };
  const all = adaptProbabilities(z, label, candles.timestamp, range, barriers.horizonBars, state);
  return { probability: all.slice(from - start), features: scorer.last(), recalibration: state };
}

/** Rows that are scored together. */
const BLOCK = 256;

/** Calibrated log odds along a series' rows, in their order. */
export function scoreRows(model: SerializedModel, rows: FeatureRows) {
  const { followed } = readyOf(model);
  const { width } = rows;
  const values = new Float32Array(BLOCK * width);
  const odds = new Float64Array(BLOCK);
  let count = 0;
  return {
    /** Of rows [from, to) into `z` at their own numbers. */
    fill(from: number, to: number, z: Float64Array): void {
      for (let first = from; first < to; first += BLOCK) {
        count = Math.min(BLOCK, to - first);
        for (let row = 0; row < count; row++) rows.write(first + row, values, row * width);
        logOddsFollowed(followed, values, width, count, odds);
        for (let row = 0; row < count; row++) z[first + row] = logOdds(calibrate(model.calibration, odds[row]!));
      }
    },
    /** Features of the row that was scored last. */
    last: (): Float32Array => values.slice((count - 1) * width, count * width),
  };
}

/**
 * The same model with its recalibration moved on over candles that came after its training. The candles must reach
 * back far enough before `recalibration.through` to have features there; what lies before is not learnt again.
 */
export function advanceRecalibration(
  model: SerializedModel,
  candles: CandleColumns,
  cross?: CandleColumns,
): SerializedModel {
  if (candles.length < REQUIRED_CANDLES) return model;
  const { recalibration } = scoreCandles(model, candles, candles.length - 1, candles.length, cross);
  const moved = { ...model, recalibration };
  return { ...moved, hash: hashOf(moved) };
}

const upTo = (candles: CandleColumns, end: number): CandleColumns => ({
  length: end,
  timestamp: candles.timestamp.subarray(0, end),
  open: candles.open.subarray(0, end),
  high: candles.high.subarray(0, end),
  low: candles.low.subarray(0, end),
  close: candles.close.subarray(0, end),
  volume: candles.volume.subarray(0, end),
});

function prepare(model: SerializedModel) {
  const parts = partsOf(model);
  return { parts, columns: columnsOf(parts.names), followed: followModel(parts, model.parameters) };
}

/** A model's parts as typed arrays, and what scores with them; made once a model. */
export function readyOf(model: SerializedModel) {
  const kept = ready.get(model);
  if (kept) return kept;
  const made = prepare(model);
  ready.set(model, made);
  return made;
}

/** Names of the features this program computes, for `loadModel`. */
export const KNOWN_FEATURES = featureNames(true);
