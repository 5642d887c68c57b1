/** Drift watch over a model in use: what it meets and what became of its probabilities, against its promise. */
import type { ModelDocument } from '../adapters/database/documents.js';
import { type DriftVerdict, watchDrift } from '../trading/learning/drift.js';
import { featureColumns } from '../trading/learning/features/columns.js';
import { tripleBarrier } from '../trading/learning/labels.js';
import { loadModel } from '../trading/learning/load.js';
import { KNOWN_FEATURES, REQUIRED_CANDLES, scoreCandles } from '../trading/learning/score.js';
import type { SerializedModel } from '../trading/learning/serialize.js';
import { TIMEFRAME_MS, type Timeframe } from '../trading/types.js';
import type { TrainingDependencies } from './training.js';

export type WatchDependencies = Pick<TrainingDependencies, 'models' | 'history' | 'marketTime' | 'alert' | 'now'>;

export interface WatchOutcome {
  version: string;
  verdict: DriftVerdict | 'UNREADABLE';
  reason: string;
  /** Whether it was taken out of use: the ensemble goes on without a model. */
  demoted: boolean;
}

/** How many of the newest candles are looked at. */
const WATCHED = 6_000;

export async function watchModel(deps: WatchDependencies, document: ModelDocument): Promise<WatchOutcome> {
  const outcome = await judge(deps, document);
  if (!outcome.demoted) return outcome;
  // Told first: whoever is killed in between is followed by an attempt that tells the same message again.
  await deps.alert(
    `drift-${document.version}`,
    `The model ${document.version} was taken out of use: ${outcome.reason}. Without a model, entry policy edge holds and the strategies go on alone.`,
  );
  await deps.models.setStage(document.version, 'failed', new Date(deps.now()));
  return outcome;
}

async function judge(deps: WatchDependencies, { version, artifact }: ModelDocument): Promise<WatchOutcome> {
  let model: SerializedModel;
  try {
    model = loadModel(JSON.parse(artifact ?? 'null'), KNOWN_FEATURES);
  } catch (error) {
    return { version, verdict: 'UNREADABLE', reason: (error as Error).message, demoted: true };
  }
  const timeframe = model.timeframe as Timeframe;
  const step = TIMEFRAME_MS[timeframe];
  const to = Math.floor((await deps.marketTime(model.symbol)) / step) * step;
  const span = { symbol: model.symbol, timeframe, from: to - (WATCHED + REQUIRED_CANDLES) * step, to };
  const candles = await deps.history(span);
  const { horizonBars } = model.parameters.barriers;
  const end = candles.length - horizonBars;
  if (end <= REQUIRED_CANDLES) return { version, verdict: 'STEADY', reason: 'too few candles to tell', demoted: false };
  const label = tripleBarrier(candles, model.parameters.barriers).label;
  // Live means after the training: earlier rows would flatter.
  let from = REQUIRED_CANDLES;
  while (from < end && candles.timestamp[from]! <= Date.parse(model.data.to) + horizonBars * step) from++;
  const live =
    from < end
      ? { probability: scoreCandles(model, candles, from, end).probability, label: label.subarray(from, end) }
      : { probability: [], label: [] };
  const promised = model.report?.test.eceByQuantile ?? 0.02;
  const { verdict, reason } = watchDrift(model.distribution, featureColumns(candles), live, promised);
  return { version, verdict, reason, demoted: verdict === 'DRIFTED' };
}
