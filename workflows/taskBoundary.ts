/**
 * Lets a workflow see events only as whole workflow tasks of its own. A query that waited while no worker ran brings a
 * history whose last events belong to no task yet, or to one that a dead worker had begun; the SDK's core applies them
 * all the same, and goes on from there with the next task. What the code decided at that other time goes into the
 * history then, and no replay can decide it again. The workflow would hang there for good.
 *
 * Refusing costs such a query an error (whoever asks again is answered) and the worker one cached instance, which is
 * read again from its history. Two things give such a history away:
 * - Events without a task: what only the start of a task renews, its time and the history's size in bytes, is that of
 *   the task before, and the history is longer all the same. (Either alone may be equal by chance, the time where a
 *   server's clock was set back.)
 * - A task of somebody else: right after a replay something new was seen, and with nothing after it a question comes
 *   that belongs to no task (`legacy_query`). Once in a while that was a task of our own and the question is refused
 *   for nothing; a second task, a replay that goes on beyond it, or a question answered before it proves it ours. (An
 *   idle cycle is one task: whose page is open would be refused, and read again, at each of them.)
 */
import { type WorkflowInterceptorsFactory } from '@temporalio/workflow';
import { ASK_AGAIN } from './messages.js';

/** The SDK's name for a query that comes without a workflow task. */
const WITHOUT_TASK = 'legacy_query';

export const interceptors: WorkflowInterceptorsFactory = () => {
  let last = { length: 0, startedAt: '' };
  let replaying = false;
  /** The history's length at the one task that was seen live since a replay; null where there was none or a second. */
  let onlyTask: number | null = null;
  return {
    internals: [
      {
        activate(input, next) {
          const { jobs, historyLength, historySizeBytes, timestamp, isReplaying } = input.activation;
          const length = historyLength ?? 0;
          // A question alone changes nothing, and may be asked of a workflow that has ended.
          if (jobs?.every((job) => job.queryWorkflow)) {
            const withoutTask = jobs.some((job) => job.queryWorkflow?.queryId === WITHOUT_TASK);
            if (withoutTask && length === onlyTask) throw new Error(ASK_AGAIN);
            // The replay ended here: what comes next has come by itself, and not with a question that waited. (But for a third
            // worker that takes the next task and dies in it while another question is under way to this one.)
            replaying = false;
            return next(input);
          }
          const startedAt = [historySizeBytes, timestamp?.seconds, timestamp?.nanos].join(' ');
          if (last.length > 0 && startedAt === last.startedAt && length > last.length) throw new Error(ASK_AGAIN);
          last = { length, startedAt };
          if (isReplaying || length !== onlyTask) onlyTask = !isReplaying && replaying ? length : null;
          replaying = isReplaying ?? false;
          next(input);
        },
      },
    ],
  };
};
