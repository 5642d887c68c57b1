/** The running side of one trading workflow: its state, what was asked of it, and what goes on beside the loop. */
import { ApplicationFailure, CancellationScope, condition } from '@temporalio/workflow';
import type { EventToSend } from '../activities/types.js';
import type { EmergencyReceipt } from '../trading/types.js';
import type { ClosePositionRequest, EmergencyRequest, FillNotice, StopRequest } from './messages.js';
import { REFUSALS } from './messages.js';
import { type Changes, has } from './patches.js';
import { cleanReason, newReceipt } from './receipt.js';
import { changeStatus, lookAgainSoon, type TradingState } from './state.js';
import { inTask, write } from './steps.js';

export interface CloseRequest extends ClosePositionRequest {
  done: { status: 'CLOSING' | 'CLOSED' } | { refused: ApplicationFailure } | null;
}

export interface Session extends Changes {
  state: TradingState;
  /**
   * The latest time, ms, that is due (a timer's own, not when it fired) or that a step's answer or the run's beginning brought: a
   * replay sees the same. The time of a workflow task is not the same there: one that ran out of its time while local
   * activities went on is another attempt of it in the history.
   */
  moment: number;
  /** Fills that the user's stream reported and that were not looked at yet. */
  fills: FillNotice[];
  closes: CloseRequest[];
  /** The scope of the cycle under way; cancelling it brings order work to a safe state and ends the cycle. */
  running: CancellationScope | null;
  emergencyUnderWay: boolean;
  /** A stop or reset is being written down. */
  settling: boolean;
  settingsChanged: boolean;
  /** The run began without a state: what the books know of the user is read before anything else is done. */
  booksWanted: boolean;
  /** Stops asked for: a start that was being allowed meanwhile is withdrawn by one. */
  stops: number;
  /** The one that was asked for last. */
  lastStop: Required<StopRequest> | null;
  /** Steps in a row that failed. */
  failedSteps: number;
  /** Records and notifications that go on beside the loop; the run isn't handed over before they are done. */
  beside: number;
  /** Of this run, that were no cycle's own. */
  records: number;
}

export const newSession = (state: TradingState, changes: Changes): Session => ({
  ...changes,
  state,
  moment: Date.now(),
  fills: [],
  closes: [],
  running: null,
  emergencyUnderWay: false,
  settling: false,
  settingsChanged: false,
  booksWanted: false,
  stops: 0,
  lastStop: null,
  failedSteps: 0,
  beside: 0,
  records: 0,
});

/** By what time it is judged what is due; in runs of earlier releases by the clock, as they began. */
export const dueBy = ({ steadyTime, moment }: Session): number => (steadyTime ? moment : Date.now());

export const isTrading = ({ state }: Session): boolean => state.status === 'RUNNING' || state.status === 'REDUCING';

export const conflict = (message: string): ApplicationFailure =>
  ApplicationFailure.create({ message, type: REFUSALS.conflict, nonRetryable: true });

export const notFound = (message: string): ApplicationFailure =>
  ApplicationFailure.create({ message, type: REFUSALS.notFound, nonRetryable: true });

/** Lets `work` go on beside the loop; its failures are its own (every such step is retried by Temporal). */
export function goOnBeside(session: Session, work: Promise<unknown>): void {
  session.beside += 1;
  const finish = (): void => void (session.beside -= 1);
  work.then(finish, finish);
}

/** Told as soon as nothing more urgent is done: by `tellAtOnce`, or by `tellBeside` where order work comes first. */
export function sendEvents(session: Session, events: readonly EventToSend[]): void {
  if (session.fewSteps) (session.state.untold ??= []).push(...events);
  else for (const event of events) tellByStep(session, event);
}

/** Never in a run that began before events were kept: its history has each told where it came. */
export const hasUntold = ({ fewSteps, state }: Session): boolean => fewSteps && (state.untold ?? []).length > 0;

const takeUntold = (session: Session): EventToSend[] => (hasUntold(session) ? session.state.untold!.splice(0) : []);

