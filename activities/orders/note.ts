/** Writes what the exchange said of an order into its record; a state that cannot follow the stored one is not written. */
import { Decimal } from 'decimal.js';
import type { OrderFields, OrderMove } from '../../adapters/database/ordersRepository.js';
import type { OrderReport } from '../../adapters/exchange/port.js';
import { type OrderState, stateOfReport } from '../../trading/orders/index.js';
import { feeInQuote } from '../../trading/pnl/index.js';
import type { Fill } from '../../trading/types.js';
import type { Desk } from './desk.js';

/** @param fills the order's own, where they are at hand: their fees are noted with it */
export async function noteReport(
  desk: Desk,
  report: OrderReport,
  evidence: string,
  fills?: readonly Fill[],
): Promise<void> {
  const { orders } = desk.deps.repositories;
  const state = stateOfReport(report.status, report.executedQuantity);
  const fields = fieldsOf(report, fills);
  if (await orders.transition(report.clientOrderId, EARLIER[state], state, evidence, fields)) return;
  // The state was noted before, or a later word came first: the fees still belong there.
  if (fills === undefined) return;
  const stored = await orders.get(report.clientOrderId);
  const { fees } = fields;
  if (stored && stored.fees !== Number(fees))
    await orders.transition(report.clientOrderId, [stored.status], stored.status, 'fills', { fees });
}

/** The answer to a placement as part of a message of several writes: it applies where nobody has noted anything yet. */
export const firstNote = (report: OrderReport, fills?: readonly Fill[]): OrderMove => ({
  clientOrderId: report.clientOrderId,
  from: 'SUBMITTING',
  to: stateOfReport(report.status, report.executedQuantity),
  evidence: 'response',
  fields: fieldsOf(report, fills),
});

/**
 * What a cancel told of an order that was last seen in `from`, as part of a message of several writes; it applies where
 * nobody has noted anything since.
 * @returns null where what was told can't follow that state
 */
export function cancelNote(report: OrderReport, from: OrderState): OrderMove | null {
  const to = stateOfReport(report.status, report.executedQuantity);
  if (!EARLIER[to].includes(from)) return null;
  return { clientOrderId: report.clientOrderId, from, to, evidence: 'cancel', fields: fieldsOf(report) };
}

const fieldsOf = (report: OrderReport, fills?: readonly Fill[]): OrderFields => ({
  exchangeOrderId: report.orderId,
  orderListId: report.orderListId,
  filledQuantity: report.executedQuantity,
  averagePrice:
    Number(report.executedQuantity) > 0
      ? String(Number(report.cumulativeQuote) / Number(report.executedQuantity))
      : null,
  ...(fills ? { fees: fills.reduce((sum, fill) => sum.plus(feeInQuote(fill)), new Decimal(0)).toFixed() } : {}),
});

const EARLIER: Record<OrderState, OrderState[]> = {
  INTENT: [],
  SUBMITTING: ['INTENT'],
  UNKNOWN: ['SUBMITTING'],
  ACKNOWLEDGED: ['SUBMITTING', 'UNKNOWN', 'ABANDONED', 'ACKNOWLEDGED'],
  PARTIALLY_FILLED: ['ACKNOWLEDGED', 'SUBMITTING', 'UNKNOWN', 'ABANDONED', 'PARTIALLY_FILLED'],
  FILLED: ['SUBMITTING', 'ACKNOWLEDGED', 'PARTIALLY_FILLED', 'UNKNOWN', 'ABANDONED'],
  CANCELLED: ['ACKNOWLEDGED', 'PARTIALLY_FILLED', 'SUBMITTING', 'UNKNOWN', 'ABANDONED'],
  EXPIRED: ['ACKNOWLEDGED', 'PARTIALLY_FILLED', 'SUBMITTING', 'UNKNOWN', 'ABANDONED'],
  REJECTED: ['SUBMITTING', 'UNKNOWN', 'ACKNOWLEDGED'],
  ABANDONED: ['INTENT', 'SUBMITTING', 'UNKNOWN'],
  SHADOW: [],
};
