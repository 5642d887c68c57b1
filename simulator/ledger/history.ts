/** An account's orders, trades and lists: what is at hand, and what was put aside behind it. */
import { type Archive, type Archives, BLOCK, byId, fits, type Form, type Wanted } from './archive.js';
import { decodeOrder, decodeTrade, encodeOrder, encodeTrade, type OrderRow, type TradeRow } from './codec.js';
import type { Account, Order, OrderList, PutAside, Trade } from './types.js';

const ORDERS: Form<Order> = {
  encode: encodeOrder,
  decode: (row: OrderRow) => decodeOrder(row),
  tag: (one) => one.clientId,
};
const TRADES: Form<Trade> = {
  encode: encodeTrade,
  decode: (row: TradeRow) => decodeTrade(row),
  tag: (one) => String(one.orderId),
};
const LISTS: Form<OrderList> = { encode: (one) => one, decode: (row: OrderList) => row, tag: (one) => one.clientId };

export function createPutAside(archive: Archives): PutAside {
  const orders = new Map<string, Archive<Order>>();
  const trades = new Map<string, Archive<Trade>>();
  const of = <T>(map: Map<string, Archive<T>>, symbol: string, make: () => Archive<T>): Archive<T> => {
    const known = map.get(symbol);
    if (known) return known;
    const fresh = make();
    map.set(symbol, fresh);
    return fresh;
  };
  return {
    orders: (symbol) => of(orders, symbol, () => archive(ORDERS)),
    trades: (symbol) => of(trades, symbol, () => archive(TRADES)),
    lists: archive(LISTS),
    symbols: () => orders.keys(),
  };
}

/** All three in rising order of their ids. */
export const ordersOf = ({ orders, aside }: Account, symbol: string, wanted: Wanted = {}): Order[] =>
  join(aside.orders(symbol), orders.get(symbol), wanted, ORDERS);
export const tradesOf = ({ trades, aside }: Account, symbol: string, wanted: Wanted = {}): Trade[] =>
  join(aside.trades(symbol), trades.get(symbol), wanted, TRADES);
export const listsOf = ({ lists, aside }: Account, wanted: Wanted = {}): OrderList[] =>
  join(aside.lists, lists, wanted, LISTS);

function join<T extends { id: number; time: number }>(
  aside: Archive<T>,
  atHand: readonly T[] | undefined,
  wanted: Wanted,
  { tag }: Form<T>,
): T[] {
  const fit = fits(tag);
  const behind = aside.read(wanted);
  const found = (atHand ?? []).filter((one) => fit(one, wanted));
  // An order that rested for long is at hand although younger ones are not.
  return behind.length === 0 ? found : [...behind, ...found].sort(byId);
}

export const symbolsOf = ({ orders, aside }: Account): string[] => [...new Set([...orders.keys(), ...aside.symbols()])];

/** Of an account and symbol so many ended orders stay at hand. */
const KEPT = 20;

/**
 * Puts aside what has ended, oldest first.
 * @param isFresh whether something may still want to see the order as it was
 * @param gone gets the orders and lists that are no longer at hand, also where the store refuses to go on
 * @throws as the store does
 */
export function putAside(
  account: Account,
  at: { orders: ReadonlyMap<number, Order>; lists: ReadonlyMap<number, OrderList> },
  isFresh: (order: Order) => boolean,
  gone: { orders: Order[]; lists: OrderList[] },
): void {
  const left = new Set<number>();
  for (const [symbol, all] of account.orders) {
    if (all.length < KEPT + BLOCK) continue;
    const ended = all.filter(
      (order) => !account.open.has(order.id) && at.lists.get(order.listId)?.status !== 'EXECUTING' && !isFresh(order),
    );
    const old = blocksOf(ended, KEPT);
    if (old.length === 0) continue;
    account.aside.orders(symbol).add(old);
    for (const order of old) left.add(order.id);
    account.orders.set(symbol, without(all, old));
    gone.orders.push(...old);
  }
  if (left.size === 0) return;
  const isGone = (id: number): boolean => left.has(id) || !at.orders.has(id);
  for (const [symbol, all] of account.trades) {
    const old = blocksOf(all.filter((trade) => isGone(trade.orderId)));
    account.aside.trades(symbol).add(old);
    account.trades.set(symbol, without(all, old));
  }
  const lists = blocksOf(account.lists.filter((list) => list.status !== 'EXECUTING' && list.orderIds.every(isGone)));
  account.aside.lists.add(lists);
  account.lists = without(account.lists, lists);
  gone.lists.push(...lists);
}

const blocksOf = <T>(items: readonly T[], kept = 0): T[] =>
  items.slice(0, Math.max(0, items.length - kept - ((items.length - kept) % BLOCK)));

function without<T>(all: T[], some: readonly T[]): T[] {
  const gone = new Set(some);
  return gone.size === 0 ? all : all.filter((one) => !gone.has(one));
}
