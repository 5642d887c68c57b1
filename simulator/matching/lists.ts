import { type Amount, divide, floorTo, maximum } from '../amounts.js';
import { FEE } from './engine.js';
import { tradesOfOrder } from '../ledger/history.js';
import { type Account, isOpen, type Order, type OrderList } from '../ledger/types.js';
import { ONE } from '../amounts.js';
import { errors } from '../rest/errors.js';
import { checkCounts, checkFilters, type Draft } from './filters.js';
import { bookOrder, checkClientId, checkMarket, cost, type Placing, paying, startOrder } from './place.js';

/** One-cancels-other: two legs of one side and quantity. `above` lies over the market, `below` under it. */
export interface OcoDraft {
  listClientId: string;
  above: Draft;
  below: Draft;
}

/** A working order whose full fill starts one pending order or a pending pair. */
export interface OtoDraft {
  listClientId: string;
  working: Draft;
  pending: [Draft] | [Draft, Draft];
  /** OPO and OPOCO: the pending quantity is what the working order received, net of its fee. */
  sizedByWorking: boolean;
}

export function placeOco(one: Placing, account: Account, { listClientId, above, below }: OcoDraft): OrderList {
  if (!one.isOpen()) throw errors.marketClosed();
  const rules = one.engine.rules(above.symbol);
  checkPair(above, below);
  for (const leg of [below, above]) {
    checkFilters(rules, leg, one.average(leg.symbol));
    checkClientId(account, leg.clientId);
  }
  checkNew(account, listClientId, [above, below]);
  checkCounts(rules, account, [above, below], 1);
  for (const leg of [below, above]) checkRelation(one, leg);
  const needed = maximum(cost(one, account, above), cost(one, account, below));
  if (paying(account, one, rules, above) < needed) throw errors.balance();
  const list = newList(one, account, above.symbol, 'OCO', listClientId);
  const legs = bookPair(one, account, list, below, above, 'NEW');
  one.ledger.event({ kind: 'list', list: { ...list }, time: list.time });
  for (const leg of legs) startOrder(one, leg);
  return list;
}

export function placeOto(one: Placing, account: Account, draft: OtoDraft): OrderList {
  if (!one.isOpen()) throw errors.marketClosed();
  const { working, pending } = draft;
  const rules = one.engine.rules(working.symbol);
  const all = [working, ...pending];
  if (pending.length === 2) checkPair(pending[1], pending[0]);
  for (const leg of all) {
    const sized =
      leg === working || !draft.sizedByWorking ? leg : { ...leg, quantity: received(working, leg, rules.step) };
    checkFilters(rules, sized, one.average(leg.symbol));
    checkClientId(account, leg.clientId);
  }
  checkNew(account, draft.listClientId, all);
  checkCounts(rules, account, all, 1);
  checkMarket(one.engine, rules, working);
  if (paying(account, one, rules, working) < cost(one, account, working)) throw errors.balance();
  const list = newList(one, account, working.symbol, 'OTO', draft.listClientId);
  const first = bookOrder(one, account, working, { listId: list.id });
  list.orderIds.push(first.id);
  list.workingId = first.id;
  const [a, b] = pending;
  const place = { listId: list.id, status: 'PENDING_NEW', sizedByWorking: draft.sizedByWorking } as const;
  if (b) bookPair(one, account, list, a, b, 'PENDING_NEW', draft.sizedByWorking);
  else list.orderIds.push(bookOrder(one, account, a, place).id);
  one.ledger.event({ kind: 'list', list: { ...list }, time: list.time });
  startOrder(one, first);
  return list;
}

