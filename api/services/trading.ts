/** Talks to users' trading workflows; every call has a deadline. */
import {
  type Client,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
} from '@temporalio/client';
import type { UpdateDefinition } from '@temporalio/common';
import type { Repositories } from '../../adapters/database/repositories.js';
import { pendingStopOf } from '../../adapters/database/statusRepository.js';
import type { FlagDocument, StatusDocument } from '../../adapters/database/documents.js';
import type { EmergencyReceipt, StatusView } from '../../trading/types.js';
import { stateFromBooks } from '../../workflows/fromBooks.js';
import * as messages from '../../workflows/messages.js';
import { cleanReason, newReceipt } from '../../workflows/receipt.js';
import { booksOf } from '../../adapters/database/books.js';
import { putLatest } from '../../adapters/latest.js';
import { within } from '../../adapters/within.js';
import { unavailable } from '../http/problem.js';
import { askAgain, createQuestions } from './questions.js';

const CALL_MS = 5_000;
/** Whoever is halted in the books already does not wait long for it to be told. */
const LAST_TRY_MS = 1_000;
const UPDATE_MS = 10_000;
const QUERY_MS = 1_500;
const REMEMBERED_USERS = 10_000;

export interface TradingService {
  /**
   * Starts the user's workflow unless it runs, over what the books say; gives up after `ms` (5000).
   * @returns whether it began over the books of one that is gone
   */
  ensure(userId: string, ms?: number): Promise<boolean>;
  start(userId: string, by: string): Promise<messages.ControlAnswer>;
  stop(userId: string, request: messages.StopRequest): Promise<messages.ControlAnswer>;
  reset(userId: string, request: messages.ResetRequest): Promise<messages.ControlAnswer>;
  closePosition(
    userId: string,
    request: messages.ClosePositionRequest,
  ): Promise<{ positionId: string; status: string }>;
  /** The receipt, finished or not; after 10 s without one the stop goes on and this says what is known. */
  emergencyStop(userId: string, request: messages.EmergencyRequest): Promise<EmergencyReceipt>;
  signalEmergency(userId: string, request: messages.EmergencyRequest): Promise<void>;
  /** The workflow's own words, or its last recorded ones while no worker answers, and whether the fleet is stopped. */
  status(userId: string): Promise<StatusView & { fleet: FleetView }>;
  /** Never fails: settings are read anew in each cycle anyway. */
  configChanged(userId: string): Promise<void>;
}

/** Whether the administrator has stopped everyone: while so, nobody's start is taken. */
export interface FleetView {
  stopped: boolean;
  /** The administrator's words; empty where none were given. */
  reason: string;
  since: string | null;
}

