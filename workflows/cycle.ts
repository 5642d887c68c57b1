/** What happens every interval: market -> signals -> checks -> trades -> positions -> record. */
import { CancellationScope, isCancellation } from '@temporalio/workflow';
import type {
  CycleRecord,
  LogLine,
  MarketReport,
  PositionsReport,
  SafetyReport,
  SignalReport,
  TradeReport,
} from '../activities/types.js';
import { reasonText } from '../trading/notifications/reasons.js';
import { type FailureText, failureOf, takesExchangeDown } from './failures.js';
import { lookFirst } from './lookFirst.js';
import { hasSince } from './patches.js';
import {
  dueBy,
  hasUntold,
  isTrading,
  lookAgain,
  requestEmergency,
  type Session,
  sendEventOnce,
  sendEvents,
  tellAtOnce,
  tellBeside,
} from './session.js';
import { changeStatus, nextOnGrid, statusView } from './state.js';
import { atOnce, read, trade } from './steps.js';
import { partOf, writeDown } from './writeDown.js';

/** Seconds without one successful call after which the user is told. */
const SILENCE_TOLD_AFTER = 60;

/** What a cycle has found out so far; recorded even where the cycle ended early. */
interface CycleNotes {
  market: MarketReport | null;
  signals: SignalReport[];
  safety: SafetyReport | null;
  executions: { signalId: string; price: string }[];
  lines: LogLine[];
}

export async function runCycle(session: Session): Promise<void> {
  const { state } = session;
  const startedAt = dueBy(session);
  /** Only told, and nothing decided by it: a task that ran out of its time is another one in a replay. */
  const seenAt = session.fewSteps ? Date.now() : startedAt;
  const cycle = state.cycle + 1;
  const notes: CycleNotes = { market: null, signals: [], safety: null, executions: [], lines: [] };
  state.nextCycleAt = nextOnGrid(state.anchor, state.settings?.interval ?? 300, startedAt);

  const scope = new CancellationScope();
  session.running = scope;
  try {
    await scope.run(() => goThroughSteps(session, cycle, notes));
    state.failedCycles = 0;
  } catch (error) {
    if (isCancellation(error))
      notes.lines.push({
        level: 'WARNING',
        component: 'ENGINE',
        message: `Cycle ${cycle} was interrupted`,
        data: { status: state.status },
      });
    else noteFailure(session, cycle, error, notes, session.steadyTime ? startedAt : Date.now());
  } finally {
    session.running = null;
  }

  state.cycle = cycle;
  state.lastCycleAt = startedAt;
  state.lastSeenAt = seenAt;
  planNextCycle(session, startedAt, Date.now());
  const promised = state.nextCycleAt;
  if (hasUntold(session)) await tellAtOnce(session);
  const over = await recordUnlessInterrupted(session, seenAt, notes);
  if (!session.steadyTime) return;
  // What was promised above may have followed a local activity, and is not what a replay would promise (./patches.ts).
  if (over !== null) session.moment = over;
  // A cycle that was asked for while this one was recorded is not put off.
  if (state.nextCycleAt === promised) planNextCycle(session, startedAt, session.moment);
}

/** Part of an interval by which the next cycle may be late; one that would be later skips its point of the grid. */
const SLACK = 1 / 4;

function planNextCycle({ state, steadyTime }: Session, startedAt: number, now: number): void {
  if (!state.settings) return;
  const { interval } = state.settings;
  const after = steadyTime ? Math.max(startedAt, now - SLACK * interval * 1_000) : now;
  state.nextCycleAt = nextOnGrid(state.anchor, interval, after);
}

async function goThroughSteps(session: Session, cycle: number, notes: CycleNotes): Promise<void> {
  const { state } = session;
  const { userId } = state;

  const market = await read.collectMarketData({ userId, cycle });
  notes.market = market;
  state.settings = market.settings;
  state.mode = market.settings.mode;
  if (market.pendingStop) {
    // Nothing of this cycle was begun yet.
    requestEmergency(session, market.pendingStop, Date.now(), false);
    return;
  }
  state.lastPrices = market.prices;
  if (market.failure) throw new StepFailed(market.failure.code, market.failure.message);
  state.lastExchangeSuccess = Date.now();
  state.exchangeOutSince = null;

  notes.signals = await read.generateSignals({ userId, cycle });
  const proposals = notes.signals.filter((signal) => signal.type !== 'HOLD' && !signal.repeated);

  const safety = await read.runSafetyChecks({
    userId,
    cycle,
    signals: proposals,
    entriesWanted: state.status === 'RUNNING',
  });
  notes.safety = safety;
  state.riskState = safety.riskState;
  state.refusals = safety.refusals;
  state.account = safety.account;
  state.day = safety.day;
  sendEvents(session, safety.events);
  for (const { signalId, line } of safety.putOff ?? []) {
    notes.lines.push(line);
    decideAnew(notes, signalId);
  }
  if (safety.emergency) {
    requestEmergency(session, safety.emergency, Date.now(), safety.attention === true);
    return;
  }

  const trades = await executePlans(session, cycle, safety, notes);
  const exposed =
    safety.account.openPositions > 0 ||
    safety.account.unresolved > 0 ||
    safety.exits.length > 0 ||
    trades.length > 0 ||
    safety.attention === true;
  if (exposed) {
    // As a rule what is held rests under its protection, what was just entered, too, and no rule moves or sells it.
    const isQuiet = (trades.length === 0 || session.fewSteps) && safety.exits.length === 0 && !safety.attention;
    const look = isQuiet ? { nothingSent: trades.length === 0 } : null;
    await lookAfterPositions(session, cycle, safety.exits, 'cycle', notes.lines, look);
  }
}

