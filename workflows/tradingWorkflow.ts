/**
 * One user's trading, for as long as the account exists. It starts STOPPED, lives on while stopped, and hands itself
 * over to a new run (continue-as-new) when its history grows long, with its state and the absolute time of the next
 * cycle. Handlers (handlers.ts) change the state at once; this loop does the work in the order of its urgency.
 */
import {
  allHandlersFinished,
  ApplicationFailure,
  condition,
  continueAsNew,
  isCancellation,
  patched,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import type { CycleRecord, LogLine, PositionsReport, StopReport } from '../activities/types.js';
import { lookAfterPositions, noteOutage, runCycle } from './cycle.js';
import { runEmergency } from './emergency.js';
import { type FailureText, failureOf } from './failures.js';
import { registerHandlers } from './handlers.js';
import { stateFromBooks } from './fromBooks.js';
import { type TradingWorkflowInput, tradingWorkflowId } from './messages.js';
import { changesOfRun, has, hasSince, isLong } from './patches.js';
import {
  type CloseRequest,
  conflict,
  dueBy,
  hasUntold,
  isTrading,
  lookAgain,
  newSession,
  notFound,
  requestEmergency,
  type Session,
  tellAtOnce,
  tellBeside,
} from './session.js';
import { changeStatus, nextOnGrid, newTradingState, statusView, type TradingState } from './state.js';
import { read, readBooks, write } from './steps.js';
import { showState } from './visibility.js';
import { partOf, writeDown } from './writeDown.js';

export async function tradingWorkflow(input: TradingWorkflowInput): Promise<void> {
  const changes = changesOfRun();
  const carried = input.carried as TradingState | undefined;
  const session = newSession(carried ?? newTradingState(input.userId, Date.now()), changes);
  session.booksWanted = carried === undefined && beginsWithBooks(input.userId);
  registerHandlers(session);
  showState(session);
  for (;;) {
    const step = nextStep(session);
    if (step && !failsUntilHandedOver(session)) {
      await takeStep(session, step);
      showState(session);
    } else if (mustHandOver(session)) {
      await handOver(session);
    } else {
      await waitForWork(session);
    }
  }
}

/**
 * A run that was handed nothing: a new account's, or one that somebody started by hand where another was. Under another id
 * it would be the user's second.
 */
function beginsWithBooks(userId: string): boolean {
  if (!patched('begins-with-books')) return false;
  const id = tradingWorkflowId(userId);
  if (workflowInfo().workflowId === id) return true;
  throw ApplicationFailure.create({ message: `A user trades under one id: ${id}.`, nonRetryable: true });
}

const mustHandOver = (session: Session): boolean => isLong(session) && session.beside === 0;

/** Steps that fail are for the next run; but a handler that waits for one keeps this run from being handed over. */
const failsUntilHandedOver = (session: Session): boolean =>
  session.failedSteps > 0 && mustHandOver(session) && (!session.pausesFirst || allHandlersFinished());

type Step = (session: Session) => Promise<void>;

const LONGEST_REST_MS = 30_000;

/** A step that fails ends neither the loop nor the workflow; a cancelled workflow does end. */
async function takeStep(session: Session, step: Step): Promise<void> {
  try {
    await step(session);
    session.failedSteps = 0;
  } catch (error) {
    if (isCancellation(error)) throw error;
    const { code, message } = failureOf(error);
    session.state.lastError = { at: new Date(Date.now()).toISOString(), code, message };
    // What fails for good is not tried each second for ever: that would only fill the history.
    await sleep(Math.min(LONGEST_REST_MS, 1_000 * 2 ** session.failedSteps));
    session.moment = Date.now();
    session.failedSteps += 1;
  }
}

/** What is most urgent now, or null when there is nothing to do. */
function nextStep(session: Session): Step | null {
  const { state } = session;
  if (session.booksWanted) return takeUpBooks;
  if (state.emergencyRequest) return stopAtOnce;
  if (hasUntold(session)) return tellAtOnce;
  if (state.unsettled) return settle;
  if (session.closes.length > 0) return closeAsked;
  if (session.fills.length > 0) return attendToFills;
  if (session.settingsChanged) return takeSettings;
  const now = dueBy(session);
  if (state.lookAgainAt && now >= state.lookAgainAt) return lookOnceMore;
  if (state.nextCycleAt !== null && now >= state.nextCycleAt) return isTrading(session) ? runCycle : watch;
  if (state.valueAt && now >= state.valueAt) return valueAtLast;
  return null;
}

/** What was asked meanwhile holds; an emergency stop is worked through right after, by the user's own settings. */
async function takeUpBooks(session: Session): Promise<void> {
  const { state } = session;
  const books = await readBooks({ userId: state.userId });
  session.moment = Date.now();
  session.booksWanted = false;
  if (state.emergencyRequest && books) state.emergencyRequest.liquidate ??= books.liquidateOnEmergency;
  const found = books && stateFromBooks(state.userId, books, session.moment);
  if (!found) return;
  const { status, since, emergency, emergencyRequest } = state;
  const { lastStop } = session;
  Object.assign(state, found);
  session.settingsChanged = true;
  if (status === 'EMERGENCY_STOPPED')
    Object.assign(state, { status, since, emergency, emergencyRequest, nextCycleAt: null, unsettled: null });
  else if (lastStop && isTrading(session)) {
    const reduces = lastStop.mode === 'reduce' && books.openPositions > 0;
    changeStatus(state, reduces ? 'REDUCING' : 'STOPPED', session.moment);
    if (!reduces) Object.assign(state, { nextCycleAt: null, unsettled: { by: lastStop.by } });
  }
}

async function waitForWork(session: Session): Promise<void> {
  const { state } = session;
  const due = (): number =>
    Math.min(state.nextCycleAt ?? Infinity, state.lookAgainAt || Infinity, state.valueAt || Infinity);
  const wakeAt = due();
  const awake = (): boolean => nextStep(session) !== null || due() < wakeAt;
  if (wakeAt === Infinity) await condition(() => awake() || mustHandOver(session));
  else if (!(await condition(awake, Math.max(1, wakeAt - Date.now()))))
    session.moment = dueAt(session, wakeAt, Date.now());
}

/** What was due, and not when its task came; but times that passed while no worker ran are not made up for one by one. */
const dueAt = ({ fewSteps, moment }: Session, wakeAt: number, now: number): number =>
  fewSteps && now - wakeAt < MADE_UP_FOR_MS ? Math.max(moment, wakeAt) : now;

const MADE_UP_FOR_MS = 600_000;

async function stopAtOnce(session: Session): Promise<void> {
  const { state } = session;
  const fleet = state.emergencyRequest?.fleet;
  tellBeside(session);
  const unchanged = await runEmergency(session);
  if (unchanged && has(session, 'look-first')) return;
  if (fleet?.lastsMs && session.allSinceStart) state.valueAt = afterTheStop(fleet.askedAt, fleet.lastsMs);
  else await valueWhileStopped(session);
}

/** The stop of everybody is over then, and a moment of one's own has come; never at once (./patches.ts). */
function afterTheStop(askedAt: string, lastsMs: number): number {
  const at = Date.parse(askedAt) + lastsMs * (1 + Math.random() / 2);
  const now = Date.now();
  return Math.min(Math.max(at, now + SHORTEST_VALUATION_WAIT_MS), now + LONGEST_VALUATION_WAIT_MS);
}

const SHORTEST_VALUATION_WAIT_MS = 2_000;
const LONGEST_VALUATION_WAIT_MS = 600_000;

async function valueAtLast(session: Session): Promise<void> {
  session.state.valueAt = null;
  if (!isTrading(session)) await valueWhileStopped(session);
}

/** Writes down what a stop or a reset means: open entries cancelled, settings and status saved. */
async function settle(session: Session): Promise<void> {
  const { state } = session;
  const settled = state.unsettled;
  state.unsettled = null;
  if (!settled) return;
  session.settling = true;
  try {
    const left = await write.settleStop.executeWithOptions(
      // It may adopt and protect what an interrupted step has bought.
      {
        summary: `${state.status} by ${settled.by}`,
        startToCloseTimeout: '5 minutes',
        heartbeatTimeout: '2 seconds',
      },
      [{ userId: state.userId, status: state.status, by: settled.by, reason: settled.reason }],
    );
    session.moment = Date.now();
    takeUp(session, left);
  } finally {
    session.settling = false;
  }
  // A start that came meanwhile has set the time of its first cycle.
  if (isTrading(session) && has(session, 'start-while-settling')) return;
  state.nextCycleAt = watchTime(session, Date.now());
}

/** A cycle that was interrupted may have bought, and has not looked at it. */
function takeUp(session: Session, { openPositions, attention }: StopReport): void {
  const { state } = session;
  const isNews = state.account !== null && openPositions !== undefined && openPositions !== state.account.openPositions;
  if ((!attention && !isNews) || !hasSince(session, 'look-behind-a-stop')) return;
  if (state.account && openPositions !== undefined) state.account.openPositions = openPositions;
  if (attention) state.lookAgainAt = session.moment;
}

/** While stopped, holdings are looked after at the interval for as long as there are any. */
function watchTime({ state }: Session, now: number, held = state.account?.openPositions ?? 0): number | null {
  const wanted =
    held > 0 ||
    (state.status === 'EMERGENCY_STOPPED' && state.emergencyDay !== null && state.settings?.autoResumeNextDay);
  return wanted ? nextOnGrid(state.anchor, state.settings?.interval ?? 300, now) : null;
}

async function watch(session: Session): Promise<void> {
  const { state } = session;
  try {
    if ((state.account?.openPositions ?? 0) > 0) await attend(session, 'watch while stopped');
    if (state.emergencyDay !== null && state.settings?.autoResumeNextDay) await resumeOnNewDay(session);
  } finally {
    const now = dueBy(session);
    state.nextCycleAt = isTrading(session) ? now : watchTime(session, now);
  }
}

/** After a daily-loss stop, for those who asked for it: trading goes on when the user's day has changed. */
async function resumeOnNewDay(session: Session): Promise<void> {
  const { state } = session;
  const safety = await read.runSafetyChecks({
    userId: state.userId,
    cycle: state.cycle,
    signals: [],
    entriesWanted: false,
  });
  if (safety.day === state.emergencyDay || state.status !== 'EMERGENCY_STOPPED' || state.emergencyRequest) return;
  const gate = await read.openTrading({ userId: state.userId, by: 'auto-resume' });
  if (!gate.allowed || state.emergencyRequest) return;
  state.status = 'RUNNING';
  state.since = dueBy(session);
  state.emergencyDay = null;
  state.anchor = state.since;
}

async function attendToFills(session: Session): Promise<void> {
  const seen = session.fills.splice(0);
  await attend(session, `fill: ${[...new Set(seen.map((fill) => fill.symbol))].join(', ')}`);
}

/** Order work failed, or something was left open: not until the next cycle, which may be minutes away. */
async function lookOnceMore(session: Session): Promise<void> {
  session.state.lookAgainAt = null;
  await attend(session, 'look again');
}

/** What was bought shortly before a stop, and found behind it. */
const isUnwatched = (session: Session): boolean =>
  !isTrading(session) && session.state.nextCycleAt === null && hasSince(session, 'watch-what-was-found');

async function attend(session: Session, why: string): Promise<void> {
  const { state } = session;
  const lines: LogLine[] = [];
  try {
    const { openPositions } = await lookAfterPositions(session, state.cycle, [], why, lines);
    if (openPositions > 0 && isUnwatched(session))
      state.nextCycleAt = watchTime(session, session.moment, openPositions);
  } catch (error) {
    lookAfterFailure(session, failureOf(error));
    return;
  }
  if (!isTrading(session)) await valueWhileStopped(session);
  if (lines.length > 0) await recordLines(session, lines);
}

function lookAfterFailure(session: Session, failure: FailureText): void {
  session.state.lastError = { at: new Date(Date.now()).toISOString(), ...failure };
  lookAgain(session, Date.now());
  noteOutage(session, failure);
}

/** No cycle values the account while it is stopped; its holdings go on making profit and loss all the same. */
async function valueWhileStopped(session: Session): Promise<void> {
  const { state } = session;
  if (!has(session, 'value-while-stopped')) return;
  try {
    const { account, day, emergency } = await read.runSafetyChecks({
      userId: state.userId,
      cycle: state.cycle,
      signals: [],
      entriesWanted: false,
    });
    state.account = account;
    state.day = day;
    // A stop that could not be told to this workflow; the checks' own are for who trades.
    if ((emergency?.fleet ?? emergency?.halted) && state.status === 'STOPPED')
      requestEmergency(session, emergency, Date.now());
  } catch (error) {
    if (isCancellation(error)) throw error;
    // The figures stay as they were until the next look.
  }
}

async function closeAsked(session: Session): Promise<void> {
  const { state } = session;
  const asked = session.closes.splice(0);
  const exits = asked.map(({ positionId }) => ({ positionId, symbol: '', reason: 'manual' as const }));
  const lines: LogLine[] = [];
  try {
    const report = await lookAfterPositions(session, state.cycle, exits, 'close by hand', lines);
    for (const request of asked) request.done = answerOf(report, request.positionId);
  } catch (error) {
    const failure = failureOf(error);
    const refused = conflict(`It could not be closed now, and is looked after: ${failure.message}`);
    for (const request of asked) request.done = { refused };
    // Its protection may be off already.
    if (hasSince(session, 'look-behind-a-close')) lookAfterFailure(session, failure);
  }
  if (!isTrading(session)) await valueWhileStopped(session);
  if (lines.length > 0) await recordLines(session, lines);
}

/** What a look has made of a position that was to be closed. */
function answerOf({ lines, closed }: PositionsReport, positionId: string): CloseRequest['done'] {
  if (lines.some(({ data }) => data?.unknownPosition === positionId))
    return { refused: notFound(`No open position ${positionId}.`) };
  if (closed.some((position) => position.positionId === positionId)) return { status: 'CLOSED' };
  const tooSmall = lines.find(({ data }) => data?.tooSmall === positionId);
  return tooSmall ? { refused: conflict(`${tooSmall.message}.`) } : { status: 'CLOSING' };
}

async function recordLines(session: Session, lines: LogLine[]): Promise<void> {
  const { state } = session;
  const now = Date.now();
  const status = { ...statusView(state, now), emergency: null };
  const record: CycleRecord = {
    userId: state.userId,
    cycle: state.cycle,
    startedAt: now,
    ...partOf(session),
    status,
    marketTime: null,
    prices: {},
    signals: [],
    account: null,
    lines,
  };
  if (session.fewSteps) await writeDown(session, record);
  else await write.recordCycle(record);
}

/** Changed settings hold from the next cycle; a shorter interval brings that cycle nearer. */
async function takeSettings(session: Session): Promise<void> {
  const { state } = session;
  session.settingsChanged = false;
  const asked = Date.now();
  try {
    state.settings = await read.loadSettings({ userId: state.userId });
  } catch {
    return; // the next cycle reads them anyway
  }
  state.mode = state.settings.mode;
  const now = session.steadyTime ? asked : Date.now();
  if (isTrading(session)) {
    const from = state.lastCycleAt ?? state.anchor;
    state.anchor = from;
    state.nextCycleAt = nextOnGrid(from, state.settings.interval, now);
  } else state.nextCycleAt = watchTime(session, now);
}

const HANDLERS_LOOKED_AFTER_MS = 1_000;

async function handOver(session: Session): Promise<void> {
  if (session.pausesFirst) {
    // What came together with a step's result is seen after it, where a question has split the task
    // (adapters/temporal/resultOrder.ts): by the end of a timer it has been.
    await sleep(1);
    session.moment = Date.now();
    if (!mustHandOver(session)) return;
    // One of them may wait for a step of the loop, which has become due only now.
    if (!allHandlersFinished()) {
      if (!nextStep(session)) await condition(allHandlersFinished, HANDLERS_LOOKED_AFTER_MS);
      return;
    }
  } else await condition(allHandlersFinished);
  if (nextStep(session) && session.failedSteps === 0) return;
  await continueAsNew<typeof tradingWorkflow>({ userId: session.state.userId, carried: session.state });
}
