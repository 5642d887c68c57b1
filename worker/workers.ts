/** The task queues of one worker process, each with its own slots: an emergency never waits behind trading. */
import { join } from 'node:path';
import { Worker, type WorkerTuner } from '@temporalio/worker';
import { createWorkflowWorker } from '../adapters/temporal/resultOrder.js';
import { tellSteps } from '../adapters/temporal/stepsUnderWay.js';
import { activityInterceptors, tracingSinks } from '../adapters/tracing/temporal.js';
import { projectRoot } from '../adapters/paths.js';
import { createProcessorUse } from '../adapters/processors.js';
import { EMERGENCY_TASK_QUEUE, TRADING_TASK_QUEUE } from '../workflows/messages.js';
import type { Capacity } from './capacity.js';
import type { Parts } from './dependencies.js';
import { createWorkflowSlots } from './workflowSlots.js';

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
  const trading = await createWorkflowWorker({
    ...shared,
    taskQueue: TRADING_TASK_QUEUE,
    activities: activities.trading,
    maxCachedWorkflows: capacity.cachedWorkflows,
    tuner: slots(capacity),
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

/** Of the processors, from which on nothing further is begun beside what is under way. */
const BUSY = 0.85;

/**
 * How much is under way at once. Workflow tasks whose steps wait for somebody else's answer: as many as memory allows.
 * Where the machine itself is the limit, only so many that each is through before its time limit: what is begun beyond
 * that is not done sooner, runs out of time, is begun again from its whole history, and the machine never catches up.
 */
function slots(capacity: Capacity): WorkerTuner {
  const { activities, localActivities, workflowTasks, workflowTasksWhenBusy, coldWorkflowTasks } = capacity;
  const use = createProcessorUse();
  return {
    workflowTaskSlotSupplier: createWorkflowSlots(
      { most: workflowTasks, whenBusy: workflowTasksWhenBusy, cold: coldWorkflowTasks },
      () => use() > BUSY,
    ),
    // Most of an order's step is waiting, for an answer or for a fence: a busy machine is no reason to let others wait.
    activityTaskSlotSupplier: { type: 'fixed-size', numSlots: activities },
    localActivityTaskSlotSupplier: { type: 'fixed-size', numSlots: localActivities },
    nexusTaskSlotSupplier: { type: 'fixed-size', numSlots: 1 },
  };
}