/**
 * Inside the workflow task, and what fails there by a step beside the loop. The loop waits for it: whatever follows from a
 * local activity that goes on beside others may come in another order in a replay, which hears of all of them together.
 * An emergency does not wait for it.
 */
export async function tellAtOnce(session: Session): Promise<void> {
  const { userId, emergencyRequest } = session.state;
  if (emergencyRequest) return tellBeside(session);
  const events = takeUntold(session);
  const told = await CancellationScope.nonCancellable(() =>
    Promise.allSettled(events.map((event) => inTask.sendNotification({ userId, event }))),
  );
  told.forEach(({ status }, index) => status === 'rejected' && tellByStep(session, events[index]!));
}

/** Where order work follows: it waits for a local activity until the workflow task has ended, and for a step not at all. */
export function tellBeside(session: Session): void {
  for (const event of takeUntold(session)) tellByStep(session, event);
}

function tellByStep(session: Session, event: EventToSend): void {
  const input = { userId: session.state.userId, event };
  // It stores, or only starts the delivery. Short, because a worker killed in it is noticed by nothing but this limit.
  const step = (): Promise<void> =>
    write.sendNotification.executeWithOptions({ startToCloseTimeout: '5 seconds', summary: event.type }, [input]);
  // A cycle that is interrupted tells what it has done all the same.
  goOnBeside(session, session.fewSteps ? CancellationScope.nonCancellable(step) : step());
}

/** The same event is started once by this run; its id keeps it one message over runs, too. */
export function sendEventOnce(session: Session, event: EventToSend): void {
  if (session.state.lastEventId === event.eventId) return;
  session.state.lastEventId = event.eventId;
  sendEvents(session, [event]);
}

/**
 * Halts at once: from here on no cycle sends anything. The work itself is done by the loop (emergency.ts).
 *
 * @param ordering whether an order may be under way
 */
export function requestEmergency(
  session: Session,
  request: EmergencyRequest,
  now: number,
  ordering = session.running !== null,
): void {
  const { state } = session;
  if (state.emergencyRequest) {
    if (request.liquidate) state.emergencyRequest.liquidate = true;
    if (!request.fleet) takeTurnNow(state.emergencyRequest);
    return;
  }
  const last = state.emergency;
  const finished = state.status === 'EMERGENCY_STOPPED' && last?.finishedAt;
  if (finished && !(request.liquidate && last.positionsAfter.length > 0)) return;
  // The one before is being recorded. Only who asks to sell what it left has something new to say.
  if (session.emergencyUnderWay && !(finished && has(session, 'late-liquidation'))) return;
  const trigger = request.trigger ?? 'MANUAL_STOP';
  const { fleet } = request;
  state.emergencyRequest = { ...request, ...(fleet && { fleet: { ...fleet } }), trigger, at: now };
  // It may be an entry: such a user waits for nobody.
  if (ordering) takeTurnNow(state.emergencyRequest);
  const asked = fleet ?? request.halted;
  state.emergency = newReceipt(trigger, cleanReason(request.reason), asked ? Date.parse(asked.askedAt) : now);
  state.emergencyDay = trigger === 'DAILY_LOSS_EXCEEDED' ? state.day : null;
  state.unsettled = null;
  changeStatus(state, 'EMERGENCY_STOPPED', now);
  session.running?.cancel();
}

/** Whoever is stopped for a reason of their own, too, or has begun, waits for no others of the fleet. */
export function takeTurnNow({ fleet }: EmergencyRequest): void {
  if (fleet) Object.assign(fleet, { afterMs: 0, overMs: 0 });
}

/** Resolves when the emergency under way (if any) has its receipt, or after `limitMs`. */
export async function receiptWithin(session: Session, limitMs: number): Promise<EmergencyReceipt> {
  await condition(() => !session.state.emergencyRequest && !session.emergencyUnderWay, limitMs);
  const receipt = session.state.emergency;
  if (!receipt) throw conflict('No emergency is under way.');
  return receipt;
}

/** Something is left open: it is looked at again in seconds, and not at the next cycle. */
export const lookAgain = (session: Session, now: number): void =>
  lookAgainSoon(session.state, now, !has(session, 'look-again-sooner'));
