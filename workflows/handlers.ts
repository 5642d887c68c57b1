/** Signals, queries and updates of a trading workflow. They change the state at once; the loop does the work. */
import { ApplicationFailure, CancellationScope, condition, setHandler } from '@temporalio/workflow';
import { conflict, isTrading, receiptWithin, requestEmergency, type Session } from './session.js';
import * as messages from './messages.js';
import * as requests from './requests.js';
import { changeStatus, statusView } from './state.js';
import { has, hasSince, isLong } from './patches.js';
import { emergency, gateStep, read } from './steps.js';

/** How long the update waits for the receipt before it answers with what there is; the API's own limit is 10 s. */
const RECEIPT_LIMIT_MS = 9_000;

export function registerHandlers(session: Session): void {
  const { state } = session;
  const answer = (): messages.ControlAnswer => ({ status: state.status, since: new Date(state.since).toISOString() });

  setHandler(messages.statusQuery, () => statusView(state, Date.now()));
  setHandler(messages.fillSignal, (fill) => void session.fills.push(requests.fillNotice(fill)));
  setHandler(messages.configChangedSignal, () => void (session.settingsChanged = true));

  setHandler(messages.startUpdate, async (request) => {
    await start(session, requests.startedBy(request, 'api'));
    return answer();
  });
  setHandler(messages.startSignal, async (request) => {
    await start(session, requests.startedBy(request, 'signal')).catch((error) => noteRefusal(session, error));
  });

  setHandler(messages.stopUpdate, (request) => {
    stop(session, requests.stopRequest(request));
    return answer();
  });
  setHandler(messages.stopSignal, (request) => stop(session, requests.stopRequest(request)));

  setHandler(messages.emergencyStopUpdate, async (request) => {
    requestEmergency(session, requests.emergencyRequest(request), Date.now());
    return receiptWithin(session, RECEIPT_LIMIT_MS);
  });
  setHandler(messages.emergencySignal, (request) =>
    requestEmergency(session, requests.emergencyRequest(request), Date.now()),
  );

  setHandler(messages.resetUpdate, async (request) => {
    await reset(session, requests.resetRequest(request));
    return answer();
  });
  setHandler(messages.runCycleUpdate, async () => {
    await cycleNow(session);
    return statusView(state, Date.now());
  });
  setHandler(messages.closePositionUpdate, (request) => close(session, requests.closeRequest(request)));
}

/** What the user is to start from may stand in the books. @returns whether it was not stopped while it waited for them */
async function booksRead(session: Session): Promise<boolean> {
  const { stops } = session;
  await condition(() => !session.booksWanted);
  return session.stops === stops;
}

async function start(session: Session, by: string): Promise<void> {
  const { state } = session;
  // Nothing is awaited where nothing is waited for: a message of the same task would come before what this one does.
  if (session.booksWanted && !(await booksRead(session))) {
    state.unsettled = { by, reason: 'stopped before it had begun' };
    throw stoppedMeanwhile();
  }
  if (state.status === 'RUNNING') return;
  refuseInEmergency(session);
  // Written down after what this start writes, the stop before it would undo that.
  // A run that is about to be handed over waits for this handler, and settles in the next run.
  const settled = (): boolean => (!session.settling && !state.unsettled) || isLong(session);
  const stopsBefore = session.stops;
  if (!settled() && has(session, 'start-after-settling')) await condition(settled);
  // Whoever has waited begins only what is still wanted.
  if (
    (session.stops !== stopsBefore || state.status === 'EMERGENCY_STOPPED') &&
    hasSince(session, 'start-asks-again')
  ) {
    refuseInEmergency(session);
    throw stoppedMeanwhile();
  }
  const { stops } = session;
  const asked = Date.now();
  const { openTrading } = session.fewSteps ? gateStep : read;
  const gate = await CancellationScope.nonCancellable(() => openTrading({ userId: state.userId, by }));
  if (!gate.allowed)
    throw ApplicationFailure.create({
      message: gate.message ?? 'Starting is not allowed now.',
      type: gate.code ?? messages.REFUSALS.conflict,
      nonRetryable: true,
    });
  refuseInEmergency(session);
  if (session.stops !== stops && has(session, 'stop-withdraws-start')) {
    state.unsettled = { by, reason: 'stopped before it had begun' };
    throw stoppedMeanwhile();
  }
  const now = session.steadyTime ? asked : Date.now();
  state.settings = gate.settings;
  state.mode = gate.settings.mode;
  state.anchor = now;
  // A cycle begins with local activities, which hold the workflow task open, and the answer to this start with it: the
  // task ends first.
  state.nextCycleAt = has(session, 'answer-before-first-cycle') ? now + 1 : now;
  state.failedCycles = 0;
  state.lastExchangeSuccess = now;
  state.exchangeOutSince = null;
  state.lastError = null;
  state.unsettled = null;
  changeStatus(state, 'RUNNING', now);
}

