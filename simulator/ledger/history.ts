/** An account's orders, trades and lists: what is at hand, and what was put aside behind it. */
import { type Archive, type Archives, BLOCK, byId, fits, type Form, type Wanted } from './archive.js';
import { decodeOrder, decodeTrade, encodeOrder, encodeTrade } from './codec.js';
import type { Account, Order, OrderList, PutAside, Trade } from './types.js';

const ORDERS: Form<Order> = { encode: encodeOrder, decode: decodeOrder, tag: (one) => one.clientId };
const TRADES: Form<Trade> = { encode: encodeTrade, decode: decodeTrade, tag: (one) => String(one.orderId) };
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
  };
}

/** All three in rising order of their ids. */
export const ordersOf = ({ orders, aside }: Account, symbol: string, wanted: Wanted = {}): Order[] =>
  join(aside.orders(symbol), orders.get(symbol), wanted, ORDERS);
export const tradesOf = ({ trades, aside }: Account, symbol: string, wanted: Wanted = {}): Trade[] =>
  join(aside.trades(symbol), trades.get(symbol), wanted, TRADES);
/** An order's own. */
export const tradesOfOrder = (account: Account, { id, symbol, time }: Order): Trade[] =>
  tradesOf(account, symbol, { from: time, tag: String(id) });
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

/** Of an account and symbol so many ended orders stay at hand. */
const KEPT = 20;

/**
 * Puts aside what has ended, oldest first.
 * @param atHand of all accounts, by id; what is put aside is taken out of it
 * @param isFresh whether something may still want to see the order as it was
 * @throws as the store does; what it did not take stays at hand
 */
export function putAside(
  account: Account,
  atHand: { orders: Map<number, Order>; lists: Map<number, OrderList> },
  isFresh: (order: Order) => boolean,
): void {
  const { open, byClientId, aside } = account;
  for (const [symbol, all] of account.orders) {
    if (all.length < KEPT + BLOCK) continue;
    const ended = all.filter(
      (order) => !open.has(order.id) && atHand.lists.get(order.listId)?.status !== 'EXECUTING' && !isFresh(order),
    );
    const old = blocksOf(ended, KEPT);
    aside.orders(symbol).add(old);
    account.orders.set(symbol, without(all, old));
    for (const order of old) {
      atHand.orders.delete(order.id);
      const key = `${symbol} ${order.clientId}`;
      if (byClientId.get(key) === order) byClientId.delete(key);
    }
  }
  const isAtHand = (id: number): boolean => atHand.orders.has(id);
  for (const [symbol, all] of account.trades) {
    if (all.length < BLOCK) continue;
    const old = blocksOf(all.filter((trade) => !isAtHand(trade.orderId)));
    aside.trades(symbol).add(old);
    account.trades.set(symbol, without(all, old));
  }
  if (account.lists.length < BLOCK) return;
  const old = blocksOf(account.lists.filter((list) => list.status !== 'EXECUTING' && !list.orderIds.some(isAtHand)));
  aside.lists.add(old);
  account.lists = without(account.lists, old);
  for (const list of old) atHand.lists.delete(list.id);
}

const blocksOf = <T>(items: readonly T[], kept = 0): T[] =>
  items.slice(0, Math.max(0, items.length - kept - ((items.length - kept) % BLOCK)));

function without<T>(all: T[], some: readonly T[]): T[] {
  const gone = new Set(some);
  return gone.size === 0 ? all : all.filter((one) => !gone.has(one));
}
