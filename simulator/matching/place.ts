import { type Amount, multiply } from '../amounts.js';
import type { Ledger } from '../ledger/ledger.js';
import { type Account, isConditional, isOpen, type Order } from '../ledger/types.js';
import { bestPrice } from '../market/book.js';
import type { SymbolRules } from '../market/symbols.js';
import { errors } from '../rest/errors.js';
import { type Engine, stopRises } from './engine.js';
import { checkCounts, checkFilters, type Draft } from './filters.js';

export interface Placing {
  ledger: Ledger;
  engine: Engine;
  /** Mean price of the last five minutes. */
  average(symbol: string): Amount;
  /** Whether prices are fresh enough to trade on. */
  isOpen(): boolean;
}

/** Checks an order against filters, the market and the balance, in that order; throws the exchange's error. */
export function checkOrder(one: Placing, account: Account, draft: Draft): void {
  if (!one.isOpen()) throw errors.marketClosed();
  const rules = one.engine.rules(draft.symbol);
  checkFilters(rules, draft, one.average(draft.symbol));
  checkCounts(rules, account, [draft]);
  checkClientId(account, draft.clientId);
  checkMarket(one.engine, rules, draft);
  if (paying(account, one, rules, draft) < cost(one, account, draft)) throw errors.balance();
}

/** Places one order; it is booked, matched and in the journal's next line when this returns. */
export function placeOrder(one: Placing, account: Account, draft: Draft): Order {
  checkOrder(one, account, draft);
  const order = bookOrder(one, account, draft);
  startOrder(one, order);
  return order;
}

/** Enters an order into the ledger without a look at the market. */
export function bookOrder(
  { ledger, engine }: Placing,
  account: Account,
  draft: Draft,
  place: Partial<Pick<Order, 'listId' | 'pair' | 'status' | 'sizedByWorking'>> = {},
): Order {
  const time = engine.timeOf(draft.symbol);
  const order: Order = {
    id: ++ledger.counters.order,
    account: account.id,
    symbol: draft.symbol,
    side: draft.side,
    type: draft.type,
    timeInForce: draft.timeInForce,
    price: draft.price,
    stopPrice: draft.stopPrice,
    quantity: draft.quantity,
    quoteQuantity: draft.quoteQuantity,
    executed: 0n,
    quote: 0n,
    status: 'NEW',
    clientId: draft.clientId,
    listId: -1,
    pair: 0,
    time,
    updateTime: time,
    workingTime: isConditional(draft) ? -1 : time,
    lock: 0n,
    triggered: false,
    sizedByWorking: false,
    ...place,
  };
  if (order.status === 'PENDING_NEW') order.workingTime = -1;
  ledger.insertOrder(order);
  return order;
}

/** Reserves what the order needs and lets it meet the market. */
export function startOrder({ ledger, engine }: Placing, order: Order): void {
  const rules = engine.rules(order.symbol);
  ledger.relock(order, rules);
  ledger.event({
    kind: 'order',
    execution: 'NEW',
    order: { ...order },
    trade: null,
    time: engine.timeOf(order.symbol),
  });
  if (!isConditional(order) && order.type !== 'LIMIT_MAKER') engine.take(order);
  if (isOpen(order)) engine.queue(order);
}

export function checkClientId(account: Account, clientId: string): void {
  for (const open of account.open.values()) if (open.clientId === clientId) throw errors.duplicateOrder();
}

/** A maker that would take, and a stop that would trigger at once, are refused. */
export function checkMarket(engine: Engine, rules: SymbolRules, draft: Draft): void {
  const last = engine.last(draft.symbol);
  if (draft.type === 'LIMIT_MAKER' && crosses(rules, last, draft)) throw errors.matchesAtOnce();
  if (isConditional(draft) && (stopRises(draft) ? draft.stopPrice <= last : draft.stopPrice >= last))
    throw errors.triggersAtOnce();
}

const crosses = (rules: SymbolRules, last: Amount, draft: Draft) =>
  draft.side === 'BUY' ? draft.price >= bestPrice(rules, last, 'ask') : draft.price <= bestPrice(rules, last, 'bid');

export const paying = (account: Account, { ledger }: Placing, rules: SymbolRules, draft: Pick<Draft, 'side'>): Amount =>
  ledger.balanceOf(account, draft.side === 'BUY' ? rules.quote : rules.base).free;

/** What an order takes from the free balance, in the asset that it pays with. */
export function cost({ ledger, engine }: Placing, account: Account, draft: Draft): Amount {
  const open = { ...draft, account: account.id, executed: 0n, quote: 0n, lock: 0n };
  if (draft.type !== 'MARKET') return ledger.required({ ...open, status: 'NEW' } as Order);
  if (draft.side === 'SELL' && draft.quoteQuantity === 0n) return draft.quantity;
  if (draft.quoteQuantity > 0n && draft.side === 'BUY') return draft.quoteQuantity;
  const fills = engine.takeable(open);
  if (draft.side === 'SELL') return fills.reduce((total, fill) => total + fill.quantity, 0n);
  return fills.reduce((total, fill) => total + multiply(fill.price, fill.quantity), 0n);
}
