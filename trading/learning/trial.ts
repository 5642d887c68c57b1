import type { CandleColumns, Timeframe } from '../types.js';
import { buildDataset, type Dataset, LearningDataError, newestRows, rowAt } from './dataset.js';
import { type Predictions, predictRows } from './evaluate.js';
import { type LearningParameters, parametersFor } from './parameters.js';
import { checkSecondSymbol } from './secondSymbol.js';
import { type OnProgress, type TrainedModel, trainModel } from './train.js';

/** A model trained on what came before a date, and what it said of every row from that date whose label is known. */
export interface Trial {
  data: Dataset;
  /** The first row that is tested. */
  testRow: number;
  parameters: LearningParameters;
  model: TrainedModel;
  predictions: Predictions;
}

export interface TrialRequest {
  timeframe: Timeframe;
  /** ms UTC: rows before it train, rows from it test. */
  testFrom: number;
  /** Candles of a second symbol for the cross features. */
  cross?: CandleColumns;
}

/**
 * Trains on the rows before `testFrom` and tells the rows from it on. The last rows, whose label needs candles that the
 * data does not hold, are not told. Throws a LearningDataError where one part or the other holds too little.
 */
export function runTrial(
  candles: CandleColumns,
  { timeframe, testFrom, cross }: TrialRequest,
  onPlan?: (rows: { train: number; test: number }) => void,
  onProgress?: OnProgress,
): Trial {
  const parameters = parametersFor(timeframe);
  if (cross) checkSecondSymbol(cross, { candles, timeframe, mostMissing: parameters.barriers.horizonBars });
  const whole = buildDataset(candles, parameters, cross);
  const testRow = Math.max(rowAt(candles, testFrom), whole.firstRow);
  const data = newestRows(whole, testRow, parameters);
  if (testRow >= data.endRow)
    throw new LearningDataError(
      `no row to test: --test-from ${new Date(testFrom).toISOString()} must lie more than ${parameters.barriers.horizonBars} candles before the file's end, ${new Date(candles.timestamp[candles.length - 1]!).toISOString()}`,
    );
  onPlan?.({ train: testRow - data.firstRow, test: data.endRow - testRow });
  const model = trainModel(data, testRow, parameters, onProgress);
  return { data, testRow, parameters, model, predictions: predictRows(data, model, testRow, parameters) };
}
