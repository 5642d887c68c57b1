/** How much work waits in Temporal's task queues, by the server's own count. */
import { Gauge, type Registry } from 'prom-client';
import type { Client } from '@temporalio/client';
import {
  channelTaskQueue,
  EMERGENCY_TASK_QUEUE,
  NOTIFICATION_TASK_QUEUE,
  RESEARCH_TASK_QUEUE,
  TRADING_TASK_QUEUE,
} from '../../workflows/messages.js';
import { TRAINING_TASK_QUEUE } from '../../workflows/trainingMessages.js';

const QUEUES = [
  TRADING_TASK_QUEUE,
  EMERGENCY_TASK_QUEUE,
  NOTIFICATION_TASK_QUEUE,
  ...(['email', 'discord', 'telegram'] as const).map(channelTaskQueue),
  RESEARCH_TASK_QUEUE,
  TRAINING_TASK_QUEUE,
];
/** temporal.api.enums.v1.TaskQueueType: workflow tasks and activities. */
const KINDS = [1, 2] as const;
const ANSWER_MS = 4_000;

export interface Waiting {
  tasks: number;
  /** Of the oldest, s. */
  oldest: number;
}

/** By queue; workflow tasks and activities together. @throws where Temporal does not answer */
export async function waitingWork(client: Client, namespace: string): Promise<Map<string, Waiting>> {
  const ask = async (name: string): Promise<Waiting> => {
    const answers = await Promise.all(
      KINDS.map((taskQueueType) =>
        client.workflowService.describeTaskQueue({
          namespace,
          taskQueue: { name },
          taskQueueType,
          reportStats: true,
        }),
      ),
    );
    const found = answers.map(({ stats }) => stats);
    return {
      tasks: found.reduce((sum, stats) => sum + Number(stats?.approximateBacklogCount ?? 0), 0),
      oldest: Math.max(0, ...found.map((stats) => Number(stats?.approximateBacklogAge?.seconds ?? 0))),
    };
  };
  return client.withDeadline(
    Date.now() + ANSWER_MS,
    async () => new Map(await Promise.all(QUEUES.map(async (name) => [name, await ask(name)] as const))),
  );
}

export function showWaiting(registry: Registry, waiting: () => ReadonlyMap<string, Waiting>): void {
  const gauge = (name: string, help: string, read: (one: Waiting) => number): void => {
    new Gauge({
      name,
      help,
      labelNames: ['queue'],
      registers: [registry],
      collect() {
        this.reset();
        for (const [queue, one] of waiting()) this.set({ queue }, read(one));
      },
    });
  };
  gauge('ctp_watchdog_queue_tasks', 'Tasks that wait for a worker, by task queue', ({ tasks }) => tasks);
  gauge('ctp_watchdog_queue_age_seconds', 'Age of the oldest task that waits for a worker', ({ oldest }) => oldest);
}
