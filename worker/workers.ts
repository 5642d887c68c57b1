/** The task queues of one worker process, each with its own slots: an emergency never waits behind trading. */
import { join } from 'node:path';
import { Worker } from '@temporalio/worker';
import { tellSteps } from '../adapters/temporal/stepsUnderWay.js';
import { activityInterceptors, tracingSinks } from '../adapters/tracing/temporal.js';
import { projectRoot } from '../adapters/paths.js';
import { EMERGENCY_TASK_QUEUE, TRADING_TASK_QUEUE } from '../workflows/messages.js';
import type { Capacity } from './capacity.js';
import type { Parts } from './dependencies.js';

export async function createWorkers(parts: Parts, capacity: Capacity): Promise<Worker[]> {
  const { connection, namespace, converter, activities, research } = parts;
  const codePath = join(projectRoot(), 'dist', 'workflow-bundle.js');
  const interceptors = { activity: [activityInterceptors, tellSteps] };
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
    maxCachedWorkflows: capacity.cachedWorkflows,
    maxConcurrentActivityTaskExecutions: capacity.activities,
    maxConcurrentLocalActivityExecutions: capacity.localActivities,
    maxConcurrentWorkflowTaskExecutions: capacity.workflowTasks,
    // By default they are held back for most of the time after which silence is death: one late one and a living worker's
    // work is begun again beside it.
    maxHeartbeatThrottleInterval: '500 milliseconds',
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
