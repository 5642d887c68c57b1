/**
 * Which steps a worker process has begun and not ended, told to the process that started it. Temporal learns of a killed
 * worker by the silence of its steps only, two seconds and more; who saw it die, and knows what it had under way, can have
 * that begun again at once (worker/orphans.ts).
 */
import type { ChildProcess } from 'node:child_process';
import { hostname } from 'node:os';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';

/** What a dead worker leaves behind. */
export interface Orphans {
  /** The dead process as Temporal knows it: the SDK's own default. */
  identity: string;
  /** Workflows of which it had a step under way. */
  workflowIds: string[];
}

interface StepMessage {
  step: 'begun' | 'ended';
  workflowId: string;
  activityId: string;
}

/** In the worker: tells its parent, where it has one that listens, of every step that is not part of a workflow task. */
export const tellSteps: ActivityInterceptorsFactory = ({ info }) => ({
  inbound: {
    async execute(input, next) {
      const workflowId = info.workflowExecution?.workflowId;
      if (info.isLocal || !workflowId || !process.connected) return next(input);
      const tell = (step: StepMessage['step']): void =>
        void process.send?.({ step, workflowId, activityId: info.activityId } satisfies StepMessage, () => undefined);
      tell('begun');
      try {
        return await next(input);
      } finally {
        tell('ended');
      }
    },
  },
});

/** In the parent: follows what a worker tells. @returns what is under way at the moment, or was when the worker died */
export function followSteps(worker: ChildProcess): () => Orphans {
  const underWay = new Map<string, string>();
  worker.on('message', (message) => {
    const { step, workflowId, activityId } = message as Partial<StepMessage>;
    if (!workflowId) return;
    const key = `${workflowId} ${activityId}`;
    if (step === 'begun') underWay.set(key, workflowId);
    else underWay.delete(key);
  });
  return () => ({ identity: `${worker.pid}@${hostname()}`, workflowIds: [...new Set(underWay.values())] });
}