const stoppedMeanwhile = () => conflict('Trading was stopped before it had begun.');

function refuseInEmergency({ state }: Session): void {
  if (state.status === 'EMERGENCY_STOPPED') throw conflict('Trading is stopped by an emergency: reset it first.');
}

/** A start that came by signal has nobody to answer to: the refusal is shown in the status. */
function noteRefusal({ state }: Session, error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  state.lastError = { at: new Date(Date.now()).toISOString(), code: 'START_REFUSED', message };
}

function stop(session: Session, { mode, by }: Required<messages.StopRequest>): void {
  const { state } = session;
  const now = Date.now();
  session.stops += 1;
  session.lastStop = { mode, by };
  if (state.status === 'STOPPED' || state.status === 'EMERGENCY_STOPPED') return;
  if (mode === 'reduce' && (state.account?.openPositions ?? 0) > 0) {
    changeStatus(state, 'REDUCING', now);
    return;
  }
  changeStatus(state, 'STOPPED', now);
  state.unsettled = { by };
  session.running?.cancel();
}

async function reset(session: Session, { by, reason }: Required<messages.ResetRequest>): Promise<void> {
  const { state } = session;
  if (session.booksWanted) await booksRead(session);
  // A stop that is shown as finished is still being recorded.
  if (session.steadyTime && state.emergency?.finishedAt && !state.emergencyRequest)
    await condition(() => !session.emergencyUnderWay || state.emergencyRequest !== null);
  if (state.status !== 'EMERGENCY_STOPPED') throw conflict(`Nothing to reset: the status is ${state.status}.`);
  if (state.emergencyRequest || session.emergencyUnderWay)
    throw conflict('The emergency stop is still being worked through.');
  const answer = await CancellationScope.nonCancellable(() =>
    emergency.releaseTrading({ userId: state.userId, by, reason }),
  );
  if (!answer.released) throw conflict(`Still open: ${answer.open.join(', ')}.`);
  if (state.status !== 'EMERGENCY_STOPPED' || state.emergencyRequest)
    throw conflict('Another emergency stop came meanwhile.');
  changeStatus(state, 'STOPPED', Date.now());
  state.riskState = 'ACTIVE';
  state.refusals = [];
  state.unsettled = { by, reason: `reset: ${reason}` };
}

/** A cycle that is under way began before this was asked: the one after it is meant. */
async function cycleNow(session: Session): Promise<void> {
  const { state } = session;
  if (!isTrading(session)) throw conflict(`No cycle runs while the status is ${state.status}.`);
  if (session.running) await condition(() => session.running === null);
  const wanted = state.cycle + 1;
  state.nextCycleAt = Date.now();
  await condition(() => state.cycle >= wanted || !isTrading(session));
}

async function close(
  session: Session,
  request: messages.ClosePositionRequest,
): Promise<{ positionId: string; status: 'CLOSING' | 'CLOSED' }> {
  const wanted = { ...request, done: null as Session['closes'][number]['done'] };
  session.closes.push(wanted);
  await condition(() => wanted.done !== null, 15_000);
  if (wanted.done && 'refused' in wanted.done) throw wanted.done.refused;
  return { positionId: request.positionId, status: wanted.done?.status ?? 'CLOSING' };
}
