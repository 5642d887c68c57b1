/** User-data events of Binance's spot protocol, and what they leave out. */
import { z } from 'zod';
import type { Fill } from '../../../trading/types.js';
import type { Balance, OrderReport } from '../port.js';
import { listIdOf } from '../reports.js';
import { amount, decimal, id, millis, orderStatus, orderType, side } from '../schemas.js';

const executionReport = z.object({
  e: z.literal('executionReport'),
  s: z.string().min(2),
  c: z.string().min(1),
  C: z.string().nullish(),
  S: side,
  o: orderType,
  x: z.string(),
  X: orderStatus,
  i: id,
  g: id.optional(),
  q: amount,
  p: amount,
  P: amount.optional(),
  z: amount,
  Z: decimal,
  l: amount,
  L: amount,
  n: amount.nullish(),
  N: z.string().nullish(),
  t: id,
  T: millis,
  O: millis,
});

const accountPosition = z.object({
  e: z.literal('outboundAccountPosition'),
  u: millis,
  B: z.array(z.object({ a: z.string().min(1), f: amount, l: amount })),
});

const balanceUpdate = z.object({ e: z.literal('balanceUpdate'), T: millis });

export type UserEvent =
  | {
      kind: 'order';
      marketId: string;
      report: Omit<OrderReport, 'symbol'>;
      fill: Omit<Fill, 'symbol'> | null;
      at: number;
    }
  | { kind: 'balance'; balances: Balance[]; at: number }
  | { kind: 'transfer'; at: number }
  | { kind: 'terminated' }
  | { kind: 'other' }
  | { kind: 'bad' };

/** Reads one event; `bad` where it is one of ours and breaks its schema. */
export function readUserEvent(event: unknown): UserEvent {
  const name = (event as { e?: unknown } | null)?.e;
  if (name === 'eventStreamTerminated') return { kind: 'terminated' };
  if (name === 'executionReport') {
    const parsed = executionReport.safeParse(event);
    return parsed.success ? orderEvent(parsed.data) : { kind: 'bad' };
  }
  if (name === 'outboundAccountPosition') {
    const parsed = accountPosition.safeParse(event);
    if (!parsed.success) return { kind: 'bad' };
    const balances = parsed.data.B.map(({ a: asset, f: free, l: locked }) => ({ asset, free, locked }));
    return { kind: 'balance', balances, at: parsed.data.u };
  }
  if (name === 'balanceUpdate') {
    const parsed = balanceUpdate.safeParse(event);
    return parsed.success ? { kind: 'transfer', at: parsed.data.T } : { kind: 'bad' };
  }
  return { kind: 'other' };
}

function orderEvent(e: z.infer<typeof executionReport>): UserEvent {
  const fill = {
    tradeId: e.t,
    orderId: e.i,
    side: e.S,
    price: e.L,
    quantity: e.l,
    fee: e.n ?? '0',
    feeAsset: e.N ?? '',
    time: e.T,
  };
  return {
    kind: 'order',
    marketId: e.s,
    at: e.T,
    fill: e.x === 'TRADE' ? fill : null,
    report: {
      orderId: e.i,
      orderListId: listIdOf(e.g),
      // On a cancel `c` is the cancel's own id and `C` the order's.
      clientOrderId: e.C || e.c,
      side: e.S,
      type: e.o,
      status: e.X,
      price: e.p,
      stopPrice: e.P ?? '0',
      quantity: e.q,
      executedQuantity: e.z,
      cumulativeQuote: e.Z,
      time: e.O,
      updateTime: e.T,
    },
  };
}
