import { formatAmount } from '../amounts.js';
import type { LedgerEvent } from '../ledger/ledger.js';
import { isConditional } from '../ledger/types.js';
import { listView } from '../ledger/views.js';
import type { Ledger } from '../ledger/ledger.js';

/** The user-data stream's events in Binance's short names; all times are market time. */
export function userEvent(ledger: Ledger, event: LedgerEvent): { account: string; payload: Record<string, unknown> } {
  switch (event.kind) {
    case 'order':
      return { account: event.order.account, payload: executionReport(event) };
    case 'list': {
      const { list } = event;
      const view = listView(ledger, list);
      return {
        account: list.account,
        payload: {
          e: 'listStatus',
          E: event.time,
          s: list.symbol,
          g: list.id,
          c: list.contingency,
          l: view.listStatusType,
          L: view.listOrderStatus,
          r: 'NONE',
          C: list.clientId,
          T: event.time,
          O: view.orders.map((order) => ({ s: order.symbol, i: order.orderId, c: order.clientOrderId })),
        },
      };
    }
    case 'balances':
      return {
        account: event.account,
        payload: {
          e: 'outboundAccountPosition',
          E: event.time,
          u: event.time,
          B: [...event.changed].map(([asset, one]) => ({
            a: asset,
            f: formatAmount(one.free),
            l: formatAmount(one.locked),
          })),
        },
      };
    case 'transfer':
      return {
        account: event.account,
        payload: { e: 'balanceUpdate', E: event.time, a: event.asset, d: formatAmount(event.delta), T: event.time },
      };
  }
}

function executionReport({ execution, order, trade, time, cancelId }: Extract<LedgerEvent, { kind: 'order' }>) {
  return {
    e: 'executionReport',
    E: time,
    s: order.symbol,
    c: cancelId ?? order.clientId,
    S: order.side,
    o: order.type,
    f: order.timeInForce,
    q: formatAmount(order.quantity),
    p: formatAmount(order.price),
    P: formatAmount(order.stopPrice),
    F: '0.00000000',
    g: order.listId,
    C: cancelId === undefined ? '' : order.clientId,
    x: execution,
    X: order.status,
    r: 'NONE',
    i: order.id,
    l: formatAmount(trade?.quantity ?? 0n),
    z: formatAmount(order.executed),
    L: formatAmount(trade?.price ?? 0n),
    n: formatAmount(trade?.fee ?? 0n),
    N: trade?.feeAsset ?? null,
    T: time,
    t: trade?.id ?? -1,
    I: order.id * 10 + (trade ? 1 : 0),
    w: order.status === 'NEW' || order.status === 'PARTIALLY_FILLED' ? !isConditional(order) || order.triggered : false,
    m: trade?.maker ?? false,
    M: false,
    O: order.time,
    Z: formatAmount(order.quote),
    Y: formatAmount(trade?.quote ?? 0n),
    Q: formatAmount(order.quoteQuantity),
    W: order.workingTime,
    V: 'EXPIRE_MAKER',
  };
}