/** The working order has filled: its pending orders become real, if their money is there. */
export function activatePending(one: Placing, list: OrderList, working: Order): void {
  const { ledger, engine } = one;
  const account = ledger.accounts.get(list.account) as Account;
  const rules = engine.rules(list.symbol);
  const legs = list.orderIds.map((id) => ledger.orders.get(id) as Order).filter((leg) => leg.status === 'PENDING_NEW');
  const taken = tradesOfOrder(account, working)
    .filter(({ feeAsset }) => feeAsset !== 'BNB')
    .reduce((total, { fee }) => total + fee, 0n);
  for (const leg of legs) if (leg.sizedByWorking) leg.quantity = received(working, leg, rules.step, taken);
  const needed = legs.reduce((most, leg) => maximum(most, cost(one, account, leg)), 0n);
  const starved =
    legs.length === 0 ||
    paying(account, one, rules, legs[0] as Order) < needed ||
    legs.some((leg) => leg.quantity <= 0n);
  const time = engine.timeOf(list.symbol);
  for (const leg of legs) {
    leg.status = starved ? 'EXPIRED' : 'NEW';
    leg.time = time;
    if (!starved && leg.stopPrice === 0n) leg.workingTime = time;
    ledger.touch(leg, time);
  }
  for (const leg of legs) {
    if (starved) ledger.event({ kind: 'order', execution: 'EXPIRED', order: { ...leg }, trade: null, time });
    else if (isOpen(leg)) startOrder(one, leg);
  }
}

/**
 * Quantity of a pending order from what the working one received or, before it fills, will receive at its price.
 * @param taken fees of its fills that were taken from what it received; the usual ones are expected before it fills
 */
function received(
  working: Pick<Order, 'side' | 'quantity' | 'price'> & Partial<Order>,
  leg: Draft,
  step: Amount,
  taken?: Amount,
): Amount {
  const quantity = working.executed && working.executed > 0n ? working.executed : working.quantity;
  const net = (amount: Amount): Amount => (taken === undefined ? (amount * (ONE - FEE)) / ONE : amount - taken);
  if (working.side === 'BUY') return floorTo(net(quantity), step);
  const proceeds = net(working.quote && working.quote > 0n ? working.quote : (quantity * working.price) / ONE);
  return floorTo(
    divide(proceeds, leg.price > 0n ? leg.price : leg.stopPrice > 0n ? leg.stopPrice : working.price),
    step,
  );
}

function newList(
  one: Placing,
  account: Account,
  symbol: string,
  contingency: OrderList['contingency'],
  clientId: string,
): OrderList {
  const time = one.engine.timeOf(symbol);
  const list: OrderList = {
    id: ++one.ledger.counters.list,
    account: account.id,
    symbol,
    contingency,
    clientId,
    orderIds: [],
    workingId: 0,
    status: 'EXECUTING',
    time,
  };
  one.ledger.insertList(list);
  return list;
}

function bookPair(
  one: Placing,
  account: Account,
  list: OrderList,
  below: Draft,
  above: Draft,
  status: 'NEW' | 'PENDING_NEW',
  sized = false,
): Order[] {
  const place = { listId: list.id, status, sizedByWorking: sized };
  const first = bookOrder(one, account, below, place);
  const second = bookOrder(one, account, above, { ...place, pair: first.id });
  first.pair = second.id;
  list.orderIds.push(first.id, second.id);
  return [first, second];
}

function checkNew(account: Account, listClientId: string, drafts: readonly Draft[]): void {
  if (new Set(drafts.map((draft) => draft.clientId)).size < drafts.length) throw errors.duplicateOrder();
  if (account.lists.some((list) => list.status === 'EXECUTING' && list.clientId === listClientId))
    throw errors.duplicateOrder();
}

const isStop = (draft: Draft) => draft.type === 'STOP_LOSS' || draft.type === 'STOP_LOSS_LIMIT';
const isTarget = (draft: Draft) =>
  draft.type === 'LIMIT_MAKER' || draft.type === 'TAKE_PROFIT' || draft.type === 'TAKE_PROFIT_LIMIT';

/** SELL: target above, stop below; BUY: stop above, target below. */
function checkPair(above: Draft, below: Draft): void {
  const [stop, target] = above.side === 'SELL' ? [below, above] : [above, below];
  if (!isStop(stop) || !isTarget(target)) throw errors.orderType();
  const upper = above.type === 'LIMIT_MAKER' ? above.price : above.stopPrice;
  const lower = below.type === 'LIMIT_MAKER' ? below.price : below.stopPrice;
  if (upper <= lower) throw errors.priceRelation();
}

/** Of a list's legs the exchange says all price faults in the same words. */
function checkRelation(one: Placing, leg: Draft): void {
  const last = one.engine.last(leg.symbol);
  const level = leg.type === 'LIMIT_MAKER' ? leg.price : leg.stopPrice;
  const above = leg.side === 'SELL' ? isTarget(leg) : isStop(leg);
  if (above ? level <= last : level >= last) throw errors.priceRelation();
}
