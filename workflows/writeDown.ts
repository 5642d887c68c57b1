/** The record of a cycle, and of what was told between two. */
import { CancellationScope, condition, workflowInfo } from '@temporalio/workflow';
import type { CycleRecord } from '../activities/types.js';
import { goOnBeside, type Session, tellBeside } from './session.js';
import { inTask, write } from './steps.js';

/** @returns when it was written, ms, as every replay sees it; null where an emergency did not wait for it */
export async function writeDown(session: Session, record: CycleRecord): Promise<number | null> {
  if (session.fewSteps) {
    const writtenAt = await writeAtOnce(session, record);
    if (writtenAt !== null) return writtenAt;
    // The database may stay away for long, and what was found is told by other ways than it, too.
    tellBeside(session);
  }
  return (await writeByStep(session, record)) ? Date.now() : null;
}

/**
 * Writes inside the workflow task that the cycle ran in: a step of its own would cost that cycle as much as all its others.
 * Where the database is slow or away the step follows, which waits as long as it takes. Either may be made twice, and
 * writes once.
 *
 * The clock may not be asked behind a local activity (./patches.ts), so that tells how long the cycle took. Null where it
 * was not written, or not tried.
 */
async function writeAtOnce(session: Session, record: CycleRecord): Promise<number | null> {
  if (session.state.emergencyRequest) return null;
  try {
    const took = await CancellationScope.nonCancellable(() => inTask.recordCycle(record));
    // Both times are in the history with their steps' answers.
    return record.beganAt === undefined ? session.moment : record.beganAt + took;
  } catch {
    return null;
  }
}

/**
 * By a step, which waits for the database as long as it takes; an emergency does not wait for it.
 * @returns whether it is written by now; never where the step failed for good
 */
async function writeByStep(session: Session, record: CycleRecord): Promise<boolean> {
  let recorded = false;
  const writing = CancellationScope.nonCancellable(() => write.recordCycle(record)).then(() => void (recorded = true));
  let failed = false;
  writing.catch(() => void (failed = true));
  goOnBeside(session, writing);
  await condition(() => recorded || failed || session.state.emergencyRequest !== null);
  return recorded;
}

/** Names a record that is no cycle's own, the same however often its workflow task is begun again. */
export function partOf(session: Session): Pick<CycleRecord, 'part'> {
  return session.fewSteps ? { part: `${workflowInfo().runId.slice(0, 8)}-${++session.records}` } : {};
}
