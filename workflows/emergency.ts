/**
 * An emergency stop, step by step: halt -> cancel entries -> liquidate where asked -> verify -> notify -> log. Every
 * step is retried until it is done, also over a worker's death and an exchange's outage; the receipt grows in the
 * status while it goes on.
 */
import { CancellationScope, condition, isCancellation } from '@temporalio/workflow';
import type { HaltReport } from '../activities/types.js';
import type { EmergencyReceipt } from '../trading/types.js';
import { lookFirst } from './lookFirst.js';
import { has } from './patches.js';
import { lookAgain, type Session, sendEvents, takeTurnNow } from './session.js';
import { statusView } from './state.js';
import { atOnce, emergency } from './steps.js';

/** @returns true where nothing was cancelled, sold or held: the account is what it was */
export async function runEmergency(session: Session): Promise<boolean> {
  session.emergencyUnderWay = true;
  try {
    return await CancellationScope.nonCancellable(() => workThrough(session));
  } finally {
    session.emergencyUnderWay = false;
  }
}

async function workThrough(session: Session): Promise<boolean> {
  const { state } = session;
  const { userId } = state;
  const request = state.emergencyRequest;
  const receipt = state.emergency;
  if (!request || !receipt) return true;
  const trigger = receipt.trigger;

  const { haltedAt: halted } = request.fleet ?? request.halted ?? {};
  const { haltedAt } = await halt(session, { userId, trigger, reason: receipt.reason, halted });
  // Worked through once more after a step that failed for good: the first halt is the one that holds.
  if (receipt.haltedAt === null)
    note(receipt, 'Halted: nothing is sent any more but cancels and sells that reduce a holding', haltedAt);
  receipt.haltedAt ??= haltedAt;
  await letHoldersGoFirst(session, request, receipt);

  const cancelled = await lookFirst(
    session,
    () => atOnce.cancelEntryOrders({ userId }),
    () => emergency.cancelEntryOrders({ userId }),
  );
  addCancelled(receipt, cancelled.cancelled);
  note(receipt, `${cancelled.cancelled.length} open entry orders cancelled, ${cancelled.adopted} found filled`);

  const liquidate = (): boolean => request.liquidate ?? state.settings?.liquidateOnEmergency ?? false;
  const selling = liquidate();
  /** Asked to sell after that step: everything is worked through once more. */
  const askedLate = (): boolean => !selling && liquidate() && has(session, 'late-liquidation');
  if (selling) {
    const what = { userId, since: receipt.triggeredAt };
    const sell = () =>
      emergency.liquidatePositions.executeWithOptions(
        { summary: 'sell every position', startToCloseTimeout: '5 minutes', heartbeatTimeout: '5 seconds' },
        [what],
      );
    const sold = holds(session) ? await sell() : await lookFirst(session, () => atOnce.liquidatePositions(what), sell);
    receipt.liquidated = sold.sold;
    addCancelled(receipt, sold.cancelled ?? []);
    note(receipt, `${sold.sold.length} positions sold, ${sold.remaining} left`);
  }

  const exposure = await lookFirst(
    session,
    () => atOnce.verifyExposure({ userId }),
    () => emergency.verifyExposure({ userId }),
  );
  receipt.openOrdersAfter = exposure.openOrdersAfter;
  receipt.protectiveOrders = exposure.protectiveOrders;
  receipt.positionsAfter = exposure.positionsAfter;
  note(
    receipt,
    `Verified on the exchange: ${exposure.openOrdersAfter} entry orders open, ${exposure.protectiveOrders.length} protective orders resting, ${exposure.positionsAfter.length} positions held`,
  );
  if (state.account) state.account.openPositions = exposure.positionsAfter.length;
  if (exposure.unprotected > 0 && session.allSinceStart) lookAgain(session, Date.now());

  if (askedLate()) return false;
  await notify(session, receipt);
  if (askedLate()) return false;
  receipt.finishedAt = notBefore(receipt, new Date(Date.now()).toISOString());
  note(receipt, 'Finished', receipt.finishedAt);
  state.emergencyRequest = null;
  const record = {
    userId,
    status: statusView(state, Date.now()),
    lines: [
      {
        level: 'ERROR' as const,
        component: 'ENGINE' as const,
        message: `Emergency stop: ${trigger}${receipt.reason ? ` (${receipt.reason})` : ''}`,
        data: { receipt },
      },
    ],
  };
  await lookFirst(
    session,
    () => atOnce.recordEmergency(record),
    () => emergency.recordEmergency(record),
  );
  return (
    cancelled.cancelled.length + cancelled.adopted + receipt.liquidated.length + receipt.positionsAfter.length === 0
  );
}

