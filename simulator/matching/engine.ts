import { type Amount, amountOf, divide, floorTo, multiply, ONE } from '../amounts.js';
import type { Ledger } from '../ledger/ledger.js';
import { isConditional, isMarketType, isOpen, type Order, type OrderList, type Trade } from '../ledger/types.js';
import type { PathPoint } from '../market/source.js';
import type { SymbolRules } from '../market/symbols.js';
import { createTriggerHeap, type TriggerHeap } from './heap.js';
import { type Fill, fillsOf, partOf, sum, type Taking } from './taking.js';

/** 0.1 % of what is received, maker and taker alike. */
export const FEE: Amount = ONE / 1_000n;

const BNB_FEE_PCT = 75n;

/** What the fault desk may change in the matching. */
export interface MatchingFaults {
  /** Divides the book's quantities; 1 = normal. */
  thinness(symbol: string, account: string): number;
  /** The part of a fill that happens now, 0 to 1; 1 = all. */
  part(symbol: string, account: string): number;
}

interface Market {
  rules: SymbolRules;
  last: Amount;
  time: number;
  rising: TriggerHeap; // reached from below: sell limits, stops of buys, targets of sells
  falling: TriggerHeap; // reached from above
  minuteVolume: number;
}

/** The matching engine: a price path on one side, resting orders on the other. It knows no HTTP and no clock. */
export function createEngine(ledger: Ledger, faults: MatchingFaults) {
  const markets = new Map<string, Market>();
  const market = (symbol: string): Market => {
    const found = markets.get(symbol);
    if (!found) throw new Error(`no market for ${symbol}`);
    return found;
  };
  let activate: (list: OrderList, working: Order) => void = () => undefined;

  function open(rules: SymbolRules, price: number, time: number, minuteVolume: number): void {
    markets.set(rules.symbol, {
      rules,
      last: amountOf(price),
      time,
      minuteVolume,
      rising: createTriggerHeap(1, isOpen),
      falling: createTriggerHeap(-1, isOpen),
    });
  }

  /** Moves a symbol's price along the path and executes what it meets, each order at the price and time that met it. */
  function move(symbol: string, points: PathPoint[]): void {
    const one = market(symbol);
    for (const point of points) {
      const target = amountOf(point.price);
      const start = one.last;
      const startTime = one.time;
      if (!point.continuous) {
        one.last = target;
        one.time = Math.floor(point.time);
      }
      const span = Number(target - start);
      for (;;) {
        const next = nextReached(one, target);
        if (!next) break;
        next.heap.pop();
        if (point.continuous) {
          const key = BigInt(next.key);
          const between = target >= start ? key > one.last && key <= target : key < one.last && key >= target;
          if (between) one.last = key;
          const share = span === 0 ? 1 : Number(one.last - start) / span;
          one.time = Math.max(one.time, Math.floor(startTime + (point.time - startTime) * share));
        }
        reached(one, next.order);
      }
      one.last = target;
      one.time = Math.floor(point.time);
      requeue(one);
    }
  }

  /** Orders that stay after being met (partial fills) wait for the next point, so that no point is endless. */
  const later: Order[] = [];
  function requeue(one: Market): void {
    for (const order of later.splice(0)) if (isOpen(order)) queue(order, one);
  }

  function nextReached(one: Market, target: Amount): { heap: TriggerHeap; key: number; order: Order } | null {
    const high = Number(target > one.last ? target : one.last);
    const low = Number(target < one.last ? target : one.last);
    const up = one.rising.peek();
    const down = one.falling.peek();
    const upIn = up !== undefined && up.key <= high;
    const downIn = down !== undefined && down.key >= low;
    if (upIn && (!downIn || target >= one.last)) return { heap: one.rising, ...up };
    if (downIn) return { heap: one.falling, ...down };
    return null;
  }

  function reached(one: Market, order: Order): void {
    if (isConditional(order) && !order.triggered) trigger(one, order);
    else fillResting(one, order);
  }

  function trigger(one: Market, order: Order): void {
    order.triggered = true;
    order.workingTime = one.time;
    expirePair(one, order);
    ledger.touch(order, one.time);
    take(order);
    if (isOpen(order)) queue(order, one);
  }

  /** A resting limit order whose price was traded fills at its own price, as maker. */
  function fillResting(one: Market, order: Order): void {
    const rest = order.quantity - order.executed;
    const quantity = partOf(rest, faults.part(order.symbol, order.account), one.rules.step);
    expirePair(one, order);
    execute(one, order, order.price, quantity, true);
    if (isOpen(order)) later.push(order);
    else finish(one, order);
  }

  /**
   * Takes what the book offers up to the order's limit (any price for market types). What market types and IOC leave
   * over expires; FOK fills whole or not at all; GTC leaves the rest to be queued by the caller.
   */
  function take(order: Order): void {
    const one = market(order.symbol);
    const plan = takeable(order);
    if (order.quoteQuantity > 0n) order.quantity = quoteSized(one, order, plan);
    if (order.timeInForce === 'FOK' && sum(plan) < order.quantity - order.executed) plan.length = 0;
    for (const fill of plan) execute(one, order, fill.price, fill.quantity, false);
    drawn = { key: '', thinness: 1, part: 1 };
    if (isOpen(order) && (isMarketType(order) || order.timeInForce !== 'GTC')) expire(one, order);
    else if (!isOpen(order)) finish(one, order);
  }

  /** The fills that an order would get now: no change is made. Faults are drawn once per order, not once per look. */
  function takeable(order: Taking): Fill[] {
    const one = market(order.symbol);
    const key = `${order.account} ${order.clientId} ${order.executed}`;
    if (drawn.key !== key)
      drawn = {
        key,
        thinness: faults.thinness(order.symbol, order.account),
        part: faults.part(order.symbol, order.account),
      };
    const budget = order.type === 'STOP_LOSS' || order.type === 'TAKE_PROFIT' ? affordable(order) : null;
    return fillsOf(one, order, budget, drawn);
  }
  let drawn = { key: '', thinness: 1, part: 1 };

  /** A triggered market BUY was reserved at its stop price; it can spend that and what else is free. */
  function affordable(order: Pick<Order, 'side' | 'account' | 'symbol' | 'lock'>): Amount | null {
    if (order.side === 'SELL') return null;
    const account = ledger.accounts.get(order.account);
    return account ? ledger.balanceOf(account, market(order.symbol).rules.quote).free + order.lock : null;
  }

  function execute(one: Market, order: Order, price: Amount, quantity: Amount, maker: boolean): void {
    const { base, quote } = one.rules;
    const value = multiply(price, quantity);
    const buy = order.side === 'BUY';
    const fee = feeInBnb(one, order, value) ?? {
      amount: multiply(buy ? quantity : value, FEE),
      asset: buy ? base : quote,
    };
    const trade: Trade = {
      id: ++ledger.counters.trade,
      account: order.account,
      orderId: order.id,
      listId: order.listId,
      symbol: order.symbol,
      side: order.side,
      price,
      quantity,
      quote: value,
      fee: fee.amount,
      feeAsset: fee.asset,
      time: one.time,
      maker,
    };
    order.executed += quantity;
    order.quote += value;
    order.status = order.executed >= order.quantity ? 'FILLED' : 'PARTIALLY_FILLED';
    const spent = { asset: buy ? quote : base, amount: buy ? value : quantity };
    ledger.settle(order, trade, spent, { asset: buy ? base : quote, amount: buy ? quantity : value });
    ledger.touch(order, one.time);
    ledger.relock(order, one.rules);
    ledger.event({ kind: 'order', execution: 'TRADE', order: { ...order }, trade, time: one.time });
  }

  /** At a discount, for whoever wishes it and has enough; null: what is received pays. */
  function feeInBnb({ rules }: Market, order: Order, value: Amount): { amount: Amount; asset: string } | null {
    const account = ledger.accounts.get(order.account);
    const price = markets.get(`BNB${rules.quote}`)?.last;
    if (!account?.permissions.feesInBnb || !price || rules.base === 'BNB') return null;
    const amount = divide(multiply(value, (FEE * BNB_FEE_PCT) / 100n), price);
    return ledger.balanceOf(account, 'BNB').free >= amount ? { amount, asset: 'BNB' } : null;
  }

  function finish(one: Market, order: Order): void {
    if (order.listId >= 0) afterLeg(one, order);
  }

  /** What the money buys: the fills it gets and, where the book ran out, what is missing at the last price. */
  function quoteSized(one: Market, order: Order, plan: Fill[]): Amount {
    const spent = plan.reduce((total, fill) => total + multiply(fill.price, fill.quantity), 0n);
    const missing = floorTo(((order.quoteQuantity - spent) * ONE) / (plan.at(-1)?.price ?? one.last), one.rules.step);
    return sum(plan) + missing;
  }

  function expire(one: Market, order: Order): void {
    order.status = 'EXPIRED';
    ledger.touch(order, one.time);
    ledger.relock(order, one.rules);
    ledger.event({ kind: 'order', execution: 'EXPIRED', order: { ...order }, trade: null, time: one.time });
    finish(one, order);
  }

  function expirePair(one: Market, order: Order): void {
    const other = order.pair === 0 ? undefined : ledger.orders.get(order.pair);
    if (!other || !isOpen(other)) return;
    other.status = 'EXPIRED';
    ledger.touch(other, one.time);
    ledger.relock(other, one.rules);
    heapOf(one, other)?.forget();
    ledger.event({ kind: 'order', execution: 'EXPIRED', order: { ...other }, trade: null, time: one.time });
  }

  /** Takes an order off the book for its owner's sake; a whole list goes with any of its legs. */
  function cancel(order: Order, time: number, cancelId?: string): Order[] {
    const one = market(order.symbol);
    const list = order.listId >= 0 ? ledger.lists.get(order.listId) : undefined;
    const ids = list ? list.orderIds : [order.id];
    const cancelled = ids.map((id) => ledger.orders.get(id) as Order).filter(isOpen);
    for (const leg of cancelled) {
      heapOf(one, leg)?.forget();
      leg.status = 'CANCELED';
      ledger.touch(leg, time);
      ledger.relock(leg, one.rules);
      ledger.event({ kind: 'order', execution: 'CANCELED', order: { ...leg }, trade: null, time, cancelId });
    }
    if (list) closeList(list, time);
    return cancelled;
  }

  function afterLeg(one: Market, order: Order): void {
    const list = ledger.lists.get(order.listId);
    if (!list || list.status !== 'EXECUTING') return;
    const legs = list.orderIds.map((id) => ledger.orders.get(id) as Order);
    if (order.id === list.workingId) {
      if (order.status === 'FILLED') activate(list, order);
      else
        for (const leg of legs.filter((leg) => leg.status === 'PENDING_NEW')) {
          leg.status = 'EXPIRED';
          ledger.touch(leg, one.time);
          ledger.event({ kind: 'order', execution: 'EXPIRED', order: { ...leg }, trade: null, time: one.time });
        }
    }
    if (!legs.some(isOpen)) closeList(list, one.time);
  }

  function closeList(list: OrderList, time: number): void {
    list.status = 'ALL_DONE';
    ledger.touchList(list);
    ledger.event({ kind: 'list', list: { ...list }, time });
  }

  function heapOf(one: Market, order: Order): TriggerHeap | null {
    if (isConditional(order) && !order.triggered) return stopRises(order) ? one.rising : one.falling;
    if (isMarketType(order) || order.status === 'PENDING_NEW') return null;
    return order.side === 'SELL' ? one.rising : one.falling;
  }

  /** Puts an open order where the price will find it. */
  function queue(order: Order, one: Market = market(order.symbol)): void {
    if (order.status === 'PENDING_NEW') return;
    const key = isConditional(order) && !order.triggered ? order.stopPrice : order.price;
    heapOf(one, order)?.add(Number(key), order);
  }

  return {
    open,
    move,
    take,
    takeable,
    cancel,
    queue,
    expire: (order: Order) => expire(market(order.symbol), order),
    closeList,
    last: (symbol: string) => market(symbol).last,
    timeOf: (symbol: string) => market(symbol).time,
    rules: (symbol: string) => market(symbol).rules,
    /** What happens when the first order of an OTO list has filled; set by the order lists' module. */
    onWorkingFilled: (handler: (list: OrderList, working: Order) => void) => {
      activate = handler;
    },
  };
}
export type Engine = ReturnType<typeof createEngine>;

/** A stop above the market: BUY STOP_LOSS and SELL TAKE_PROFIT. */
export const stopRises = (order: Pick<Order, 'side' | 'type'>) =>
  (order.side === 'BUY') === (order.type === 'STOP_LOSS' || order.type === 'STOP_LOSS_LIMIT');
