/** The task queues of one worker process, each with its own slots: an emergency never waits behind trading. */
import { join } from 'node:path';
import { totalmem } from 'node:os';
import { Worker } from '@temporalio/worker';
import { activityInterceptors, tracingSinks } from '../adapters/tracing/temporal.js';
import { projectRoot } from '../adapters/paths.js';
import { EMERGENCY_TASK_QUEUE, TRADING_TASK_QUEUE } from '../workflows/messages.js';
import type { Parts } from './dependencies.js';

/** A cached workflow takes about 0.45 MB; a tenth of the machine's memory is for them, within these bounds. */
const MB_PER_CACHED_WORKFLOW = 0.5;
const cachedWorkflows = (): number =>
  Math.max(200, Math.min(4_000, Math.floor((totalmem() * 0.1) / 2 ** 20 / MB_PER_CACHED_WORKFLOW)));

export async function createWorkers({
  connection,
  namespace,
  converter,
  activities,
  research,
}: Parts): Promise<Worker[]> {
  const codePath = join(projectRoot(), 'dist', 'workflow-bundle.js');
  const interceptors = { activity: [activityInterceptors] };
  const shared = {
    connection,
    namespace,
    ...converter,
    interceptors,
    sinks: tracingSinks,
    workflowBundle: { codePath },
    shutdownGraceTime: '5 seconds',
    shutdownForceTime: '9 seconds',
  } as const;
  const trading = await Worker.create({
    ...shared,
    taskQueue: TRADING_TASK_QUEUE,
    activities: activities.trading,
    maxCachedWorkflows: cachedWorkflows(),
    maxConcurrentActivityTaskExecutions: 100,
    maxConcurrentLocalActivityExecutions: 100,
    maxConcurrentWorkflowTaskExecutions: 40,
    stickyQueueScheduleToStartTimeout: '2 seconds',
    reuseV8Context: true,
  });
  const emergency = await Worker.create({
    ...shared,
    workflowBundle: undefined,
    taskQueue: EMERGENCY_TASK_QUEUE,
    activities: activities.emergency,
    maxConcurrentActivityTaskExecutions: 50,
  });
  return [trading, emergency, ...(await Promise.all(research.map((create) => create(shared))))];
}
