/** The worker of the training queue, its one thread, and the models in use for the trading cycle. */
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import type { NativeConnection, Worker, WorkerOptions } from '@temporalio/worker';
import type { Log, ModelOpinion, Venue } from '../activities/dependencies.js';
import type { EventToSend } from '../activities/types.js';
import { createTrainingActivities } from '../activities/training.js';
import type { Repositories } from '../adapters/database/repositories.js';
import type { Settings } from '../adapters/settings.js';
import { createWorkflowWorker } from '../adapters/temporal/resultOrder.js';
import { collectHistory } from '../adapters/training/history.js';
import { ensureFirstTrainings, ensureTrainingSchedule } from '../adapters/training/schedule.js';
import { createScorer, type ModelSilence } from '../adapters/training/scorer.js';
import { createTrainer } from '../adapters/training/trainer.js';
import { parametersFor } from '../trading/learning/parameters.js';
import type { CandleColumns, Timeframe } from '../trading/types.js';
import { TRAINING_TASK_QUEUE } from '../workflows/trainingMessages.js';

/** New users' default symbols; others are trained on demand. */
const SYMBOLS = ['BTC/USDT', 'ETH/USDT'];

export interface TrainingParts {
  scorer(symbol: string, timeframe: Timeframe, candles: CandleColumns): ModelOpinion | ModelSilence;
  createWorker(shared: Partial<WorkerOptions> & { connection: NativeConnection; namespace: string }): Promise<Worker>;
  close(): Promise<void>;
}

export function assembleTraining(parts: {
  settings: Pick<Settings, 'dataDir' | 'demo'>;
  repositories: Repositories;
  client: Client;
  /** The venue whose candles are learnt from. */
  venue(): Venue;
  notify(userId: string, event: EventToSend): Promise<unknown>;
  log: Log;
}): TrainingParts {
  const { settings, repositories, client, venue, notify, log } = parts;
  const trainer = createTrainer();
  const scorer = createScorer({
    active: (symbol, timeframe) => repositories.models.active(symbol, timeframe),
    history: (symbol, timeframe, from, to) => collectHistory(venue().exchange.market, { symbol, timeframe, from, to }),
    warn: (fields, message) => log.warn(fields, message),
    now: () => Date.now(),
  });
  const activities = createTrainingActivities({
    models: repositories.models,
    trainer,
    folder: join(settings.dataDir, 'training'),
    parameters: parametersFor,
    history: (request) => collectHistory(venue().exchange.market, request),
    listed: async (symbol) => (await venue().exchange.market.symbolRules()).has(symbol),
    marketTime: async (symbol) => (await venue().exchange.market.tickers([symbol])).get(symbol)!.marketTime,
    async alert(id, message) {
      log.error({ component: 'SIGNAL' }, message);
      const admins = (await repositories.users.list()).filter(({ role, disabled }) => role === 'admin' && !disabled);
      for (const { _id } of admins)
        await notify(_id, { eventId: `model-${id}-${_id}`, type: 'SYSTEM_ERROR', data: { message } });
    },
    now: () => Date.now(),
  });
  return {
    scorer: scorer.opinion,
    async createWorker(shared) {
      const timeframes: Timeframe[] = settings.demo ? ['5m', '1m'] : ['5m'];
      await scheduleTrainings(timeframes).catch((error: unknown) =>
        log.warn({ error: String(error) }, 'no training schedule'),
      );
      return createWorkflowWorker({
        ...shared,
        taskQueue: TRAINING_TASK_QUEUE,
        activities: { ...activities },
        maxCachedWorkflows: 20,
        maxConcurrentActivityTaskExecutions: 4,
        maxConcurrentWorkflowTaskExecutions: 2,
        reuseV8Context: true,
      });
    },
    close: () => trainer.close(),
  };

  async function scheduleTrainings(timeframes: readonly Timeframe[]): Promise<void> {
    const models = await repositories.models.list();
    let before = 0;
    for (const timeframe of timeframes) {
      const settingsOfAll = { symbols: SYMBOLS, timeframe, taskQueue: TRAINING_TASK_QUEUE };
      await ensureTrainingSchedule(client, settingsOfAll);
      const known = new Set(models.filter((model) => model.timeframe === timeframe).map(({ symbol }) => symbol));
      before += (await ensureFirstTrainings(client, { ...settingsOfAll, known, before })).length;
    }
  }
}
