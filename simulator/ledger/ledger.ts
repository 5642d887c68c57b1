import { randomBytes } from 'node:crypto';
import { type Amount, formatAmount, maximum, multiplyUp } from '../amounts.js';
import type { Archives } from './archive.js';
import {
  type AccountRow,
  amountFrom,
  decodeOrder,
  decodeTrade,
  encodeAccount,
  encodeOrder,
  encodeTrade,
} from './codec.js';
import { createPutAside, listsOf, ordersOf, putAside, tradesOf } from './history.js';
import type { Journal, JournalLine } from './journal.js';
import {
  type Account,
  type Balance,
  isMarketType,
  isOpen,
  type Order,
  type OrderList,
  type Permissions,
  type Trade,
  type Transfer,
} from './types.js';

export type ExecutionType = 'NEW' | 'CANCELED' | 'EXPIRED' | 'TRADE';
/** What the user stream tells; amounts as they were when it happened. */
export type LedgerEvent =
  | { kind: 'order'; execution: ExecutionType; order: Order; trade: Trade | null; time: number; cancelId?: string }
  | { kind: 'list'; list: OrderList; time: number }
  | { kind: 'balances'; account: string; changed: Map<string, Balance>; time: number }
  | { kind: 'transfer'; account: string; asset: string; delta: Amount; time: number };

const ALL_RIGHTS: Permissions = {
  reading: true,
  trading: true,
  withdrawals: false,
  internalTransfer: false,
  universalTransfer: false,
  margin: false,
  futures: false,
  options: false,
  ipRestrict: false,
};

/**
 * Accounts, balances, orders and trades. Everything that changes between begin() and commit() is one line of the
 * journal, written before commit() returns: an answer given afterwards can never speak of something a kill would undo.
 */
