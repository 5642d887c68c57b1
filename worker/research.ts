/** The worker of the research queue: backtests and searches in threads of their own. */
import { join } from 'node:path';
import type { NativeConnection, Worker, WorkerOptions } from '@temporalio/worker';
import type { Venue } from '../activities/dependencies.js';
import { createResearchActivities } from '../activities/research.js';
import type { Repositories } from '../adapters/database/repositories.js';
import { openCandleShelf } from '../adapters/research/folder.js';
import { createResearchPool } from '../adapters/research/pool.js';
import type { Settings } from '../adapters/settings.js';
import { createWorkflowWorker } from '../adapters/temporal/resultOrder.js';
import { RESEARCH_TASK_QUEUE } from '../workflows/messages.js';

export interface ResearchParts {
  createWorker(shared: Partial<WorkerOptions> & { connection: NativeConnection; namespace: string }): Promise<Worker>;
  close(): Promise<void>;
}

export function assembleResearch(parts: {
  settings: Pick<Settings, 'dataDir'>;
  repositories: Repositories;
  /** The venue whose candles are run on. */
  venue(): Venue;
}): ResearchParts {
  const { settings, repositories, venue } = parts;
  const pool = createResearchPool();
  const shelf = openCandleShelf(join(settings.dataDir, 'research'), () => Date.now());
  const activities = createResearchActivities({ repositories, pool, shelf, venue });
  return {
    createWorker: (shared) =>
      createWorkflowWorker({
        ...shared,
        taskQueue: RESEARCH_TASK_QUEUE,
        activities: { ...activities },
        maxCachedWorkflows: 20,
        // As many as there are threads, and two that collect candles or end a run meanwhile.
        maxConcurrentActivityTaskExecutions: pool.size + 2,
        maxConcurrentWorkflowTaskExecutions: 2,
        // A cancelled run's threads are to stop within a second or two.
        maxHeartbeatThrottleInterval: '1 second',
        stickyQueueScheduleToStartTimeout: '2 seconds',
        reuseV8Context: true,
      }),
    close: () => pool.close(),
  };
}
