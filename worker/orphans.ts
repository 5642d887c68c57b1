/**
 * Steps that a dead worker had under way fail at once and are begun again, instead of when Temporal has missed their
 * heartbeats. Only who knows that the process is dead may do it: a living one would go on beside its successor. (Even
 * that would send nothing twice, for a second attempt resolves what the first has sent. The same holds for a step that
 * times out and is begun by another between the look at it and the word that it failed.)
 */
import { ActivityNotFoundError, type Client } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import proto from '@temporalio/proto';
import type { Log } from '../activities/dependencies.js';
import { inLanes } from '../adapters/lanes.js';
import type { Orphans } from '../adapters/temporal/stepsUnderWay.js';

const AT_ONCE = 20;
const { PENDING_ACTIVITY_STATE_STARTED } = proto.temporal.api.enums.v1.PendingActivityState;

/**
 * Never throws: what can't be told here is noticed by its silence.
 * @returns how many steps were begun again, and the workflows whose steps are left to their time-outs
 */
export async function beginOrphansAgain(
  client: Client,
  { identity, workflowIds }: Orphans,
  log: Log,
): Promise<{ steps: number; left: string[] }> {
  const left: string[] = [];
  let steps = 0;
  await inLanes(workflowIds, AT_ONCE, async (workflowId) => {
    try {
      const begun = await failSteps(client, workflowId, identity);
      steps += begun;
    } catch (error) {
      left.push(workflowId);
      log.warn({ workflowId, error: String(error) }, 'steps of the worker that died are left to their time-outs');
    }
  });
  if (steps > 0) log.info({ died: identity, steps }, 'begun again: what the worker that died had under way');
  return { steps, left };
}

/** Of one workflow, those that the dead one had begun and that have not been given to another since. */
async function failSteps(client: Client, workflowId: string, identity: string): Promise<number> {
  const { raw } = await client.workflow.getHandle(workflowId).describe();
  const steps = (raw.pendingActivities ?? []).filter(
    ({ state, lastWorkerIdentity }) => state === PENDING_ACTIVITY_STATE_STARTED && lastWorkerIdentity === identity,
  );
  for (const { activityId } of steps)
    try {
      await client.activity.fail(
        { workflowId, activityId: activityId! },
        ApplicationFailure.retryable('The worker that had begun this step died.', 'WorkerDied'),
      );
    } catch (error) {
      if (!(error instanceof ActivityNotFoundError)) throw error; // it has ended or timed out meanwhile
    }
  return steps.length;
}
