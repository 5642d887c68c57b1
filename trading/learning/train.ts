import { type CalibrationChoice, calibrate, chooseCalibration } from './calibration/choose.js';
import { type Dataset, LearningDataError } from './dataset.js';
import { type Fold, rowsOf, walkForward } from './folds.js';
import { logOdds } from './logistic.js';
import type { LearningParameters } from './parameters.js';
import { createScorer, fitParts, type ModelParts, type OnStep } from './parts.js';
import { adaptProbabilities, type Recalibration, startRecalibration } from './recalibration.js';

/** Log odds that a fold's model gave to rows it had not seen. */
export interface FoldScores {
  fold: Fold;
  blend: Float64Array;
  volatility: Float64Array;
}

export interface TrainedModel {
  parts: ModelParts;
  calibration: CalibrationChoice;
  /** As it stood after the last training row. */
  recalibration: Recalibration;
  /** Out-of-fold rows and their final probabilities, for the report on the training months. */
  validation: { rows: Int32Array; probability: Float64Array; volatility: Float64Array; z: Float64Array };
}

export type OnProgress = (text: string, done: number, of: number) => void;

/** Fewest rows of each label from which anything is fitted. */
const LEAST_OF_EACH = 20;

/** The whole training on rows [firstRow, endRow) of the data set, in this thread. */
export function trainModel(
  data: Dataset,
  endRow: number,
  parameters: LearningParameters,
  onProgress?: OnProgress,
): TrainedModel {
  const folds = trainingFolds(data, endRow, parameters);
  const scores = folds.map((fold) => {
    const done = trainFold(data, fold, parameters, (_, trees, of) =>
      onProgress?.('fold', fold.index + trees / of, folds.length + 1),
    );
    return done;
  });
  return finishTraining(data, endRow, scores, parameters, (_, trees, of) =>
    onProgress?.('final fit', folds.length + trees / of, folds.length + 1),
  );
}

/** The walk-forward inside the training rows; throws where there is too little to learn from. */
export function trainingFolds(data: Dataset, endRow: number, parameters: LearningParameters): Fold[] {
  const { validation, barriers } = parameters;
  const folds = walkForward(data.firstRow, endRow, { ...validation, purgeRows: barriers.horizonBars }).filter((fold) =>
    hasBothLabels(data.labels.label, fold.train.from, fold.train.to),
  );
  if (!hasBothLabels(data.labels.label, data.firstRow, endRow - barriers.horizonBars) || folds.length === 0)
    throw new LearningDataError(
      `the ${Math.max(0, endRow - data.firstRow)} rows to learn from do not hold ${LEAST_OF_EACH} targets and ${LEAST_OF_EACH} misses each; give more candles before the test`,
    );
  return folds;
}

export function trainFold(data: Dataset, fold: Fold, parameters: LearningParameters, onStep?: OnStep): FoldScores {
  const parts = fitParts(data, rowsOf(fold.train), parameters, undefined, onStep);
  return { fold, ...scoreRows(data, parts, parameters, fold.test.from, fold.test.to) };
}

/** Chooses the calibration on the folds' scores, runs the recalibration over them, and fits the parts on all rows. */
export function finishTraining(
  data: Dataset,
  endRow: number,
  scores: readonly FoldScores[],
  parameters: LearningParameters,
  onStep?: OnStep,
): TrainedModel {
  const horizon = parameters.barriers.horizonBars;
  // A training row's label must be known when the training ends.
  const train = rowsOf({ from: data.firstRow, to: endRow - horizon });
  const rows = Int32Array.from(scores.flatMap(({ fold }) => Array.from(rowsOf(fold.test))));
  const blend = Float64Array.from(scores.flatMap((s) => Array.from(s.blend)));
  const volatility = Float64Array.from(scores.flatMap((s) => Array.from(s.volatility)));
  const known = rows.filter((row) => row < endRow - horizon).length;
  const labels = Uint8Array.from(rows.subarray(0, known), (row) => data.labels.label[row]!);
  const calibration = chooseCalibration(blend.subarray(0, known), labels);
  const z = new Float64Array(data.candles.length);
  for (let i = 0; i < rows.length; i++) z[rows[i]!] = logOdds(calibrate(calibration.chosen, blend[i]!));
  const from = rows[0]!;
  const { stepPerHorizon, carried } = parameters.recalibration;
  const state = startRecalibration(stepPerHorizon / horizon);
  const range = { from, to: endRow, firstLearnt: from };
  const probability = adaptProbabilities(z, data.labels.label, data.candles.timestamp, range, horizon, state);
  state.intercept *= carried;
  const parts = fitParts(data, train, parameters, undefined, onStep);
  return { parts, calibration, recalibration: state, validation: { rows, probability, volatility, z } };
}

/** Log odds of rows [from, to) by the blend and by volatility alone. */
export function scoreRows(
  data: Dataset,
  parts: ModelParts,
  parameters: LearningParameters,
  from: number,
  to: number,
): { blend: Float64Array; volatility: Float64Array } {
  const scorer = createScorer(parts, parameters);
  const width = data.features.names.length;
  const blend = new Float64Array(to - from);
  const volatility = new Float64Array(to - from);
  for (let row = from; row < to; row++) {
    blend[row - from] = scorer.logOddsOf(data.features.values, row * width);
    volatility[row - from] = scorer.volatilityOf(data.features.values, row * width);
  }
  return { blend, volatility };
}

function hasBothLabels(label: Uint8Array, from: number, to: number): boolean {
  let ones = 0;
  for (let i = from; i < to; i++) ones += label[i] === 1 ? 1 : 0;
  return ones >= LEAST_OF_EACH && to - from - ones >= LEAST_OF_EACH;
}