/** Not recorded, the signal is no repeated one in the next cycle. */
function decideAnew(notes: CycleNotes, signalId: string): void {
  notes.signals = notes.signals.filter((signal) => signal.signalId !== signalId);
}

async function executePlans(
  session: Session,
  cycle: number,
  safety: SafetyReport,
  notes: CycleNotes,
): Promise<TradeReport[]> {
  const { state } = session;
  const trades: TradeReport[] = [];
  for (const plan of safety.plans) {
    if (state.status !== 'RUNNING') break;
    tellBeside(session);
    const summary = `${plan.symbol} BUY ${plan.quantity} at ${plan.referencePrice}`;
    const report = await trade.executeTrade.executeWithOptions({ summary }, [{ userId: state.userId, cycle, plan }]);
    trades.push(report);
    notes.lines.push(...report.lines);
    if (report.outcome === 'SHADOW')
      for (const signal of notes.signals) if (signal.signalId === plan.signalId) signal.shadow = true;
    if (report.again) decideAnew(notes, plan.signalId);
    if (report.averagePrice) notes.executions.push({ signalId: plan.signalId, price: report.averagePrice });
    sendEvents(session, report.events);
    if (state.account && (report.outcome === 'FILLED' || report.outcome === 'PARTIALLY_FILLED')) {
      state.account.tradesToday += 1;
      state.account.openPositions += 1;
    }
  }
  return trades;
}

/** Servers take 400 bytes. */
const LONGEST_SUMMARY = 130;

/**
 * Finds fills, records exits, restores protection, moves stops.
 *
 * @param exits positions to sell now
 * @param quiet where a look may be enough
 */
export async function lookAfterPositions(
  session: Session,
  cycle: number,
  exits: SafetyReport['exits'],
  why: string,
  lines: LogLine[],
  quiet: { nothingSent: boolean } | null = null,
): Promise<PositionsReport> {
  const { state } = session;
  const what = exits.length > 0 ? `${why}: sell ${exits.map((exit) => exit.symbol).join(', ')}` : why;
  const summary = what.slice(0, LONGEST_SUMMARY);
  const input = { userId: state.userId, cycle, exits, why };
  const step = async (): Promise<PositionsReport> => {
    tellBeside(session);
    const found = await trade.managePositions.executeWithOptions({ summary }, [input]);
    session.moment = Date.now();
    return found;
  };
  const look = (nothingSent: boolean) => atOnce.managePositions({ ...input, lookOnly: true, nothingSent });
  const report = await (quiet && session.allSinceStart
    ? lookFirst(session, () => look(quiet.nothingSent), step)
    : step());
  lines.push(...report.lines);
  sendEvents(session, report.events);
  // Where cycles run, they ask.
  const isLate = Boolean(report.late) && !isTrading(session) && hasSince(session, 'look-for-late-entries');
  if (report.unprotected > 0 || report.unresolved > 0 || isLate) lookAgain(session, Date.now());
  else {
    state.lookAgainAt = null;
    state.looks = 0;
  }
  if (report.unprotected > 0)
    sendEventOnce(session, {
      eventId: `unprotected-${state.userId}-${cycle}`,
      type: 'SYSTEM_ERROR',
      data: {
        component: 'POSITION',
        code: 'UNPROTECTED',
        reason: reasonText('UNPROTECTED', { count: report.unprotected }),
      },
    });
  if (state.account) {
    state.account.openPositions = report.openPositions;
    state.account.unresolved = report.unresolved;
  }
  return report;
}

