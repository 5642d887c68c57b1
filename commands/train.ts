import { writeFileSync } from 'node:fs';
import { buildDataset, LearningDataError, rowAt } from '../trading/learning/dataset.js';
import { predictRows } from '../trading/learning/evaluate.js';
import { DEFAULT_PARAMETERS } from '../trading/learning/parameters.js';
import { runControls } from '../trading/learning/quality/controls.js';
import { qualityReport } from '../trading/learning/quality/report.js';
import { trainModel } from '../trading/learning/train.js';
import { readCandles } from './train/candles.js';
import { parseTrainOptions, UsageError } from './train/options.js';
import { predictionLines, printReport } from './train/output.js';
import { createProgress } from './train/progress.js';

/** Trains on the candles before --test-from, evaluates on those from it. See docs/LEARNING.md. */
function main(args: string[]): void {
  const options = parseTrainOptions(args);
  const progress = createProgress();
  const candles = readCandles(options.data);
  const cross = options.cross ? readCandles(options.cross) : undefined;
  progress.say(`${candles.length} candles of ${options.symbol} ${options.timeframe}`);
  const parameters = DEFAULT_PARAMETERS;
  const data = buildDataset(candles, parameters, cross);
  const testRow = Math.max(rowAt(candles, options.testFrom), data.firstRow);
  if (testRow >= data.endRow)
    throw new LearningDataError(
      `no row to test: --test-from ${new Date(options.testFrom).toISOString()} must lie at least ${parameters.barriers.horizonBars} candles before the file's end, ${new Date(candles.timestamp[candles.length - 1]!).toISOString()}`,
    );
  progress.say(`learning from ${testRow - data.firstRow} rows, testing on ${data.endRow - testRow}`);
  const model = trainModel(data, testRow, parameters, progress.step);
  progress.say('predicting and running the controls');
  const predictions = predictRows(data, model, testRow, parameters);
  const test = qualityReport(predictions, {
    symbol: options.symbol,
    horizonBars: parameters.barriers.horizonBars,
    seed: parameters.seed,
  });
  const controls = runControls(data, testRow, parameters, cross);
  const report = {
    test,
    controls,
    symbol: options.symbol,
    timeframe: options.timeframe,
    train: { from: timeOf(candles.timestamp[0]!), to: timeOf(options.testFrom), rows: testRow - data.firstRow },
    calibration: { kind: model.calibration.chosen.kind, brier: model.calibration.brier },
    recalibration: model.recalibration,
    features: data.features.names,
    parameters,
    seconds: progress.seconds(),
  };
  if (options.json) writeFileSync(options.json, `${JSON.stringify(report, null, 2)}\n`);
  if (options.predictions) writeFileSync(options.predictions, predictionLines(predictions));
  printReport(report);
}

const timeOf = (ms: number) => new Date(ms).toISOString();

try {
  main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof UsageError) && !(error instanceof LearningDataError)) throw error;
  console.error(`train: ${error.message}`);
  process.exitCode = 2;
}
