/** The record of a cycle, and of what was told between two. */
import type { CycleRecord } from '../activities/types.js';
import { lookFirst } from './lookFirst.js';
import type { Session } from './session.js';
import { atOnce, write } from './steps.js';

/**
 * Written inside the workflow task that the cycle ran in: a step of its own would cost that cycle as much as all its others.
 * Where the database is slow or away, and where an emergency would have to wait, the step follows, which waits as long as it
 * takes. Either may be made twice, and writes once.
 *
 * @returns when it was written, ms, as every replay sees it: the clock may not be asked behind a local activity
 *   (./patches.ts), so that tells how long the cycle took
 */
export async function writeDown(session: Session, record: CycleRecord): Promise<number> {
  const step = async (): Promise<number> => {
    await write.recordCycle(record);
    return Date.now();
  };
  if (!session.fewSteps || session.state.emergencyRequest) return step();
  const inTask = async (): Promise<number> =>
    Math.max(session.moment, record.startedAt + (await atOnce.recordCycle(record)));
  return lookFirst(session, inTask, step);
}
