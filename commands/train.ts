import { existsSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { readCandleFile } from '../adapters/candles/store.js';
import { CandleFileError } from '../adapters/candles/errors.js';
import { otherSpacing } from '../trading/market/columns.js';
import type { CandleColumns, Timeframe } from '../trading/types.js';
import { LearningDataError } from '../trading/learning/dataset.js';
import { runControls } from '../trading/learning/quality/controls.js';
import { qualityPage } from '../trading/learning/quality/page.js';
import type { LearningParameters } from '../trading/learning/parameters.js';
import { qualityReport } from '../trading/learning/quality/report.js';
import { serializeModel } from '../trading/learning/serialize.js';
import { runTrial } from '../trading/learning/trial.js';
import { parseTrainOptions } from './train/options.js';
import { predictionLines, printReport } from './train/output.js';
import { createProgress } from './train/progress.js';
import { keepInputs, runCommand, UsageError } from './usage.js';

/** Trains on the candles before --test-from, evaluates on those from it. See docs/LEARNING.md. */
function main(args: string[]): void {
  const options = parseTrainOptions(args);
  for (const option of ['json', 'predictions', 'page', 'saveModel'] as const) checkFolder(option, options[option]);
  const { data: source, json, predictions: told, page, saveModel } = options;
  keepInputs({ data: source, cross: options.cross }, { json, predictions: told, page, 'save-model': saveModel });
  const progress = createProgress();
  const candles = readCandleFile(options.data);
  const cross = options.cross ? readCandleFile(options.cross) : undefined;
  checkTimeframe(candles, options.timeframe);
  progress.say(`${candles.length} candles of ${options.symbol} ${options.timeframe}`);
  const { data, testRow, parameters, model, predictions } = runTrial(
    candles,
    { ...options, cross },
    ({ train, test }) => progress.say(`learning from ${train} rows, testing on ${test}`),
    progress.step,
  );
  progress.say('running the controls');
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
    question: questionOf(parameters),
    train: {
      from: timeOf(candles.timestamp[data.firstRow]!),
      to: timeOf(options.testFrom),
      rows: testRow - data.firstRow,
    },
    tested: {
      from: timeOf(candles.timestamp[testRow]!),
      to: timeOf(candles.timestamp[data.endRow - 1]!),
      // At the file's end: their label needs candles that it does not hold.
      rowsWithoutLabel: candles.length - data.endRow,
    },
    calibration: { kind: model.calibration.chosen.kind, brier: model.calibration.brier },
    recalibration: model.recalibration,
    features: data.features.names,
    parameters,
    seconds: progress.seconds(),
  };
  if (options.json) write('json', options.json, `${JSON.stringify(report, null, 2)}\n`);
  if (options.predictions) write('predictions', options.predictions, predictionLines(predictions));
  if (options.saveModel) {
    const about = { symbol: options.symbol, timeframe: options.timeframe, endRow: testRow, report: { test, controls } };
    write('save-model', options.saveModel, JSON.stringify(serializeModel(data, model, about, parameters)));
  }
  if (options.page) write('page', options.page, qualityPage(report, test, controls));
  printReport(report);
}

function questionOf({ barriers: { takeProfitPct, stopLossPct, horizonBars } }: LearningParameters): string {
  return `asked at each candle's close: does +${takeProfitPct} % come before -${stopLossPct} % within the next ${horizonBars} candles?`;
}

/** A wrong timeframe would make 48 candles another span than the labels say. */
function checkTimeframe(candles: CandleColumns, timeframe: Timeframe): void {
  const spacing = otherSpacing(candles, timeframe);
  if (spacing !== undefined)
    throw new UsageError(`--timeframe is "${timeframe}", but the file's candles are ${spacing} minutes apart`);
}

/** Told before minutes of training and not after them. */
function checkFolder(option: string, path: string | undefined): void {
  const folder = dirname(resolve(path ?? '.'));
  if (!existsSync(folder)) throw new UsageError(`--${dashed(option)} ${path} cannot be written: there is no ${folder}`);
}

function write(option: string, path: string, content: string): void {
  try {
    writeFileSync(path, content);
  } catch (error) {
    throw new UsageError(`--${option} ${path} cannot be written: ${(error as Error).message}`);
  }
}

const dashed = (option: string) => option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
const timeOf = (ms: number) => new Date(ms).toISOString();

await runCommand(() => {
  try {
    main(process.argv.slice(2));
  } catch (error) {
    const named = [UsageError, LearningDataError, CandleFileError].some((kind) => error instanceof kind);
    throw named ? new UsageError(`train: ${(error as Error).message}`) : error;
  }
});
