/** The steps of training and of the drift watch. Results go to files and the model registry; histories get figures. */
import { activityInfo, cancellationSignal, heartbeat } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { ModelDocument } from '../adapters/database/documents.js';
import type { Repositories } from '../adapters/database/repositories.js';
import { writeCandles } from '../adapters/training/files.js';
import { openTrainingFolder, removeOldRuns } from '../adapters/training/folder.js';
import type { HistoryRequest } from '../adapters/training/history.js';
import type { FinishResult } from '../adapters/training/tasks.js';
import type { Trainer } from '../adapters/training/trainer.js';
import type { LearningParameters } from '../trading/learning/parameters.js';
import { type CandleColumns, TIMEFRAME_MS, type Timeframe } from '../trading/types.js';
import type { TrainingOutcome, TrainingRequest } from '../workflows/trainingMessages.js';
import { withFailures } from './failures.js';
import { watchModel, type WatchOutcome } from './modelWatch.js';

export interface TrainingDependencies {
  models: Repositories['models'];
  trainer: Trainer;
  /** Where runs keep their files, absolute. */
  folder: string;
  parameters(timeframe: Timeframe): LearningParameters;
  history(request: HistoryRequest): Promise<CandleColumns>;
  /** Whether the exchange has such a symbol. */
  listed(symbol: string): Promise<boolean>;
  /** The market's clock for a symbol, ms. */
  marketTime(symbol: string): Promise<number>;
  /** Tells the administrators; the same id twice is one message. */
  alert(id: string, message: string): Promise<void>;
  /** Real time, ms. */
  now(): number;
}

/** Everything that names a run's data, so that any worker can collect it again. */
export interface TrainingPlan {
  runId: string;
  symbol: string;
  timeframe: Timeframe;
  from: number;
  to: number;
  testFrom: number;
  candles: number;
  rows: number;
  testRows: number;
  folds: number;
  champion: string | null;
}

export interface TrainingActivities {
  prepareTraining(request: TrainingRequest & { runId: string }): Promise<TrainingPlan>;
  trainFold(input: { plan: TrainingPlan; index: number }): Promise<void>;
  judgeModel(input: { plan: TrainingPlan }): Promise<TrainingOutcome>;
  watchModels(): Promise<WatchOutcome[]>;
}

const DAY = 86_400_000;
const HISTORY_DAYS = 600;
/** The most candles that are collected, for the worker's memory: 600 days of 5 minutes, 138 of one. */
const HISTORY_CANDLES = 200_000;
/** The newest part judges: a fifth of the candles, at most 90 days. */
const TEST_SHARE = 0.2;
const TEST_DAYS = 90;
const HEARTBEAT_MS = 3_000;

export function createTrainingActivities(deps: TrainingDependencies): TrainingActivities {
  const activities: TrainingActivities = {
    prepareTraining: (request) => alive(() => prepare(deps, request)),
    trainFold: (input) => alive((told) => fold(deps, input, told)),
    judgeModel: (input) => alive((told) => judge(deps, input, told)),
    watchModels: () => alive(() => watchAll(deps)),
  };
  return withFailures({ ...activities } as never) as TrainingActivities;
}

async function prepare(
  deps: TrainingDependencies,
  request: TrainingRequest & { runId: string },
): Promise<TrainingPlan> {
  const { runId, symbol } = request;
  if (!(request.timeframe in TIMEFRAME_MS))
    throw ApplicationFailure.nonRetryable(
      `timeframe "${request.timeframe}" is none of ${Object.keys(TIMEFRAME_MS).join(', ')}`,
      'BadRequest',
    );
  if (!(await deps.listed(symbol)))
    throw ApplicationFailure.nonRetryable(`the exchange does not list "${symbol}"`, 'BadRequest');
  const timeframe = request.timeframe as Timeframe;
  removeOldRuns(deps.folder, deps.now());
  const step = TIMEFRAME_MS[timeframe];
  // The end is fixed here once: whoever collects again gets the same candles.
  const to = Math.floor((await deps.marketTime(symbol)) / step) * step;
  const parameters = deps.parameters(timeframe);
  const from = to - Math.min((request.historyDays ?? HISTORY_DAYS) * DAY, HISTORY_CANDLES * step);
  const candles = await collect(deps, { runId, symbol, timeframe, from, to });
  const first = candles.timestamp[0] ?? to;
  const testFrom = to - Math.min((to - first) * TEST_SHARE, TEST_DAYS * DAY);
  const active = await deps.models.active(symbol, timeframe);
  const planned = await deps.trainer
    .run({ kind: 'plan', candles: pathOf(deps, runId).candles, testFrom, parameters })
    .catch(tooLittle);
  return {
    ...{ runId, symbol, timeframe, from, to, testFrom, candles: candles.length },
    ...planned!,
    champion: active?.version ?? null,
  };
}

