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
 *
 * For the same reason a task that ran out of its time is not gone on with. Where local activities were under way in it the core
 * keeps their results and adds what came meanwhile; a replay sees all of that at the beginning of the attempt that was
 * completed, before any local activity: a signal comes first there that came last here. (`ranOut`.)
 */
import { workflowInfo, type WorkflowInterceptors, type WorkflowInterceptorsFactory } from '@temporalio/workflow';
import { ASK_AGAIN } from './messages.js';

/** The SDK's name for a query that comes without a workflow task. */
const WITHOUT_TASK = 'legacy_query';

export const interceptors: WorkflowInterceptorsFactory = () => wholeTasks(() => workflowInfo().taskTimeoutMs);

/** @param timeoutMs of this workflow's tasks; asked where one has followed another while local activities were under way */
export function wholeTasks(timeoutMs: () => number): WorkflowInterceptors {
  let last = { length: 0, startedAt: '', at: 0 };
  let replaying = false;
  /** The history's length at the one task that was seen live since a replay; null where there was none or a second. */
  let onlyTask: number | null = null;
  /** Local activities under way, and how many have ended in the task that was seen last. */
  let underWay = 0;
  let ended = 0;
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
          let { at } = last;
          if (length !== last.length) {
            // Not of what follows in the same task: a local activity's result brings the time at which it ended.
            at = Number(timestamp?.seconds ?? 0) * 1_000 + (timestamp?.nanos ?? 0) / 1e6;
            const since = { events: length - last.length, ms: at - last.at };
            if (underWay > 0 && !isReplaying && ranOut(since, ended, timeoutMs())) throw new Error(ASK_AGAIN);
            ended = 0;
          }
          last = { length, startedAt, at };
          const results = jobs?.filter((job) => job.resolveActivity?.isLocal).length ?? 0;
          underWay -= results;
          ended += results;
          if (isReplaying || length !== onlyTask) onlyTask = !isReplaying && replaying ? length : null;
          replaying = isReplaying ?? false;
          next(input);
        },
        concludeActivation(input, next) {
          const output = next(input);
          underWay += output.commands.filter((command) => command.scheduleLocalActivity).length;
          return output;
        },
      },
    ],
  };
}

/**
 * Whether the last task ran out of its time, by what lies between its beginning and this one's while local activities were
 * under way. One that is completed then (so that it lasts, or to answer a question) leaves its completion, a marker for
 * each that has ended, and the next task's two events, and lasts less than its time. One that ran out leaves three events
 * and what came meanwhile: not told apart where as many messages came as local activities had ended.
 *
 * @param ended local activities that ended in it
 */
export const ranOut = (since: { events: number; ms: number }, ended: number, timeoutMs: number): boolean =>
  since.events < 3 + ended || since.ms >= (timeoutMs * since.events) / 3;
