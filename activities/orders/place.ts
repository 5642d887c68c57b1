/**
 * Sends one order (or one protective list) at most once, and finds out what became of it.
 *
 * The intent is stored as SUBMITTING, with the fence that will be signed, before anything is sent. Whoever finds it
 * stored already (a second attempt, another worker) does not send: they resolve, by query until the exchange can no
 * longer accept the request, and then by every list it has. The decision is trading/orders/resolve.ts; here is the I/O.
 *
 * Refusals and absence are noted here. What the exchange knows of the order is the caller's to note (./note.ts),
 * together with what follows from it: until then the order counts as unresolved, and whoever comes next asks again.
 */
import type { NewOrder, StoredOrder } from '../../adapters/database/ordersRepository.js';
import { ExchangeError } from '../../adapters/exchange/errors.js';
import type { Fence, OrderReport } from '../../adapters/exchange/port.js';
import { asBare } from '../../adapters/exchange/priority.js';
import { type OrderState, type ResolveAnswer, resolveDeadline, resolveStep } from '../../trading/orders/index.js';
import { crashPoint, crashSoon } from '../crashPoints.js';
import { BARE_FENCE_MS, type Desk, FENCE_MS, READ_LAG_MS } from './desk.js';

export type Settled =
  /** The exchange knows the order(s); `reports` as it last told, first leg first. Not noted yet. */
  | { kind: 'known'; reports: OrderReport[]; evidence: Evidence }
  /** The exchange refused it, for good. */
  | { kind: 'rejected'; error: { kind: string; code?: number; message: string } }
  /** It never reached the exchange and can no longer do so; `proven` where that took its time already. */
  | { kind: 'gone'; why: string; proven?: boolean };

export type Known = Extract<Settled, { kind: 'known' }>;

/** What showed it: the answer to the placement itself, or a question afterwards. */
export type Evidence = 'response' | 'query' | 'unfenced';

export interface Placement {
  symbol: string;
  /** One order, or the legs of one list: they live and die together. */
  orders: NewOrder[];
  /** Taken before the last reason to send nothing was looked for; by default it is taken with the intent. */
  fence?: Fence | undefined;
  send(fence: Fence): Promise<OrderReport[]>;
}

export async function place(desk: Desk, placement: Placement): Promise<Settled> {
  const { orders } = desk.deps.repositories;
  const first = placement.orders[0]!;
  crashPoint('before-intent');
  const fence = placement.fence ?? desk.fence(first.side === 'SELL' && !desk.late ? BARE_FENCE_MS : FENCE_MS);
  const fenced = placement.orders.map((order) => ({
    ...order,
    fenceTimestamp: fence.timestamp,
    recvWindow: fence.recvWindow,
  }));
  const isNew =
    fenced.length === 1
      ? await orders.insertIntent(fenced[0]!)
      : (await orders.insertIntents(fenced)) === fenced.length;
  if (!isNew) {
    const stored = await orders.get(first.clientOrderId);
    return stored
      ? resume(desk, placement, stored)
      : { kind: 'gone', why: 'the intent was removed while it was written' };
  }
  crashPoint('after-intent');
  try {
    const sending = placement.send(fence);
    crashSoon('in-flight', 20);
    const reports = await sending;
    crashPoint('after-send');
    return { kind: 'known', reports, evidence: 'response' };
  } catch (error) {
    return afterFailedSend(desk, placement, fence, error);
  }
}

async function afterFailedSend(desk: Desk, placement: Placement, fence: Fence, error: unknown): Promise<Settled> {
  if (!(error instanceof ExchangeError)) throw error; // the books failed, not the exchange: the next attempt resolves
  if (error.kind === 'OrderOutcomeUnknown') {
    desk.lines.push({
      level: 'WARNING',
      component: 'EXECUTOR',
      message: `${placement.symbol}: outcome unknown, asking the exchange`,
      data: { clientOrderId: placement.orders[0]!.clientOrderId, error: error.message },
    });
    await moveAll(desk, placement, ['SUBMITTING'], 'UNKNOWN', error.message);
    return asBare(() => resolve(desk, placement, fence));
  }
  if (error.kind === 'ClockSkew') desk.late = true;
  const refused = isRefusal(error);
  await moveAll(desk, placement, ['SUBMITTING'], refused ? 'REJECTED' : 'ABANDONED', error.message);
  if (!refused) return { kind: 'gone', why: error.message };
  return { kind: 'rejected', error: { kind: error.kind, code: error.code, message: error.message } };
}