function noteFailure(session: Session, cycle: number, error: unknown, notes: CycleNotes, now: number): void {
  const { state } = session;
  const { code, message } = failureOf(error);
  state.lastError = { at: new Date(now).toISOString(), code, message };
  const exchangeDown = takesExchangeDown(code);
  if (!exchangeDown) state.failedCycles += 1;
  notes.lines.push({
    level: 'ERROR',
    component: 'ENGINE',
    message: `Cycle ${cycle} failed: ${message}`,
    data: { code },
  });
  if (exchangeDown) state.exchangeOutSince ??= now;
  // Without a safety report the failure came before any order work of this cycle.
  if (notes.safety) lookAgain(session, Date.now());
  tellFailure(session, cycle, { code, message }, exchangeDown, now);
  if (exchangeDown) judgeSilence(session, message, now);
  else if (state.settings && state.failedCycles >= state.settings.systemErrorAfter)
    requestEmergency(
      session,
      {
        trigger: 'SYSTEM_ERROR',
        reason: reasonText('CYCLES_FAILED', { count: state.failedCycles, detail: message }),
      },
      now,
    );
}

function judgeSilence(session: Session, message: string, now: number): void {
  const { settings } = session.state;
  // From the first call that failed, not from the last success: between two cycles nobody asked.
  const since = (session.state.exchangeOutSince ??= now);
  const silentFor = (now - since) / 1000;
  if (settings && silentFor >= settings.apiConnectionLostAfter)
    requestEmergency(
      session,
      {
        trigger: 'API_CONNECTION_LOST',
        reason: reasonText('EXCHANGE_FAILING', { seconds: Math.floor(silentFor), detail: message }),
      },
      now,
    );
}

/** The same judgement where a look between two cycles failed: in an outage such looks may keep the next cycle waiting. */
export function noteOutage(session: Session, failure: FailureText): void {
  if (!isTrading(session) || !takesExchangeDown(failure.code)) return;
  const now = Date.now();
  tellFailure(session, session.state.cycle, failure, true, now);
  judgeSilence(session, failure.message, now);
}

/** The exchange's silence is told once an outage, other failures when a second cycle in a row has failed. */
function tellFailure(session: Session, cycle: number, failure: FailureText, exchangeDown: boolean, now: number): void {
  const { state } = session;
  const { userId, lastExchangeSuccess } = state;
  const seconds = Math.floor((now - (state.exchangeOutSince ?? now)) / 1000);
  const patience = Math.min(SILENCE_TOLD_AFTER, state.settings?.apiConnectionLostAfter ?? SILENCE_TOLD_AFTER);
  if (exchangeDown && seconds >= patience)
    sendEventOnce(session, {
      eventId: `connection-lost-${userId}-${lastExchangeSuccess}`,
      type: 'API_CONNECTION_LOST',
      data: { seconds, reason: failure.message },
    });
  if (!exchangeDown && state.failedCycles === 2)
    sendEventOnce(session, {
      eventId: `system-error-${userId}-${cycle}`,
      type: 'SYSTEM_ERROR',
      data: { component: 'ENGINE', code: failure.code, reason: failure.message },
    });
}

/**
 * The record waits for the database as long as it takes; a stop or an emergency doesn't wait for the record.
 * @returns when it was written, ms, as every replay sees it; null where it was not waited for
 */
async function recordUnlessInterrupted(session: Session, startedAt: number, notes: CycleNotes): Promise<number | null> {
  const { state } = session;
  if (state.status === 'REDUCING' && (state.account?.openPositions ?? 0) === 0 && notes.safety) {
    changeStatus(state, 'STOPPED', Date.now());
    state.unsettled = { by: 'engine', reason: 'flat after reducing' };
  }
  const record: CycleRecord = {
    userId: state.userId,
    cycle: state.cycle,
    startedAt,
    ...(session.fewSteps && notes.market?.at !== undefined ? { beganAt: notes.market.at } : {}),
    ...(notes.market?.marketTime ? {} : partOf(session)),
    status: { ...statusView(state, Date.now()), emergency: null },
    marketTime: notes.market?.marketTime ?? null,
    prices: notes.market?.prices ?? {},
    signals: notes.signals.filter((signal) => !signal.repeated),
    ...(notes.executions.length > 0 ? { executions: notes.executions } : {}),
    account: notes.safety?.account ?? null,
    lines: [...monitorLines(notes.market), ...notes.lines],
  };
  return writeDown(session, record);
}

function monitorLines(market: MarketReport | null): LogLine[] {
  if (!market) return [];
  const anomalies = market.anomalies.map(
    (anomaly): LogLine => ({
      level: 'WARNING',
      component: 'MONITOR',
      message: `${anomaly.symbol}: ${anomaly.code}`,
      data: { ...anomaly },
    }),
  );
  const missing = market.unavailable.map(
    ({ symbol, reason }): LogLine => ({ level: 'WARNING', component: 'MONITOR', message: `${symbol}: ${reason}` }),
  );
  return [...anomalies, ...missing];
}

class StepFailed extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = 'StepFailed';
  }
}
