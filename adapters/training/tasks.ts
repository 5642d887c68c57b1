/** What the training thread does. Files in, files out: no candle crosses a thread or a history. */
import { type Dataset, buildDataset, newestRows, rowAt } from '../../trading/learning/dataset.js';
import { predictRows } from '../../trading/learning/evaluate.js';
import type { Fold } from '../../trading/learning/folds.js';
import type { LearningParameters } from '../../trading/learning/parameters.js';
import { type Contest, decidePromotion, type PromotionDecision } from '../../trading/learning/promotion.js';
import { runControls } from '../../trading/learning/quality/controls.js';
import { brierScore } from '../../trading/learning/quality/metrics.js';
import { qualityReport } from '../../trading/learning/quality/report.js';
import { loadModel } from '../../trading/learning/load.js';
import { advanceRecalibration, KNOWN_FEATURES, scoreCandles } from '../../trading/learning/score.js';
import { type SerializedModel, serializeModel } from '../../trading/learning/serialize.js';
import { finishTraining, trainFold, trainingFolds } from '../../trading/learning/train.js';
import { readCandles, readColumns, writeColumns, writeWhole } from './files.js';

/** ms UTC: rows before it train, rows from it judge. */
interface Subject {
  candles: string;
  testFrom: number;
  parameters: LearningParameters;
}

export type TrainingTask =
  | (Subject & { kind: 'plan' })
  | (Subject & { kind: 'fold'; index: number; out: string })
  | (Subject & {
      kind: 'finish';
      symbol: string;
      timeframe: string;
      folds: string[];
      champion: string | null;
      out: string;
    });

export interface PlanResult {
  folds: number;
  rows: number;
  testRows: number;
}

export interface FinishResult {
  model: SerializedModel;
  decision: PromotionDecision;
  contest: Contest | null;
}

export type OnTaskProgress = (done: number, of: number) => void;

/** The data set of the last candle file, which one run's tasks share. */
let kept: { path: string; data: Dataset } | null = null;

export function runTask(task: TrainingTask, onProgress: OnTaskProgress): PlanResult | null {
  if (kept?.path !== task.candles)
    kept = { path: task.candles, data: buildDataset(readCandles(task.candles), task.parameters) };
  const testRow = Math.max(rowAt(kept.data.candles, task.testFrom), kept.data.firstRow);
  const data = newestRows(kept.data, testRow, task.parameters);
  const folds = trainingFolds(data, testRow, task.parameters);
  if (task.kind === 'plan')
    return { folds: folds.length, rows: testRow - data.firstRow, testRows: data.endRow - testRow };
  if (task.kind === 'fold') {
    const { blend, volatility } = trainFold(data, folds[task.index]!, task.parameters, (_, d, of) => onProgress(d, of));
    writeColumns(task.out, [blend, volatility]);
    return null;
  }
  const result = finish(data, testRow, folds, task, onProgress);
  writeWhole(task.out, JSON.stringify(result));
  return null;
}

function finish(
  data: Dataset,
  testRow: number,
  folds: Fold[],
  task: Extract<TrainingTask, { kind: 'finish' }>,
  onProgress: OnTaskProgress,
): FinishResult {
  const { parameters, symbol, timeframe } = task;
  const scores = folds.map((fold, i) => {
    const [blend, volatility] = readColumns(task.folds[i]!);
    return { fold, blend: blend!, volatility: volatility! };
  });
  const trained = finishTraining(data, testRow, scores, parameters, (_, done, of) => onProgress(done, 2 * of));
  const predictions = predictRows(data, trained, testRow, parameters);
  const test = qualityReport(predictions, {
    symbol,
    horizonBars: parameters.barriers.horizonBars,
    seed: parameters.seed,
  });
  const controls = runControls(data, testRow, parameters);
  onProgress(1, 1);
  const report = { test, controls };
  const fresh = serializeModel(data, trained, { symbol, timeframe, endRow: testRow, report }, parameters);
  const champion = task.champion ? readChampion(task.champion, parameters) : null;
  const contest = champion ? compete(data, testRow, champion, predictions) : null;
  return {
    model: advanceRecalibration(fresh, data.candles),
    decision: decidePromotion(test, controls, contest),
    contest,
  };
}

/** Both models on the test rows that come after everything the champion was trained on. */
function compete(
  data: Dataset,
  testRow: number,
  champion: SerializedModel,
  predictions: { probability: Float64Array; label: Uint8Array },
): Contest {
  // The champion's last labels reach a horizon beyond its last row.
  const purge = champion.parameters.barriers.horizonBars;
  const from = Math.max(testRow, rowAt(data.candles, Date.parse(champion.data.to) + 1) + purge);
  const rows = Math.max(0, data.endRow - from);
  if (rows === 0) return { rows, challengerBrier: 0, championBrier: 0, championVersion: champion.version };
  const label = predictions.label.subarray(from - testRow);
  return {
    rows,
    challengerBrier: brierScore(predictions.probability.subarray(from - testRow), label),
    championBrier: brierScore(scoreCandles(champion, data.candles, from, data.endRow).probability, label),
    championVersion: champion.version,
  };
}

/** Null where the champion cannot be asked any more, or answers another question: then there is nobody to beat. */
function readChampion(json: string, { barriers }: LearningParameters): SerializedModel | null {
  try {
    const model = loadModel(JSON.parse(json), KNOWN_FEATURES);
    const { takeProfitPct, stopLossPct, horizonBars } = model.parameters.barriers;
    const same =
      takeProfitPct === barriers.takeProfitPct &&
      stopLossPct === barriers.stopLossPct &&
      horizonBars === barriers.horizonBars;
    return same ? model : null;
  } catch {
    return null;
  }
}