/** Unknown is held: an account that no cycle has looked at yet, or whose last order work failed or left something open. */
const holds = ({ state }: Session): boolean =>
  (state.account?.openPositions ?? 1) + (state.account?.unresolved ?? 0) > 0 || Boolean(state.lookAgainAt);

/**
 * Where everybody is stopped at once, whoever holds nothing waits: the halt stands, and the machine is for the sales. A
 * stop of this user's own, or a fill, ends the wait.
 */
async function letHoldersGoFirst(
  session: Session,
  { fleet }: NonNullable<Session['state']['emergencyRequest']>,
  receipt: EmergencyReceipt,
): Promise<void> {
  if (!fleet || holds(session) || !has(session, 'turns')) return;
  const place = Math.random() * fleet.overMs;
  // Whether it waits is not asked of the clock: after a local activity a replay may see another time (./patches.ts).
  if (Math.round(fleet.afterMs + place) < SHORTEST_WAIT_MS) return;
  // Before this release it counted from here on.
  const passed = session.allSinceStart && fleet.lastsMs !== undefined ? Date.now() - Date.parse(fleet.askedAt) : 0;
  const waitMs = Math.max(1, Math.round(Math.max(0, fleet.afterMs - passed) + place));
  note(receipt, `Holds nothing, and lets those go first who do: ${Math.ceil(waitMs / 1_000)} s`);
  await condition(() => fleet.afterMs + fleet.overMs === 0 || session.fills.length > 0, waitMs);
  // Worked through once more, it is not waited for again.
  takeTurnNow({ fleet });
}

const SHORTEST_WAIT_MS = 1_000;

/**
 * In the workflow task that took the request, where the database answers: a regular activity waits in two queues before
 * it runs, and every such wait is time in which others could still trade. Otherwise as a regular one, until it is done.
 */
async function halt(session: Session, request: Parameters<typeof emergency.haltTrading>[0]): Promise<HaltReport> {
  if (has(session, 'halt-at-once')) {
    try {
      return await atOnce.haltTrading(request);
    } catch (error) {
      if (isCancellation(error)) throw error;
    }
  }
  return emergency.haltTrading(request);
}

/** Only what is stored for the user counts as notified; how each channel ended is told by the notification itself. */
async function notify(session: Session, receipt: EmergencyReceipt): Promise<void> {
  const { userId } = session.state;
  const eventId = `emergency-${userId}-${receipt.triggeredAt}`;
  const event = { eventId, type: 'EMERGENCY_STOP' as const, data: eventData(receipt) };
  if (!has(session, 'notified-when-stored')) {
    sendEvents(session, [event]);
    receipt.notified = true;
    return;
  }
  const { stored } = await lookFirst(
    session,
    () => atOnce.notifyEmergency({ userId, event }),
    () => emergency.notifyEmergency({ userId, event }),
  );
  receipt.notified = stored;
  note(receipt, stored ? 'Notified' : 'The notification is on its way, and not stored yet');
}

/** A step that is worked through again finds the same once more. */
function addCancelled(receipt: EmergencyReceipt, orders: EmergencyReceipt['cancelledOrders']): void {
  const known = new Set(receipt.cancelledOrders.map(({ clientOrderId }) => clientOrderId));
  receipt.cancelledOrders.push(...orders.filter(({ clientOrderId }) => !known.has(clientOrderId)));
}

/** A step that is worked through again says so once. */
function note(receipt: EmergencyReceipt, text: string, at = new Date(Date.now()).toISOString()): void {
  if (receipt.steps.some((step) => step.text === text)) return;
  receipt.steps.push({ at: notBefore(receipt, at), text });
}

/**
 * The halt is timed by the clock of the worker, everything else by the workflow's, which stands still within a task: what
 * comes later is told of as no earlier.
 */
const notBefore = ({ haltedAt, steps }: EmergencyReceipt, at: string): string =>
  [at, haltedAt ?? at, steps.at(-1)?.at ?? at].reduce((latest, time) => (time > latest ? time : latest));

const eventData = (receipt: EmergencyReceipt): Record<string, string | number> => ({
  trigger: receipt.trigger,
  reason: receipt.reason,
  cancelledOrders: receipt.cancelledOrders.length,
  liquidated: receipt.liquidated.length,
  openOrdersAfter: receipt.openOrdersAfter,
  protectiveOrders: receipt.protectiveOrders.length,
  positionsAfter: receipt.positionsAfter.length,
});

export const emergencyOver = (session: Session): Promise<void> =>
  condition(() => !session.emergencyUnderWay && !session.state.emergencyRequest);
