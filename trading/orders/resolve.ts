/** Places that are asked for an order whose outcome is unknown. */
export const RESOLVE_SOURCES = ['query', 'openOrders', 'allOrders', 'trades'] as const;
export type ResolveSource = (typeof RESOLVE_SOURCES)[number];

/** One place's answer. A call that failed is no answer and is left out. */
export interface ResolveAnswer {
  source: ResolveSource;
  found: boolean;
  /** The exchange's clock, ms, when the question was sent: what was asked before the deadline proves nothing. */
  askedAt: number;
}

export interface ResolveInput {
  /** Ours, ms by the exchange's clock, when the request went out. */
  sentAt: number;
  /** As signed into the request; the exchange refuses it once its clock is past timestamp + recvWindow. */
  fence: { timestamp: number; recvWindow: number };
  /** The exchange's clock now, ms. Taken from the exchange: ours may drift. */
  serverTime: number;
  /** How long a read may lag behind the engine, ms. */
  marginMs: number;
  answers: readonly ResolveAnswer[];
  /** Places that must all have said no after the deadline; by default the query and both lists. */
  required?: readonly ResolveSource[];
}

export type ResolveDecision = 'found' | 'wait' | 'gone';

/**
 * The fence's decision. `found`: some place knows the order, whenever it was asked. `gone`: the exchange can no longer
 * accept the request, and every required place, asked after that and the margin, does not know it. Else `wait`: ask
 * again (after resolveDeadline). Only `gone` allows a resend, under a new client order id.
 */
export function resolveStep(input: ResolveInput): ResolveDecision {
  const { answers, serverTime, required = ['query', 'openOrders', 'allOrders'] } = input;
  if (answers.some(({ found }) => found)) return 'found';
  const deadline = resolveDeadline(input);
  if (serverTime <= deadline) return 'wait';
  const denied = (source: ResolveSource): boolean =>
    answers.some((answer) => answer.source === source && answer.askedAt > deadline && answer.askedAt <= serverTime);
  return required.length > 0 && required.every(denied) ? 'gone' : 'wait';
}

/**
 * The exchange's time, ms, after which absence is proof. The fence's timestamp may lie a second ahead of the exchange's
 * clock and still be accepted, so the later of it and the sending counts.
 */
export function resolveDeadline({
  sentAt,
  fence,
  marginMs,
}: Pick<ResolveInput, 'sentAt' | 'fence' | 'marginMs'>): number {
  return Math.max(sentAt, fence.timestamp) + fence.recvWindow + marginMs;
}
