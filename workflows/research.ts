/** How every run of research ends: its document says COMPLETED, FAILED with the reason, or CANCELLED. */
import { ApplicationFailure, CancellationScope, isCancellation, proxyActivities } from '@temporalio/workflow';
import type { ResearchActivities } from '../activities/research.js';
import { failureOf } from './failures.js';
import type { ResearchRun } from './researchMessages.js';

export const research = proxyActivities<ResearchActivities>({
  startToCloseTimeout: '2 hours',
  // A worker that was killed is noticed within this; its batch goes on elsewhere or after the restart.
  heartbeatTimeout: '8 seconds',
  retry: { initialInterval: '1 second', maximumInterval: '30 seconds', maximumAttempts: 20 },
});
/** Ending is tried until the database takes it: a run must not look alive for ever. */
const { endRun } = proxyActivities<ResearchActivities>({
  startToCloseTimeout: '20 seconds',
  retry: { initialInterval: '500 milliseconds', maximumInterval: '30 seconds' },
});

export async function untilEnded<Outcome>({ runId }: ResearchRun, steps: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await steps();
  } catch (error) {
    const end = isCancellation(error)
      ? { status: 'CANCELLED' as const }
      : { status: 'FAILED' as const, error: failureOf(error).message };
    await CancellationScope.nonCancellable(() => endRun({ runId, ...end }));
    if (end.status === 'CANCELLED') throw error;
    throw ApplicationFailure.nonRetryable(end.error ?? 'failed', failureOf(error).code);
  }
}