/** @param mayStart throws what forbids a user's start */
export function createTradingService(
  client: Client,
  repositories: Repositories,
  mayStart: (userId: string) => Promise<void> = async () => undefined,
): TradingService {
  const seen = new Map<string, StatusView>();
  const handle = (userId: string) => client.workflow.getHandle(messages.tradingWorkflowId(userId));
  const withDeadline = <T>(ms: number, call: () => Promise<T>): Promise<T> =>
    client.withDeadline(Date.now() + ms, call);

  async function ensure(userId: string, ms = CALL_MS): Promise<boolean> {
    const now = Date.now();
    const books = await booksOf(repositories, userId);
    const carried = books && stateFromBooks(userId, books, now);
    try {
      await withDeadline(ms, () =>
        client.workflow.start(messages.TRADING_WORKFLOW_TYPE, {
          workflowId: messages.tradingWorkflowId(userId),
          taskQueue: messages.TRADING_TASK_QUEUE,
          workflowIdConflictPolicy: 'FAIL',
          workflowIdReusePolicy: 'ALLOW_DUPLICATE',
          // A worker that dies holds a task for this long; 10 s is the default.
          workflowTaskTimeout: '5 seconds',
          args: [{ userId, ...(carried && { carried }) } satisfies messages.TradingWorkflowInput],
        }),
      );
    } catch (error) {
      if (error instanceof WorkflowExecutionAlreadyStartedError) return false;
      throw error;
    }
    if (!carried) return false;
    await configChanged(userId); // it has no settings yet
    const message = `Its workflow was gone and began anew over the books: ${carried.status}, cycle ${carried.cycle}`;
    const line = { logLevel: 'WARNING', component: 'ENGINE', message, data: { status: carried.status } } as const;
    await repositories.cycle.appendLogs(userId, `anew-${now}`, [line]).catch(() => undefined);
    return true;
  }

  async function configChanged(userId: string): Promise<void> {
    await withDeadline(CALL_MS, () => handle(userId).signal(messages.configChangedSignal)).catch(() => undefined);
  }

  /** Runs a call, and once more after starting the workflow where there was none. */
  async function withWorkflow<T>(userId: string, call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
      await ensure(userId);
      return call();
    }
  }

  function update<Answer, Args extends unknown[]>(
    userId: string,
    definition: UpdateDefinition<Answer, Args>,
    args: Args,
    ms = UPDATE_MS,
  ): Promise<Answer> {
    const run = () => handle(userId).executeUpdate<Answer, [unknown]>(definition.name, { args: [args[0]] });
    return withWorkflow(userId, async () => {
      const answer = await within(withDeadline(ms, run), ms, () => new Late('no worker answered in time'));
      questions.answers(userId);
      return answer;
    });
  }

  const questions = createQuestions<StatusView>((userId) =>
    withDeadline(QUERY_MS, () => askAgain(() => handle(userId).query(messages.statusQuery))),
  );

  /**
   * Whoever is shown as stopped by a stop that the workflow has not taken yet: it may not have been told, and is told now.
   * Then it refuses a start or a reset by itself; a request that it drops, for it was stopped before, goes with the reset.
   */
  async function tellPendingStop(userId: string): Promise<void> {
    const stored = await repositories.status.get(userId);
    const stop = pendingStopOf(stored);
    if (stop && stored?.status === 'EMERGENCY_STOPPED') await signalEmergency(userId, stop);
  }

  /**
   * In the books first, where every entry looks before it is sent: that waits for no workflow task, and whatever becomes
   * of the call the next cycle finds the stop there.
   * @returns what is left to ask the workflow for
   */
  async function haltInBooks(userId: string, request: messages.EmergencyRequest): Promise<messages.EmergencyRequest> {
    const askedAt = new Date().toISOString();
    try {
      const stop = { ...request, halted: { askedAt, haltedAt: askedAt } };
      // Entries look at the halt; that the user is disabled is but for their next cycle's beginning.
      const disabling = repositories.config.setEnabled(userId, false);
      disabling.catch(() => undefined);
      const isHalted = await repositories.status.haltBefore(userId, stop);
      const haltedAt = new Date().toISOString();
      await disabling;
      return isHalted ? { ...request, halted: { askedAt, haltedAt } } : request;
    } catch {
      return request; // without the database the workflow halts by itself
    }
  }

  const signalEmergency = (userId: string, request: messages.EmergencyRequest, ms = CALL_MS): Promise<void> =>
    withWorkflow(userId, () => withDeadline(ms, () => handle(userId).signal(messages.emergencySignal, request)));

  return {
    ensure,
    async start(userId, by) {
      await mayStart(userId);
      await tellPendingStop(userId);
      return update(userId, messages.startUpdate, [{ by }]);
    },
    async stop(userId, request) {
      const before = await repositories.config.get(userId).catch(() => null);
      const answer = await update(userId, messages.stopUpdate, [request]);
      // The workflow writes it down as well, behind the step that the stop has interrupted: seconds later.
      if (answer.status === 'STOPPED' && before?.isEnabled)
        await repositories.config.disableUnlessChanged(userId, before.updatedAt).catch(() => undefined);
      return answer;
    },
    async reset(userId, request) {
      await tellPendingStop(userId);
      return update(userId, messages.resetUpdate, [request]);
    },
    closePosition: (userId, request) => update(userId, messages.closePositionUpdate, [request], 14_000),
    signalEmergency,

    async emergencyStop(userId, request) {
      const asked = new Date();
      const stop = await haltInBooks(userId, request);
      try {
        return await update(userId, messages.emergencyStopUpdate, [stop]);
      } catch (error) {
        if (error instanceof WorkflowUpdateFailedError || !(isLate(error) || stop.halted)) throw error;
        // No worker took the update in time. A signal waits in the workflow's history for the next one; without a server
        // for it the halt in the books stands, and the next cycle finds it.
        await signalEmergency(userId, stop, stop.halted ? LAST_TRY_MS : CALL_MS).catch((failure: unknown) => {
          if (!stop.halted) throw failure;
        });
        const known = (await repositories.status.get(userId))?.emergency;
        if (known && new Date(known.triggeredAt) >= asked) return known;
        return { ...openReceipt(stop, asked), haltedAt: stop.halted?.haltedAt ?? null };
      }
    },

    async status(userId) {
      const view = await questions.ask(userId);
      const [stored, fleet] = await Promise.all([repositories.status.get(userId), repositories.flags.fleet()]);
      const known = view ?? (stored ? viewOf(stored, Date.now()) : null) ?? seen.get(userId);
      if (!known) throw unavailable('ENGINE_UNAVAILABLE', 'The trading engine does not answer.');
      const before = seen.get(userId);
      // Without a worker the last record may be older than what was shown already: cycles never count down.
      const newest = view === null && before && before.cycle > known.cycle ? before : known;
      putLatest(seen, userId, newest, REMEMBERED_USERS);
      const emergency = newest.emergency ?? stored?.emergency ?? null;
      // A workflow counts to its last task, which may be minutes ago.
      const shown = { ...newest, uptimeSeconds: uptimeOf(newest, Date.now()), emergency, fleet: fleetView(fleet) };
      return { ...shown, ...(stored && stopInBooks(stored)) };
    },

    configChanged,
  };
}