async function fold(
  deps: TrainingDependencies,
  { plan, index }: { plan: TrainingPlan; index: number },
  told: (details: unknown) => void,
): Promise<void> {
  const folder = pathOf(deps, plan.runId);
  const out = folder.fold(index);
  if (folder.has(out)) return;
  await ensureCandles(deps, plan);
  const task = {
    kind: 'fold',
    candles: folder.candles,
    testFrom: plan.testFrom,
    parameters: deps.parameters(plan.timeframe),
  } as const;
  await deps.trainer.run(
    { ...task, index, out },
    { signal: cancellationSignal(), onProgress: (done, of) => told({ fold: index + 1, trees: done, of }) },
  );
}

async function judge(
  deps: TrainingDependencies,
  { plan }: { plan: TrainingPlan },
  told: (details: unknown) => void,
): Promise<TrainingOutcome> {
  const folder = pathOf(deps, plan.runId);
  await ensureCandles(deps, plan);
  // A worker on another machine has none of the earlier folds' files; the same seed makes the same folds.
  for (let index = 0; index < plan.folds; index++) await fold(deps, { plan, index }, told);
  const champion = plan.champion ? ((await deps.models.get(plan.champion))?.artifact ?? null) : null;
  if (!folder.has(folder.result))
    await deps.trainer.run(
      {
        kind: 'finish',
        candles: folder.candles,
        testFrom: plan.testFrom,
        parameters: deps.parameters(plan.timeframe),
        symbol: plan.symbol,
        timeframe: plan.timeframe,
        folds: Array.from({ length: plan.folds }, (_, index) => folder.fold(index)),
        champion,
        out: folder.result,
      },
      { signal: cancellationSignal(), onProgress: (done, of) => told({ finalFit: done, of }) },
    );
  const { model, decision, contest } = JSON.parse(folder.readText(folder.result)) as FinishResult;
  await deps.models.insert({
    version: model.version,
    symbol: plan.symbol,
    timeframe: plan.timeframe,
    stage: 'candidate',
    quality: { ...model.report, decision: { ...decision, contest } },
    features: model.features,
    artifact: JSON.stringify(model),
    trainedFrom: new Date(model.data.from),
    trainedTo: new Date(model.data.to),
  });
  if (decision.promote) await deps.models.promote(model.version);
  folder.remove();
  const { n, baseRate, auc, brier, brierSkill, brierSkillVsVolatility, ece } = model.report!.test;
  return {
    version: model.version,
    promoted: decision.promote,
    reason: decision.reason,
    test: { n, baseRate, auc, brier, brierSkill, brierSkillVsVolatility, ece },
  };
}

async function watchAll(deps: TrainingDependencies): Promise<WatchOutcome[]> {
  const active = (await deps.models.list()).filter(({ stage }) => stage === 'active');
  const outcomes: WatchOutcome[] = [];
  for (const { version } of active) {
    const model = (await deps.models.get(version)) as ModelDocument;
    outcomes.push(await watchModel(deps, model));
  }
  return outcomes;
}

type Span = Pick<TrainingPlan, 'runId' | 'symbol' | 'timeframe' | 'from' | 'to'>;

async function collect(deps: TrainingDependencies, { runId, ...span }: Span): Promise<CandleColumns> {
  const candles = await deps.history(span);
  writeCandles(pathOf(deps, runId).candles, candles);
  return candles;
}

async function ensureCandles(deps: TrainingDependencies, plan: TrainingPlan): Promise<void> {
  const folder = pathOf(deps, plan.runId);
  if (!folder.has(folder.candles)) await collect(deps, plan);
}

const pathOf = (deps: TrainingDependencies, runId: string) => openTrainingFolder(deps.folder, runId);

/** Too few candles stay too few however often one tries. */
function tooLittle(error: unknown): never {
  if (error instanceof Error && error.name === 'LearningDataError')
    throw ApplicationFailure.nonRetryable(error.message, 'LearningDataError');
  throw error;
}

/** Heartbeats while the step works, with the newest of what it told. */
async function alive<T>(step: (told: (details: unknown) => void) => Promise<T>): Promise<T> {
  let details: unknown = { attempt: activityInfo().attempt };
  const timer = setInterval(() => heartbeat(details), HEARTBEAT_MS);
  try {
    return await step((next) => {
      details = next;
      heartbeat(next);
    });
  } finally {
    clearInterval(timer);
  }
}
