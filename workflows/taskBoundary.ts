/**
 * Lets a workflow see events only as whole workflow tasks. A query that waited while no worker ran brings a history
 * whose last events belong to no task yet, and the SDK's core applies them at once, at the time of the task before.
 * What the code then decides goes into the history with the next task, and no replay can decide it again: the time is
 * another, and signals that came with the same task are seen in another order. The workflow would hang there for good.
 *
 * Refusing such events costs their query an error (whoever asks again is answered) and the worker one cached instance.
 * They are known by what only the start of a task renews, its time and the history's size in bytes: where both are those
 * of the task before and the history is longer all the same, no task has started. (Either alone may be equal by chance,
 * the time where a server's clock was set back.)
 */
import { type WorkflowInterceptorsFactory } from '@temporalio/workflow';

export const interceptors: WorkflowInterceptorsFactory = () => {
  let last = { length: 0, startedAt: '' };
  return {
    internals: [
      {
        activate(input, next) {
          const { jobs, historyLength, historySizeBytes, timestamp } = input.activation;
          // A question alone changes nothing, and may be asked of a workflow that has ended.
          if (jobs?.every((job) => job.queryWorkflow)) return next(input);
          const length = historyLength ?? 0;
          const startedAt = [historySizeBytes, timestamp?.seconds, timestamp?.nanos].join(' ');
          if (last.length > 0 && startedAt === last.startedAt && length > last.length)
            throw new Error('Asked between two workflow tasks: please ask again.');
          last = { length, startedAt };
          next(input);
        },
      },
    ],
  };
};
