import { type BoostingSettings, scoreForest, trainForest } from '../boosting/boost.js';
import type { Dataset } from '../dataset.js';
import type { FeatureMatrix } from '../features/columns.js';
import { rowsOf } from '../folds.js';
import type { LearningParameters } from '../parameters.js';
import { areaUnderCurve } from './metrics.js';

/** AUC of quick models without and with a feature that is suspected of knowing the future. */
export interface LeakAuc {
  without: number;
  with: number;
}

/** One feature that raises the AUC by more than this is taken for a leak. */
const SUSPICIOUS_JUMP = 0.05;
/** Fewest test rows of each label from which an AUC says something. */
const LEAST_OF_EACH = 30;
/** With so many training rows every fourth is enough; fewer are all learnt from. */
const MANY_ROWS = 10_000;

export const isSuspicious = (auc: LeakAuc): boolean => auc.with - auc.without > SUSPICIOUS_JUMP;

/** Learns twice and quickly, without the suspected feature and with it, from the rows before `fromRow`. */
export function leakAuc(
  data: Dataset,
  suspected: FeatureMatrix,
  fromRow: number,
  parameters: LearningParameters,
): LeakAuc {
  const question = questionOf(data, fromRow, parameters);
  return {
    without: quickAuc(data, data.features, question, parameters),
    with: quickAuc(data, suspected, question, parameters),
  };
}

interface Question {
  /** One for every row of the matrix. */
  target: Uint8Array;
  /** Rows before it are learnt from, rows from it on are judged. */
  fromRow: number;
  /** Every so many rows are learnt from. */
  stride: number;
  trees: Pick<BoostingSettings, 'trees' | 'leaves' | 'minLeafRows'>;
}

/**
 * Many rows are asked for the model's own label. A few thousand hold too few targets to tell a leak from luck (a month
 * of 5-minute candles: a hundred): they are asked whether the close is higher half a horizon later, which happens half
 * of the time and which nothing honest foretells. Their trees are few and flat, with a tenth of the rows to a leaf, so
 * that luck seldom looks like a leak.
 */
function questionOf(data: Dataset, testRow: number, { barriers, boosting }: LearningParameters): Question {
  const rows = testRow - data.firstRow;
  if (rows >= MANY_ROWS)
    return {
      target: data.labels.label,
      fromRow: rowToJudgeFrom(data, data.labels.label, testRow),
      stride: 4,
      trees: { trees: 20, leaves: 8, minLeafRows: boosting.minLeafRows },
    };
  const target = risesAfter(data.candles.close, Math.max(1, Math.floor(barriers.horizonBars / 2)));
  const trees = { trees: 10, leaves: 4, minLeafRows: Math.min(boosting.minLeafRows, Math.ceil(rows / 10)) };
  return { target, fromRow: rowToJudgeFrom(data, target, testRow), stride: 1, trees };
}

/** 1 where the close is higher `bars` candles later. */
const risesAfter = (close: Float64Array, bars: number): Uint8Array =>
  Uint8Array.from(close, (price, row) => (row + bars < close.length && close[row + bars]! > price ? 1 : 0));

/** The test's rows show a jump in AUC only where they hold targets and misses; else the newest training rows do. */
function rowToJudgeFrom(data: Dataset, target: Uint8Array, testRow: number): number {
  const told = target.subarray(testRow, data.endRow);
  const targets = told.reduce((sum, value) => sum + (value === 1 ? 1 : 0), 0);
  const enough = Math.min(targets, told.length - targets) >= LEAST_OF_EACH;
  return enough ? testRow : data.firstRow + Math.floor((testRow - data.firstRow) * 0.8);
}

function quickAuc(
  data: Dataset,
  features: FeatureMatrix,
  { target, fromRow, stride, trees }: Question,
  parameters: LearningParameters,
): number {
  const width = features.names.length;
  const train = rowsOf({ from: data.firstRow, to: fromRow - parameters.barriers.horizonBars });
  const settings = { ...parameters.boosting, learningRate: 0.2, featureFraction: 1, ...trees };
  const rows = train.filter((_, i) => i % stride === 0);
  const forest = trainForest({ values: features.values, width, rows, target }, settings);
  const judged = rowsOf({ from: fromRow, to: data.endRow });
  return areaUnderCurve(
    Float64Array.from(judged, (row) => scoreForest(forest, features.values, row * width)),
    target.subarray(fromRow, data.endRow),
  );
}
