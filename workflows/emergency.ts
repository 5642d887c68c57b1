/**
 * An emergency stop, step by step: halt -> cancel entries -> liquidate where asked -> verify -> notify -> log. Every
 * step is retried until it is done, also over a worker's death and an exchange's outage; the receipt grows in the
 * status while it goes on.
 */
import { CancellationScope, condition, isCancellation, patched } from '@temporalio/workflow';
import type { HaltReport } from '../activities/types.js';
import type { EmergencyReceipt } from '../trading/types.js';
import { type Session, sendEvents } from './session.js';
import { statusView } from './state.js';
import { atOnce, emergency } from './steps.js';

export async function runEmergency(session: Session): Promise<void> {
  session.emergencyUnderWay = true;
  try {
    await CancellationScope.nonCancellable(() => workThrough(session));
  } finally {
    session.emergencyUnderWay = false;
  }
}

async function workThrough(session: Session): Promise<void> {
  const { state } = session;
  const { userId } = state;
  const request = state.emergencyRequest;
  const receipt = state.emergency;
  if (!request || !receipt) return;
  const trigger = receipt.trigger;

  const { haltedAt } = await halt({ userId, trigger, reason: receipt.reason });
  // Worked through once more after a step that failed for good: the first halt is the one that holds.
  if (receipt.haltedAt === null)
    note(receipt, 'Halted: nothing is sent any more but cancels and sells that reduce a holding');
  receipt.haltedAt ??= haltedAt;

  const cancelled = await emergency.cancelEntryOrders({ userId });
  const known = new Set(receipt.cancelledOrders.map(({ clientOrderId }) => clientOrderId));
  receipt.cancelledOrders.push(...cancelled.cancelled.filter(({ clientOrderId }) => !known.has(clientOrderId)));
  note(receipt, `${cancelled.cancelled.length} open entry orders cancelled, ${cancelled.adopted} found filled`);

  const liquidate = (): boolean => request.liquidate ?? state.settings?.liquidateOnEmergency ?? false;
  const selling = liquidate();
  /** Asked to sell after that step: everything is worked through once more. */
  const askedLate = (): boolean => !selling && liquidate() && patched('late-liquidation');
  if (selling) {
    const sold = await emergency.liquidatePositions.executeWithOptions(
      { summary: 'sell every position', startToCloseTimeout: '5 minutes', heartbeatTimeout: '5 seconds' },
      [{ userId, since: receipt.triggeredAt }],
    );
    receipt.liquidated = sold.sold;
    note(receipt, `${sold.sold.length} positions sold, ${sold.remaining} left`);
  }

  const exposure = await emergency.verifyExposure({ userId });
  receipt.openOrdersAfter = exposure.openOrdersAfter;
  receipt.protectiveOrders = exposure.protectiveOrders;
  receipt.positionsAfter = exposure.positionsAfter;
  note(
    receipt,
    `Verified on the exchange: ${exposure.openOrdersAfter} entry orders open, ${exposure.protectiveOrders.length} protective orders resting, ${exposure.positionsAfter.length} positions held`,
  );
  if (state.account) state.account.openPositions = exposure.positionsAfter.length;

  if (askedLate()) return;
  await notify(session, receipt);
  if (askedLate()) return;
  receipt.finishedAt = new Date(Date.now()).toISOString();
  note(receipt, 'Finished');
  state.emergencyRequest = null;
  await emergency.recordEmergency({
    userId,
    status: statusView(state, Date.now()),
    lines: [
      {
        level: 'ERROR',
        component: 'ENGINE',
        message: `Emergency stop: ${trigger}${receipt.reason ? ` (${receipt.reason})` : ''}`,
        data: { receipt },
      },
    ],
  });
}

/**
 * In the workflow task that took the request, where the database answers: a regular activity waits in two queues before
 * it runs, and every such wait is time in which others could still trade. Otherwise as a regular one, until it is done.
 */
async function halt(request: Parameters<typeof emergency.haltTrading>[0]): Promise<HaltReport> {
  if (patched('halt-at-once')) {
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
  if (!patched('notified-when-stored')) {
    sendEvents(session, [event]);
    receipt.notified = true;
    return;
  }
  const { stored } = await emergency.notifyEmergency({ userId, event });
  receipt.notified = stored;
  note(receipt, stored ? 'Notified' : 'The notification is on its way, and not stored yet');
}

/** A step that is worked through again says so once. */
function note(receipt: EmergencyReceipt, text: string): void {
  if (receipt.steps.some((step) => step.text === text)) return;
  receipt.steps.push({ at: new Date(Date.now()).toISOString(), text });
}

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
