/** The receipt of an emergency stop, as it begins. */
import type { EmergencyReceipt } from '../trading/types.js';

/**
 * @param now when it was asked for, real ms
 * @param step what its first step says
 */
export function newReceipt(
  trigger: EmergencyReceipt['trigger'],
  reason: string,
  now: number,
  step = `${trigger} triggered`,
): EmergencyReceipt {
  return {
    trigger,
    reason,
    triggeredAt: new Date(now).toISOString(),
    haltedAt: null,
    finishedAt: null,
    cancelledOrders: [],
    liquidated: [],
    openOrdersAfter: 0,
    protectiveOrders: [],
    positionsAfter: [],
    notified: false,
    steps: [{ at: new Date(now).toISOString(), text: step }],
  };
}

/** Free text from outside: control characters become spaces, and it stays short enough for a history. */
const CONTROL = new RegExp('[\\u0000-\\u001f\\u007f-\\u009f]', 'g');
export const cleanReason = (reason: string | undefined): string => (reason ?? '').replace(CONTROL, ' ').slice(0, 500);