const VIEW_FIELDS = [
  'status',
  'riskState',
  'mode',
  'since',
  'cycle',
  'lastCycleAt',
  'nextCycleAt',
  'activeSignals',
  'tradesToday',
  'dailyPnl',
  'dailyPnlPct',
  'equity',
  'openPositions',
  'refusals',
  'lastError',
  'emergency',
] as const satisfies readonly (keyof StatusView)[];

/** What a stop that the workflow has not taken yet means for what it says of itself. */
function stopInBooks(stored: StatusDocument): Partial<StatusView> {
  const stop = pendingStopOf(stored);
  const since = stop?.fleet ?? stop?.halted;
  if (!stop || !since || stored.status !== 'EMERGENCY_STOPPED') return {};
  const { askedAt, haltedAt } = since;
  const emergency = { ...openReceipt(stop, new Date(askedAt), 'Halted; its turn is yet to come'), haltedAt };
  return { status: 'EMERGENCY_STOPPED', since: stored.since, nextCycleAt: null, uptimeSeconds: 0, emergency };
}

export function viewOf(document: StatusDocument, now: number): StatusView {
  const view = Object.fromEntries(VIEW_FIELDS.map((name) => [name, document[name]])) as unknown as StatusView;
  return { ...view, uptimeSeconds: uptimeOf(view, now) };
}

/** How long trading has been on at `now` (real ms), s; 0 while it is stopped. */
function uptimeOf({ status, since }: Pick<StatusView, 'status' | 'since'>, now: number): number {
  const trading = status === 'RUNNING' || status === 'REDUCING';
  return trading ? Math.max(0, Math.floor((now - Date.parse(since)) / 1000)) : 0;
}

const fleetView = ({ halted, reason, since }: Omit<FlagDocument, '_id'>): FleetView => ({
  stopped: halted,
  reason,
  since: halted && since ? since.toISOString() : null,
});

class Late extends Error {
  override name = 'WorkflowUpdateRPCTimeoutOrCancelledError';
}

const isLate = (error: unknown): boolean =>
  error instanceof Error &&
  (error.name === 'WorkflowUpdateRPCTimeoutOrCancelledError' || (error as { code?: unknown }).code === 4);

const openReceipt = (
  { trigger, reason }: messages.EmergencyRequest,
  at: Date,
  step = 'Asked for; no worker has taken it up yet',
): EmergencyReceipt => newReceipt(trigger ?? 'MANUAL_STOP', cleanReason(reason), at.getTime(), step);