export function createLedger(journal: Journal, archives: Archives, publish: (events: LedgerEvent[]) => void) {
  const accounts = new Map<string, Account>();
  const byKey = new Map<string, Account>();
  /** Those at hand (./history.ts), as the lists. */
  const orders = new Map<number, Order>();
  const lists = new Map<number, OrderList>();
  const counters = { order: 0, trade: 0, list: 0, transfer: 0 };
  const touched = {
    orders: new Set<Order>(),
    lists: new Set<OrderList>(),
    accounts: new Set<Account>(),
    balances: new Map<Account, Set<string>>(),
  };
  const fresh: { trades: Trade[]; transfers: [string, Transfer][]; events: LedgerEvent[] } = {
    trades: [],
    transfers: [],
    events: [],
  };

  const balanceOf = (account: Account, asset: string): Balance => {
    let balance = account.balances.get(asset);
    if (!balance) account.balances.set(asset, (balance = { free: 0n, locked: 0n }));
    return balance;
  };
  const touchBalance = (account: Account, asset: string) => {
    const assets = touched.balances.get(account);
    if (assets) assets.add(asset);
    else touched.balances.set(account, new Set([asset]));
  };

  function createAccount(id: string, realTime: number, marketTime: number): Account {
    const account: Account = {
      id,
      uid: 100_000_000 + accounts.size,
      apiKey: randomKey(),
      secret: randomKey(),
      createdAt: realTime,
      updateTime: marketTime,
      permissions: { ...ALL_RIGHTS },
      ...nothingYet(archives),
    };
    adopt(account);
    touched.accounts.add(account);
    return account;
  }
  function adopt(account: Account): void {
    accounts.set(account.id, account);
    byKey.set(account.apiKey, account);
  }

  /** Money from or to outside. The caller has checked that enough is free. */
  function transfer(account: Account, asset: string, delta: Amount, realTime: number, marketTime: number): void {
    const one = { id: ++counters.transfer, asset, amount: delta, time: realTime };
    account.transfers.push(one);
    fresh.transfers.push([account.id, one]);
    balanceOf(account, asset).free += delta;
    account.updateTime = marketTime;
    touchBalance(account, asset);
    fresh.events.push({ kind: 'transfer', account: account.id, asset, delta, time: marketTime });
  }

  function insertOrder(order: Order): void {
    orders.set(order.id, order);
    index(order);
    touched.orders.add(order);
  }
  function index(order: Order): void {
    const account = accounts.get(order.account) as Account;
    const known = account.orders.get(order.symbol);
    if (known) known.push(order);
    else account.orders.set(order.symbol, [order]);
    account.byClientId.set(`${order.symbol} ${order.clientId}`, order);
    if (isOpen(order)) account.open.set(order.id, order);
  }

  function insertList(list: OrderList): void {
    lists.set(list.id, list);
    (accounts.get(list.account) as Account).lists.push(list);
    touched.lists.add(list);
  }

  /** Marks an order changed; leaves the set of open ones when it is done. */
  function touch(order: Order, time: number): void {
    order.updateTime = time;
    touched.orders.add(order);
    if (!isOpen(order)) (accounts.get(order.account) as Account).open.delete(order.id);
  }

  /** What an open order needs reserved for its rest. */
  function required(order: Order): Amount {
    if (!isOpen(order) || order.status === 'PENDING_NEW' || order.type === 'MARKET') return 0n;
    const rest = order.quantity - order.executed;
    if (order.side === 'SELL') return rest;
    return multiplyUp(rest, isMarketType(order) ? order.stopPrice : order.price);
  }

  /** Moves between free and locked until the lock of the order (or of its pair) is what it has to be. */
  function relock(order: Order, assets: { base: string; quote: string }): void {
    const other = order.pair === 0 ? undefined : orders.get(order.pair);
    const holder = other && other.id < order.id ? other : order;
    const needed = other ? maximum(required(order), required(other)) : required(order);
    const delta = needed - holder.lock;
    if (delta === 0n) return;
    const account = accounts.get(order.account) as Account;
    const asset = order.side === 'SELL' ? assets.base : assets.quote;
    const balance = balanceOf(account, asset);
    balance.free -= delta;
    balance.locked += delta;
    holder.lock = needed;
    touched.orders.add(holder);
    touchBalance(account, asset);
  }

  /** Books a trade: pays from free (the caller relocks around it), receives, and pays the fee in its asset. */
  function settle(
    order: Order,
    trade: Trade,
    pay: { asset: string; amount: Amount },
    receive: { asset: string; amount: Amount },
  ): void {
    const account = accounts.get(order.account) as Account;
    balanceOf(account, pay.asset).free -= pay.amount;
    balanceOf(account, receive.asset).free += receive.amount;
    balanceOf(account, trade.feeAsset).free -= trade.fee;
    account.updateTime = trade.time;
    for (const asset of [pay.asset, receive.asset, trade.feeAsset]) touchBalance(account, asset);
    addTrade(account, trade);
    fresh.trades.push(trade);
  }
  function addTrade(account: Account, trade: Trade): void {
    const known = account.trades.get(trade.symbol);
    if (known) known.push(trade);
    else account.trades.set(trade.symbol, [trade]);
  }

  const event = (one: LedgerEvent) => fresh.events.push(one);

  /** Writes everything touched since the last commit as one line, then tells the listeners. */
  function commit(time: number): void {
    const line: JournalLine = { t: time };
    if (touched.accounts.size > 0) line.a = [...touched.accounts].map(encodeAccount);
    if (touched.orders.size > 0) line.o = [...touched.orders].map(encodeOrder);
    if (touched.lists.size > 0) line.l = [...touched.lists].map((list) => ({ ...list }));
    if (fresh.trades.length > 0) line.x = fresh.trades.map(encodeTrade);
    if (fresh.transfers.length > 0)
      line.f = fresh.transfers.map(([id, one]) => [id, one.id, one.asset, formatAmount(one.amount), one.time]);
    if (touched.balances.size > 0) {
      line.b = [...touched.balances].flatMap(([account, assets]) =>
        [...assets].map((asset) => {
          const { free, locked } = balanceOf(account, asset);
          return [account.id, asset, free.toString(), locked.toString()] as const;
        }),
      );
      for (const [account, assets] of touched.balances) {
        const changed = new Map([...assets].map((asset) => [asset, { ...balanceOf(account, asset) }]));
        fresh.events.push({ kind: 'balances', account: account.id, changed, time });
      }
    }
    const events = fresh.events;
    if (Object.keys(line).length > 1) journal.write(line);
    touched.accounts.clear();
    touched.orders.clear();
    touched.lists.clear();
    touched.balances.clear();
    fresh.trades = [];
    fresh.transfers = [];
    fresh.events = [];
    if (events.length > 0) publish(events);
  }

  /** Applies one line of the journal; lines hold whole states, so that applying one twice changes nothing. */
  function restore(line: JournalLine): void {
    for (const one of line.a ?? []) restoreAccount(one);
    for (const row of line.o ?? []) {
      const order = decodeOrder(row);
      counters.order = Math.max(counters.order, order.id);
      const known = orders.get(order.id);
      if (known) {
        Object.assign(known, order);
        if (!isOpen(known)) accounts.get(known.account)?.open.delete(known.id);
      } else {
        orders.set(order.id, order);
        index(order);
      }
    }
    for (const list of line.l ?? []) {
      counters.list = Math.max(counters.list, list.id);
      const known = lists.get(list.id);
      if (known) Object.assign(known, list);
      else {
        lists.set(list.id, list);
        accounts.get(list.account)?.lists.push(list);
      }
    }
    for (const row of line.x ?? []) {
      const trade = decodeTrade(row);
      counters.trade = Math.max(counters.trade, trade.id);
      const account = accounts.get(trade.account) as Account;
      if (trade.id > (account.trades.get(trade.symbol)?.at(-1)?.id ?? 0)) addTrade(account, trade);
    }
    for (const [accountId, id, asset, amount, time] of line.f ?? []) {
      if (id <= counters.transfer) continue;
      counters.transfer = id;
      accounts.get(accountId)?.transfers.push({ id, asset, amount: amountFrom(amount), time });
    }
    for (const [accountId, asset, free, locked] of line.b ?? [])
      accounts.get(accountId)?.balances.set(asset, { free: BigInt(free), locked: BigInt(locked) });
  }
  function restoreAccount(one: AccountRow): void {
    const known = accounts.get(one.id);
    if (known) {
      known.permissions = one.permissions;
      return;
    }
    adopt({
      ...one,
      updateTime: one.createdAt,
      ...nothingYet(archives),
    });
  }

  /** The whole state as journal lines, for a compact new file. */
  function* snapshot(time: number): Generator<JournalLine> {
    for (const account of accounts.values()) {
      yield { t: time, a: [encodeAccount(account)] };
      yield {
        t: time,
        b: [...account.balances].map(([asset, one]) => [account.id, asset, one.free.toString(), one.locked.toString()]),
      };
    }
    // Ids are compared on reading: in rising order, as they were given.
    const transfers = [...accounts.values()].flatMap((account) =>
      account.transfers.map((one) => [account.id, one] as const),
    );
    for (const [id, one] of transfers.sort(([, a], [, b]) => a.id - b.id))
      yield { t: time, f: [[id, one.id, one.asset, formatAmount(one.amount), one.time]] };
    for (const account of accounts.values()) {
      for (const list of listsOf(account)) yield { t: time, l: [list] };
      for (const symbol of account.orders.keys()) {
        for (const batch of batches(ordersOf(account, symbol))) yield { t: time, o: batch.map(encodeOrder) };
        for (const batch of batches(tradesOf(account, symbol))) yield { t: time, x: batch.map(encodeTrade) };
      }
    }
  }

  /** Frees memory of what has ended long ago; nothing that is asked for changes. */
  function tidy(isFresh: (order: Order) => boolean): void {
    for (const account of accounts.values()) putAside(account, { orders, lists }, isFresh);
  }

  const orderOf = (accountId: string, symbol: string, id: number): Order | undefined => {
    const account = accounts.get(accountId);
    return orders.get(id) ?? (account && ordersOf(account, symbol, { fromId: id, toId: id })[0]);
  };
  const listOf = (account: Account, id: number): OrderList | undefined =>
    lists.get(id) ?? listsOf(account, { fromId: id, toId: id })[0];

  return {
    accounts,
    byKey,
    orders,
    lists,
    counters,
    balanceOf,
    createAccount,
    transfer,
    insertOrder,
    insertList,
    touch,
    relock,
    settle,
    required,
    event,
    commit,
    restore,
    snapshot,
    tidy,
    orderOf,
    listOf,
    touchList: (list: OrderList) => touched.lists.add(list),
    touchAccount: (account: Account) => touched.accounts.add(account),
    reindexClientId: (order: Order) =>
      accounts.get(order.account)?.byClientId.set(`${order.symbol} ${order.clientId}`, order),
  };
}
export type Ledger = ReturnType<typeof createLedger>;

const nothingYet = (archives: Archives) => ({
  balances: new Map<string, Balance>(),
  open: new Map<number, Order>(),
  orders: new Map<string, Order[]>(),
  trades: new Map<string, Trade[]>(),
  byClientId: new Map<string, Order>(),
  lists: [] as OrderList[],
  transfers: [] as Transfer[],
  aside: createPutAside(archives),
});

/** 64 letters and digits, the form of Binance's keys. */
const randomKey = () =>
  randomBytes(64)
    .toString('base64')
    .replace(/[^A-Za-z0-9]/g, '')
    .slice(0, 64)
    .padEnd(64, 'x');

const BATCH = 200;
function* batches<T>(items: T[]): Generator<T[]> {
  for (let i = 0; i < items.length; i += BATCH) yield items.slice(i, i + BATCH);
}
