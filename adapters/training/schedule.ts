import {
  type Client,
  ScheduleAlreadyRunning,
  ScheduleOverlapPolicy,
  WorkflowExecutionAlreadyStartedError,
} from '@temporalio/client';
import type { Timeframe } from '../../trading/types.js';

/** A first training starts so long after the worker, ms: a fresh product's first trades come before it. */
const FIRST_AFTER_MS = 300_000;
/** A short past makes a quick first model; the nightly training takes a long one. */
const FIRST_HISTORY_DAYS = 30;
/** And so long after the one before: training has one thread. */
const FIRST_APART_MS = 60_000;

export interface TrainingScheduleSettings {
  symbols: readonly string[];
  timeframe: Timeframe;
  taskQueue: string;
  /** Hour of the day in UTC, 0 to 23 (2). */
  hour?: number;
  historyDays?: number;
}

/**
 * A training every day for each symbol, and a drift watch every six hours, as Temporal Schedules that show in the Web
 * UI and can be paused there. Calling it again changes nothing but the settings; a pause stays.
 */
export async function ensureTrainingSchedule(client: Client, settings: TrainingScheduleSettings): Promise<string[]> {
  const { symbols, timeframe, taskQueue, hour = 2, historyDays } = settings;
  const trainings = symbols.map((symbol, i) => ({
    scheduleId: `training-${symbol.replace('/', '')}-${timeframe}`,
    // A few minutes apart: training has one thread.
    spec: { calendars: [{ hour, minute: (i * 10) % 60 }] },
    action: {
      type: 'startWorkflow' as const,
      workflowType: 'trainingWorkflow',
      taskQueue,
      args: [{ symbol, timeframe, historyDays, by: 'schedule' }],
      staticSummary: `Train ${symbol} ${timeframe}`,
    },
  }));
  const watch = {
    scheduleId: 'model-watch',
    spec: { intervals: [{ every: '6 hours' as const }] },
    action: {
      type: 'startWorkflow' as const,
      workflowType: 'modelWatchWorkflow',
      taskQueue,
      args: [],
      staticSummary: 'Watch the models in use',
    },
  };
  const policies = { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '1 hour' as const };
  for (const schedule of [...trainings, watch]) {
    try {
      await client.schedule.create({ ...schedule, policies });
    } catch (error) {
      if (!(error instanceof ScheduleAlreadyRunning)) throw error;
      const { spec, action } = schedule;
      await client.schedule.getHandle(schedule.scheduleId).update((previous) => ({ ...previous, spec, action }));
    }
  }
  return [...trainings, watch].map(({ scheduleId }) => scheduleId);
}

/**
 * Where a symbol and timeframe never had a model, one training some minutes from now instead of the night's; it waits in
 * Temporal, so that a restart neither loses nor doubles it. One that failed for want of candles is tried again by the
 * schedule only. The answer: the symbols that a training was asked for.
 */
export async function ensureFirstTrainings(
  client: Client,
  settings: Pick<TrainingScheduleSettings, 'symbols' | 'timeframe' | 'taskQueue'> & {
    /** Symbols of this timeframe that the registry has a version of, in whatever stage. */
    known: ReadonlySet<string>;
    /** How many first trainings were asked for before these. */
    before?: number;
    delayMs?: number;
  },
): Promise<string[]> {
  const { symbols, timeframe, taskQueue, known, before = 0, delayMs = FIRST_AFTER_MS } = settings;
  const missing = symbols.filter((symbol) => !known.has(symbol));
  for (const [i, symbol] of missing.entries())
    try {
      await client.workflow.start('trainingWorkflow', {
        workflowId: `first-training-${symbol.replace('/', '')}-${timeframe}`,
        workflowIdReusePolicy: 'REJECT_DUPLICATE',
        taskQueue,
        startDelay: delayMs + (before + i) * FIRST_APART_MS,
        args: [{ symbol, timeframe, historyDays: FIRST_HISTORY_DAYS, by: 'first start' }],
        staticSummary: `First training of ${symbol} ${timeframe}`,
      });
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
  return missing;
}