/** The exchange looked at the order and said no; the others (limits, clock, connection) never let it be looked at. */
const isRefusal = (error: ExchangeError): boolean =>
  [
    'InsufficientFunds',
    'OrderRejected',
    'OrderImmediatelyTriggers',
    'AuthenticationFailed',
    'NotSupportedByVenue',
  ].includes(error.kind);

async function resume(desk: Desk, placement: Placement, stored: StoredOrder): Promise<Settled> {
  if (stored.status === 'REJECTED')
    return { kind: 'rejected', error: { kind: 'OrderRejected', message: stored.reason ?? 'refused before' } };
  if (stored.status === 'ABANDONED') return { kind: 'gone', why: stored.reason ?? 'given up before' };
  return asBare(() => resolve(desk, placement, fenceOf(stored)));
}

/** The fence that was stored with an intent. */
const fenceOf = ({ fenceTimestamp, recvWindow, createdAt }: StoredOrder): Fence => ({
  timestamp: fenceTimestamp ?? createdAt.getTime(),
  recvWindow: recvWindow ?? 60_000,
});

/** The exchange's time, ms, after which a request that it doesn't show never reached it and no longer can. */
const provenGoneAfter = (fence: Fence): number =>
  resolveDeadline({ sentAt: fence.timestamp, fence, marginMs: READ_LAG_MS });

/** The same of a stored order: where the exchange has shown it before, only its reads can lag. */
export function absenceProvenAfter(desk: Desk, order: StoredOrder): number {
  if (order.status === 'SUBMITTING' || order.status === 'UNKNOWN') return provenGoneAfter(fenceOf(order));
  return order.updatedAt.getTime() + (desk.exchangeNow() - desk.deps.now()) + READ_LAG_MS;
}

/** How long past the fence an exchange that can't be reached is asked within one attempt. */
const PATIENCE_MS = 20_000;

/**
 * Asks until the exchange's answer is proof; a holding may hang on it, so no other work's weight is waited for. It goes on when cancelled, for what may have been sent is not left unknown;
 * only an exchange that can't be reached ends it (at once when cancelled, else after some patience, so that an outage
 * ends the cycle and is seen), and not before the fence has passed: from there on nothing of this placement can happen
 * any more, and whoever comes next resolves it.
 */
async function resolve(desk: Desk, placement: Placement, fence: Fence): Promise<Settled> {
  const deadline = provenGoneAfter(fence);
  if (FENCE_OFF) return resendUnfenced(desk, placement);
  for (let round = 0; ; round++) {
    desk.heartbeat(`resolving ${placement.orders[0]!.clientOrderId}`);
    try {
      const settled = await lookOnce(desk, placement, fence, deadline);
      if (settled) return settled;
    } catch (error) {
      if (!(error instanceof ExchangeError)) throw error;
      const now = desk.exchangeNow();
      if (now > deadline && (desk.cancelled() || now > deadline + PATIENCE_MS)) throw error;
    }
    const untilProof = deadline - desk.exchangeNow() + PROOF_MARGIN_MS;
    await desk.pause(untilProof > 0 ? Math.min(1_000, 250 * (round + 1), untilProof) : 250);
  }
}

/** Clocks are known to some ms only: asked this much later, the answer is proof. */
const PROOF_MARGIN_MS = 40;

/**
 * What most bots do: ask once, and send again if the order isn't there. Only a fault campaign switches this on, to show
 * that its judge sees the doubled orders which the fence prevents.
 */
const FENCE_OFF = process.env['CAMPAIGN'] === 'true' && process.env['ORDER_FENCE'] === 'off';

