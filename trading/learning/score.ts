import type { CandleColumns } from '../types.js';
import { calibrate } from './calibration/choose.js';
import { featureColumns, featureNames } from './features/columns.js';
import { FEATURE_WARMUP } from './features/market.js';
import { tripleBarrier } from './labels.js';
import { logOdds } from './logistic.js';
import { explainParts } from './explain.js';
import { createScorer } from './parts.js';
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
  const probabilities = scoreCandles(model, candles, index, index + 1, cross);
  const { scorer, parts } = readyOf(model);
  const { features, offset } = probabilities;
  const effects = explainParts(parts, scorer.columns, model.parameters.blend, features, offset);
  const contributions = model.features
    .map((feature, f) => ({ feature, value: features[offset + f]!, effect: effects[f]! }))
    .sort((a, b) => Math.abs(b.effect) - Math.abs(a.effect));
  return { probability: probabilities.probability[0]!, contributions };
}

export interface ScoredCandles {
  probability: Float64Array;
  /** All candles' features and where the last scored row starts in them. */
  features: Float32Array;
  offset: number;
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
  const { scorer, width } = readyOf(model);
  const matrix = featureColumns(upTo(candles, to), cross);
  if (matrix.names.join() !== model.features.join())
    throw new RangeError(
      cross ? 'the model was trained without a second symbol' : 'the model needs the candles of a second symbol',
    );
  const { horizonBars } = model.parameters.barriers;
  const known = upTo(candles, to);
  const { label } = tripleBarrier(known, model.parameters.barriers);
  const z = new Float64Array(to);
  // Rows that the recalibration has not learnt from yet, and those asked for.
  let start = from;
  while (start > matrix.firstRow && candles.timestamp[start - 1]! > model.recalibration.through) start--;
  const state = { ...model.recalibration };
  for (let row = start; row < to; row++)
    z[row] = logOdds(calibrate(model.calibration, scorer.logOddsOf(matrix.values, row * width)));
  const range = { from: start, to, firstLearnt: start };
  const all = adaptProbabilities(z, label, candles.timestamp, range, horizonBars, state);
  return {
    probability: all.slice(from - start),
    features: matrix.values,
    offset: (to - 1) * width,
    recalibration: state,
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
  return { parts, scorer: createScorer(parts, model.parameters), width: model.features.length };
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
