/** Backtests, searches and training run as workflows on queues of their own. */
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { RESEARCH_TASK_QUEUE } from '../../workflows/messages.js';
import { TRAINING_TASK_QUEUE } from '../../workflows/trainingMessages.js';

export const RESEARCH_WORKFLOWS = {
  backtest: 'backtestWorkflow',
  search: 'searchWorkflow',
  training: 'trainingWorkflow',
} as const;
export type ResearchKind = keyof typeof RESEARCH_WORKFLOWS;

export interface ResearchService {
  /** @param id the run's id and the workflow's */
  start(kind: ResearchKind, id: string, input: Record<string, unknown>): Promise<void>;
  cancel(id: string): Promise<void>;
}

const CALL_MS = 5_000;

export function createResearchService(client: Client): ResearchService {
  const within = <T>(call: () => Promise<T>): Promise<T> => client.withDeadline(Date.now() + CALL_MS, call);
  return {
    async start(kind, id, input) {
      await within(() =>
        client.workflow.start(RESEARCH_WORKFLOWS[kind], {
          workflowId: id,
          taskQueue: kind === 'training' ? TRAINING_TASK_QUEUE : RESEARCH_TASK_QUEUE,
          workflowIdConflictPolicy: 'USE_EXISTING',
          args: [{ runId: id, ...input }],
        }),
      );
    },
    async cancel(id) {
      await within(() => client.workflow.getHandle(id).cancel()).catch((error: unknown) => {
        if (!(error instanceof WorkflowNotFoundError)) throw error;
      });
    },
  };
}
