import type { LedgerEvent } from '../ledger/ledger.js';
import { type Account, type Balance, isOpen, type Order } from '../ledger/types.js';
import type { FaultDesk } from './desk.js';

/** Changes are remembered for this long, ms of real time: no read can lag further behind. */
const REMEMBERED = 120_000;
const TRIM_EVERY = 20_000;

interface Seen<T> {
  at: number;
  value: T;
}

/** The exchange's reads as a replica that is behind would answer them. */
export function createLag(desk: FaultDesk, realNow: () => number) {
  /** What an order was before each change; null = it did not exist. */
  const orders = new Map<number, { account: string; before: Seen<Order | null>[] }>();
  const trades = new Map<string, Seen<number>[]>();
  const balances = new Map<string, Seen<Map<string, Balance>>[]>();
  const latest = new Map<string, Map<string, Balance>>();

  let trimmed = realNow();

  function note(events: LedgerEvent[]): void {
    const at = realNow();
    for (const event of events) {
      if (event.kind === 'order') {
        const known = orders.get(event.order.id) ?? { account: event.order.account, before: [] };
        known.before.push({ at, value: event.execution === 'NEW' ? null : before(event) });
        orders.set(event.order.id, known);
        if (event.trade) append(trades, event.order.account, { at, value: event.trade.id });
      } else if (event.kind === 'balances') {
        const now = latest.get(event.account) ?? new Map<string, Balance>();
        append(balances, event.account, { at, value: new Map(now) });
        for (const [asset, balance] of event.changed) now.set(asset, balance);
        latest.set(event.account, now);
      }
    }
    trim(at);
  }

  function trim(at: number): void {
    if (at - trimmed < TRIM_EVERY) return;
    trimmed = at;
    for (const [id, known] of orders) if ((known.before.at(-1)?.at ?? 0) < at - REMEMBERED) orders.delete(id);
    for (const map of [trades, balances] as Map<string, Seen<unknown>[]>[])
      for (const [account, list] of map)
        map.set(
          account,
          list.filter((one) => one.at >= at - REMEMBERED),
        );
  }

  /** The account as it was `delayMs` ago when a lagging-reads fault meets this read; else the account itself. */
  function view(account: Account, endpoint: string): Account {
    if (!endpoint.startsWith('GET ') || !desk.active()) return account;
    const fault = desk.draw({ endpoint, account: account.id }, ['lagging-reads']);
    return fault ? past(account, realNow() - fault.delayMs) : account;
  }

  const changeAfter = (id: number, at: number) => orders.get(id)?.before.find((one) => one.at > at);

  function past(account: Account, at: number): Account {
    const then = (order: Order): Order | null => {
      const change = changeAfter(order.id, at);
      return change ? change.value : order;
    };
    const hidden = new Set((trades.get(account.id) ?? []).filter((one) => one.at > at).map((one) => one.value));
    const seen = new Map(
      [...account.orders].map(([symbol, list]) => [symbol, list.map(then).filter((one) => one !== null)]),
    );
    const all = [...seen.values()].flat();
    return {
      ...account,
      orders: seen,
      open: new Map(all.filter(isOpen).map((order) => [order.id, order])),
      byClientId: new Map(all.map((order) => [`${order.symbol} ${order.clientId}`, order])),
      trades: new Map(
        [...account.trades].map(([symbol, list]) => [symbol, list.filter((trade) => !hidden.has(trade.id))]),
      ),
      lists: account.lists.filter((list) => !list.orderIds.every((id) => changeAfter(id, at)?.value === null)),
      balances: balances.get(account.id)?.find((one) => one.at > at)?.value ?? account.balances,
    };
  }

  /** Whether a read that lags may have to tell of the order as it was: until then it stays at hand. */
  const remembers = (order: Order): boolean => orders.has(order.id);

  return { note, view, remembers };
}
export type Lag = ReturnType<typeof createLag>;

/** The order before an event, by undoing it. */
function before({ order, trade }: Extract<LedgerEvent, { kind: 'order' }>): Order {
  const executed = order.executed - (trade?.quantity ?? 0n);
  return {
    ...order,
    executed,
    quote: order.quote - (trade?.quote ?? 0n),
    status: executed > 0n ? 'PARTIALLY_FILLED' : 'NEW',
  };
}

function append<T>(map: Map<string, Seen<T>[]>, key: string, one: Seen<T>): void {
  const list = map.get(key);
  if (list) list.push(one);
  else map.set(key, [one]);
}
