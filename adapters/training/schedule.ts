import { type Client, ScheduleAlreadyRunning, ScheduleOverlapPolicy } from '@temporalio/client';
import type { Timeframe } from '../../trading/types.js';

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