async function resendUnfenced(desk: Desk, placement: Placement): Promise<Settled> {
  for (;;) {
    try {
      const { reports } = await ask(desk, placement, false);
      const known = reports.length === placement.orders.length;
      const found = known ? reports : await placement.send(desk.fence());
      return { kind: 'known', reports: found, evidence: 'unfenced' };
    } catch (error) {
      if (!(error instanceof ExchangeError)) throw error;
      if (error.kind !== 'OrderOutcomeUnknown' && error.kind !== 'ExchangeUnavailable') {
        await moveAll(desk, placement, ['SUBMITTING', 'UNKNOWN'], 'REJECTED', error.message);
        return { kind: 'rejected', error: { kind: error.kind, message: error.message } };
      }
    }
    await desk.pause(200);
  }
}

/** How the reason of an order begins that was given up because the exchange showed it nowhere. Its reads may lag. */
export const NEVER_SHOWN = 'unknown to the exchange';

async function lookOnce(desk: Desk, placement: Placement, fence: Fence, deadline: number): Promise<Settled | null> {
  const { market } = desk.venue.exchange;
  const { serverTime } = await market.serverTime();
  const past = serverTime > deadline;
  const { reports, answers } = await ask(desk, placement, past);
  const asked = past ? (await market.serverTime()).serverTime : serverTime;
  const decision = resolveStep({ sentAt: fence.timestamp, fence, serverTime: asked, marginMs: READ_LAG_MS, answers });
  const isComplete = reports.length === placement.orders.length;
  if (decision === 'found' && (isComplete || reports.every(({ orderListId }) => orderListId === null))) {
    const unsent = placement.orders.filter(
      (order) => !reports.some((one) => one.clientOrderId === order.clientOrderId),
    );
    const evidence = 'not of the list it was stored with: what was sent stands alone';
    await moveAll(desk, { ...placement, orders: unsent }, ['SUBMITTING', 'UNKNOWN'], 'ABANDONED', evidence);
    return { kind: 'known', reports, evidence: 'query' };
  }
  if (decision !== 'gone') return null;
  const evidence = `${NEVER_SHOWN} ${asked - fence.timestamp} ms after a request that was valid for ${fence.recvWindow} ms`;
  await moveAll(desk, placement, ['SUBMITTING', 'UNKNOWN'], 'ABANDONED', evidence);
  return { kind: 'gone', why: 'it never reached the exchange', proven: true };
}

/** The query first; once it can be proof, every list as well. A failed call is no answer. */
async function ask(
  desk: Desk,
  { symbol, orders }: Placement,
  past: boolean,
): Promise<{ reports: OrderReport[]; answers: ResolveAnswer[] }> {
  const ids = orders.map((order) => order.clientOrderId);
  const found = new Map<string, OrderReport>();
  const answers: ResolveAnswer[] = [];
  const look = async (source: ResolveAnswer['source'], call: () => Promise<OrderReport[]>): Promise<void> => {
    const asked = desk.exchangeNow();
    try {
      const reports = (await call()).filter((report) => ids.includes(report.clientOrderId));
      for (const report of reports) if (!found.has(report.clientOrderId)) found.set(report.clientOrderId, report);
      answers.push({ source, found: reports.length > 0, askedAt: asked });
    } catch (error) {
      if (!(error instanceof ExchangeError)) throw error;
    }
  };
  await look('query', async () => {
    const reports = await Promise.all(ids.map((id) => desk.account.queryOrder(symbol, id, { recvWindow: 5_000 })));
    return reports.filter((report) => report !== null);
  });
  if (past && found.size === 0)
    await Promise.all([
      look('openOrders', () => desk.account.openOrders(symbol)),
      look('allOrders', () => desk.account.allOrders(symbol, { limit: 500 })),
    ]);
  return { reports: ids.flatMap((id) => found.get(id) ?? []), answers };
}

async function moveAll(
  desk: Desk,
  { orders }: Placement,
  from: OrderState[],
  to: OrderState,
  evidence: string,
): Promise<void> {
  for (const order of orders)
    await desk.deps.repositories.orders.transition(order.clientOrderId, from, to, evidence, {
      reason: evidence.slice(0, 300),
    });
}
