/**
 * What has changed in the trading workflow since its first release. A run that begins with this release has all of it,
 * which its very first command says; one that goes on from an earlier release learns of each change where it first meets
 * it.
 *
 * Never ask `patched` where a local activity may have ended in the same workflow task: where a query waits, that task is
 * answered in between, the marker comes with the next one, and the SDK's core (1.24) cannot replay it: the workflow hangs
 * as soon as another worker takes over. For the same reason nothing that follows a local activity turns on the moment:
 * the replay may see an earlier or a later time there, by as long as the activity or the answer took. What is due is judged
 * by `Session.moment`. (The order of results and signals is kept by the worker: adapters/temporal/resultOrder.ts.)
 * `tests/servers/workflow/patches.test.ts` makes both happen.
 */
import { patched, workflowInfo } from '@temporalio/workflow';

export type Change =
  | 'answer-before-first-cycle'
  | 'halt-at-once'
  | 'late-liquidation'
  | 'look-again-sooner'
  | 'look-first'
  | 'notified-when-stored'
  | 'start-after-settling'
  | 'start-while-settling'
  | 'stop-withdraws-start'
  | 'turns'
  | 'value-while-stopped';

export interface Changes {
  /** The run began with every change above. */
  allSinceStart: boolean;
  /** What is due is judged by times that every replay sees, too (`Session.moment`). */
  steadyTime: boolean;
  /** A run is not handed over right behind a local activity: a signal that came with its result would be lost. */
  pausesFirst: boolean;
  /** Records, notifications and the look after an entry are made inside the workflow task, where they can be. */
  fewSteps: boolean;
  /** With every `LaterChange`, and handed over by the run's own count of events (`isLong`). */
  later: boolean;
}

/** To be asked before anything else in a run. */
export function changesOfRun(): Changes {
  const later = patched('all-since-start-5');
  const fewSteps = later || patched('all-since-start-4');
  const pausesFirst = fewSteps || patched('all-since-start-3');
  const steadyTime = pausesFirst || patched('all-since-start-2');
  return { later, fewSteps, pausesFirst, steadyTime, allSinceStart: steadyTime || patched('all-since-start') };
}

export const has = ({ allSinceStart }: { allSinceStart: boolean }, change: Change): boolean =>
  allSinceStart || patched(change);

/**
 * Later than every change above. A run from before them is asked where it meets one: right behind a step of its own, and
 * only where it makes a difference. A step's answer alone does not tell: while workers are replaced one by one, a new one
 * takes the step and an old one goes on from its answer.
 */
export const hasSince = ({ later }: Pick<Changes, 'later'>, change: LaterChange): boolean => later || patched(change);

export type LaterChange =
  | 'look-behind-a-close'
  | 'look-behind-a-stop'
  | 'look-for-late-entries'
  | 'start-asks-again'
  | 'watch-what-was-found';

/**
 * A worker that takes a user over reads the run's history from its beginning; servers suggest that it be handed over after
 * 4,096 events where nobody has set them otherwise (docs/DEPLOYMENT.md).
 */
const LONG_HISTORY = 500;

/** Whether the run is to be handed over to a new one. */
export function isLong({ later }: Pick<Changes, 'later'>): boolean {
  const { continueAsNewSuggested, historyLength } = workflowInfo();
  return continueAsNewSuggested || (later && historyLength >= LONG_HISTORY);
}
