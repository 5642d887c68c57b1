/**
 * The life of an order. UNKNOWN is a state like any other: sent, and nobody knows what became of it; only a query or
 * the fence (./resolve.ts) leads out of it. ABANDONED was given up before or after a send that the fence proved dead.
 * SHADOW was decided and never meant to be sent (./shadow.ts).
 */
export const ORDER_STATES = [
  'INTENT',
  'SUBMITTING',
  'ACKNOWLEDGED',
  'PARTIALLY_FILLED',
  'FILLED',
  'CANCELLED',
  'EXPIRED',
  'REJECTED',
  'UNKNOWN',
  'ABANDONED',
  'SHADOW',
] as const;
export type OrderState = (typeof ORDER_STATES)[number];

const ON_THE_BOOK = ['ACKNOWLEDGED', 'PARTIALLY_FILLED', 'FILLED', 'CANCELLED', 'EXPIRED'] as const;

/** What may follow each state. */
export const TRANSITIONS = {
  INTENT: ['SUBMITTING', 'ABANDONED', 'SHADOW'],
  SUBMITTING: [...ON_THE_BOOK, 'REJECTED', 'UNKNOWN', 'ABANDONED'],
  ACKNOWLEDGED: ['PARTIALLY_FILLED', 'FILLED', 'CANCELLED', 'EXPIRED', 'REJECTED'],
  PARTIALLY_FILLED: ['FILLED', 'CANCELLED', 'EXPIRED'],
  UNKNOWN: [...ON_THE_BOOK, 'REJECTED', 'ABANDONED'],
  // A late appearance after all: the exchange's word outranks our conclusion, and must be writable.
  ABANDONED: [...ON_THE_BOOK],
  FILLED: [],
  CANCELLED: [],
  EXPIRED: [],
  REJECTED: [],
  SHADOW: [],
} satisfies Record<OrderState, readonly OrderState[]>;

/** Whether `to` may follow `from`. The same state again is the same news again and always may. */
export function canTransition(from: OrderState, to: OrderState): boolean {
  return from === to || (TRANSITIONS[from] as readonly OrderState[]).includes(to);
}

/** Throws where `to` cannot follow `from`: a broken invariant, never written down. */
export function assertTransition(from: OrderState, to: OrderState): void {
  if (canTransition(from, to)) return;
  const allowed = TRANSITIONS[from].join(', ') || 'nothing';
  throw new Error(`an order cannot go from ${from} to ${to}; after ${from} comes ${allowed}`);
}

/** Nothing more is expected of it. ABANDONED is, for it may still appear. */
export function isFinal(state: OrderState): boolean {
  return TRANSITIONS[state].length === 0;
}

/** Rests on the exchange's book, or may: what a cancel must reach. */
export function mayBeOpen(state: OrderState): boolean {
  return !isFinal(state) && state !== 'INTENT';
}

/** Our state for the exchange's status of an order and its executed quantity (a decimal string). */
export function stateOfReport(status: string, executedQuantity: string): OrderState {
  switch (status) {
    case 'NEW':
    case 'PENDING_NEW':
    case 'PENDING_CANCEL':
      return +executedQuantity > 0 ? 'PARTIALLY_FILLED' : 'ACKNOWLEDGED';
    case 'PARTIALLY_FILLED':
    case 'FILLED':
    case 'REJECTED':
      return status;
    case 'CANCELED':
      return 'CANCELLED';
    case 'EXPIRED':
    case 'EXPIRED_IN_MATCH':
      return 'EXPIRED';
    default:
      throw new Error(`the exchange reports an order status that is not known here: ${JSON.stringify(status)}`);
  }
}
