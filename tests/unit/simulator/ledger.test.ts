import fc from 'fast-check';
import { type Amount, amountOf, maximum, ONE } from '../../../simulator/amounts.js';
import type { Exchange } from '../../../simulator/exchange.js';
import { type Account, isOpen, type Order, type OrderType, type Side } from '../../../simulator/ledger/types.js';
import { balancesView, orderView, tradeView } from '../../../simulator/ledger/views.js';
import type { Draft } from '../../../simulator/matching/filters.js';
import { placeOco, placeOto } from '../../../simulator/matching/lists.js';
import { placeOrder } from '../../../simulator/matching/place.js';
import { ApiError } from '../../../simulator/rest/errors.js';
import { exchangeOf, memoryJournal, walk } from './support.js';

// Whatever clients and the market do: money is neither made nor lost, and a restart finds everything as it was.

type Action =
  | {
      kind: 'order';
      side: Side;
      type: OrderType;
      quantity: number;
      offset: number;
      stop: number;
      tif: 'GTC' | 'IOC' | 'FOK';
    }
  | { kind: 'quote'; side: Side; money: number }
  | { kind: 'oco'; side: Side; quantity: number; above: number; below: number }
  | { kind: 'otoco'; quantity: number; offset: number; sized: boolean }
  | { kind: 'cancel'; pick: number }
  | { kind: 'step'; minutes: number }
  | { kind: 'price'; factor: number; continuous: boolean }
  | { kind: 'fault'; part: boolean }
  | { kind: 'transfer'; amount: number };

const side = fc.constantFrom<Side>('BUY', 'SELL');
const types = [
  'MARKET',
  'LIMIT',
  'LIMIT_MAKER',
  'STOP_LOSS',
  'STOP_LOSS_LIMIT',
  'TAKE_PROFIT',
  'TAKE_PROFIT_LIMIT',
] as const;
const quantity = fc.integer({ min: 10, max: 40_000 }).map((n) => n / 100_000);
const offset = fc.integer({ min: -300, max: 300 });
const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('order' as const),
      side,
      type: fc.constantFrom(...types),
      quantity,
      offset,
      stop: offset,
      tif: fc.constantFrom('GTC', 'IOC', 'FOK'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('quote' as const), side, money: fc.integer({ min: 5, max: 5_000 }) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('oco' as const),
      side,
      quantity,
      above: fc.integer({ min: 1, max: 400 }),
      below: fc.integer({ min: 1, max: 400 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('otoco' as const), quantity, offset, sized: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('cancel' as const), pick: fc.nat(20) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('step' as const), minutes: fc.integer({ min: 1, max: 30 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('price' as const),
      factor: fc.integer({ min: 97, max: 103 }).map((n) => n / 100),
      continuous: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('fault' as const), part: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('transfer' as const), amount: fc.integer({ min: -50, max: 50 }) }),
  },
);

let counter = 0;
const draft = (fields: Partial<Draft> & Pick<Draft, 'side' | 'type' | 'quantity'>): Draft => ({
  symbol: 'BTCUSDT',
  timeInForce: 'GTC',
  price: 0n,
  stopPrice: 0n,
  quoteQuantity: 0n,
  clientId: `c${counter++}`,
  ...fields,
});
const LIMITED: readonly OrderType[] = ['LIMIT', 'LIMIT_MAKER', 'STOP_LOSS_LIMIT', 'TAKE_PROFIT_LIMIT'];

function run(exchange: Exchange, account: Account, one: Action): void {
  const last = exchange.engine.last('BTCUSDT');
  const at = (dollars: number) => last - (last % 1_000_000n) + BigInt(dollars) * ONE;
  const { placing, ledger } = exchange;
  switch (one.kind) {
    case 'order': {
      const stopped = one.type.startsWith('STOP') || one.type.startsWith('TAKE');
      placeOrder(
        placing,
        account,
        draft({
          side: one.side,
          type: one.type,
          quantity: amountOf(one.quantity),
          price: LIMITED.includes(one.type) ? at(one.offset) : 0n,
          stopPrice: stopped ? at(one.stop) : 0n,
          timeInForce: one.type === 'LIMIT' ? one.tif : 'GTC',
        }),
      );
      break;
    }
    case 'quote':
      placeOrder(
        placing,
        account,
        draft({ side: one.side, type: 'MARKET', quantity: 0n, quoteQuantity: BigInt(one.money) * ONE }),
      );
      break;
    case 'oco': {
      const size = amountOf(one.quantity);
      const target = draft({
        side: one.side,
        type: 'LIMIT_MAKER',
        quantity: size,
        price: one.side === 'SELL' ? at(one.above) : at(-one.below),
      });
      const stop = draft({
        side: one.side,
        type: 'STOP_LOSS',
        quantity: size,
        stopPrice: one.side === 'SELL' ? at(-one.below) : at(one.above),
      });
      const [above, below] = one.side === 'SELL' ? [target, stop] : [stop, target];
      placeOco(placing, account, { listClientId: `l${counter++}`, above, below });
      break;
    }
    case 'otoco': {
      const size = amountOf(one.quantity);
      placeOto(placing, account, {
        listClientId: `l${counter++}`,
        sizedByWorking: one.sized,
        working: draft({ side: 'BUY', type: 'LIMIT', quantity: size, price: at(one.offset) }),
        pending: [
          draft({ side: 'SELL', type: 'STOP_LOSS', quantity: size, stopPrice: at(one.offset - 200) }),
          draft({ side: 'SELL', type: 'LIMIT_MAKER', quantity: size, price: at(one.offset + 200) }),
        ],
      });
      break;
    }
    case 'cancel': {
      const open = [...account.open.values()];
      const order = open[one.pick % Math.max(open.length, 1)];
      if (order) exchange.engine.cancel(order, exchange.time());
      break;
    }
    case 'step':
      exchange.runTo(exchange.time() + one.minutes * 60_000);
      break;
    case 'price':
      exchange.shiftPrice({ symbol: 'BTCUSDT', at: exchange.time(), factor: one.factor, continuous: one.continuous });
      break;
    case 'fault':
      exchange.faults.clear();
      if (one.part)
        exchange.faults.add([
          { kind: 'partial-fills', fraction: 0.4 },
          { kind: 'thin-book', factor: 50 },
        ]);
      break;
    case 'transfer': {
      const delta = BigInt(one.amount) * ONE;
      if (ledger.balanceOf(account, 'USDT').free + delta >= 0n)
        ledger.transfer(account, 'USDT', delta, 0, exchange.time());
    }
  }
}

/** What the open orders need reserved, a pair counted once. */
function neededLocks(exchange: Exchange, account: Account): Record<string, Amount> {
  const locks: Record<string, Amount> = { BTC: 0n, USDT: 0n };
  const seen = new Set<number>();
  for (const order of account.open.values()) {
    if (seen.has(order.id)) continue;
    const other = order.pair === 0 ? undefined : (exchange.ledger.orders.get(order.pair) as Order);
    seen.add(order.id).add(order.pair);
    const needed = other
      ? maximum(exchange.ledger.required(order), exchange.ledger.required(other))
      : exchange.ledger.required(order);
    const asset = order.side === 'SELL' ? 'BTC' : 'USDT';
    locks[asset] = (locks[asset] ?? 0n) + needed;
  }
  return locks;
}

function check(exchange: Exchange, account: Account): void {
  const expected: Record<string, Amount> = { BTC: 0n, USDT: 0n };
  for (const one of account.transfers) expected[one.asset] = (expected[one.asset] ?? 0n) + one.amount;
  for (const trade of account.trades.get('BTCUSDT') ?? []) {
    const sign = trade.side === 'BUY' ? 1n : -1n;
    expected.BTC = (expected.BTC ?? 0n) + sign * trade.quantity;
    expected.USDT = (expected.USDT ?? 0n) - sign * trade.quote;
    expected[trade.feeAsset] = (expected[trade.feeAsset] ?? 0n) - trade.fee;
  }
  const locks = neededLocks(exchange, account);
  for (const asset of ['BTC', 'USDT']) {
    const { free, locked } = exchange.ledger.balanceOf(account, asset);
    expect(free >= 0n).toBe(true);
    expect(free + locked).toBe(expected[asset]);
    expect(locked).toBe(locks[asset]);
  }
  for (const order of account.orders.get('BTCUSDT') ?? []) {
    const trades = (account.trades.get('BTCUSDT') ?? []).filter((trade) => trade.orderId === order.id);
    expect(trades.reduce((sum, trade) => sum + trade.quantity, 0n)).toBe(order.executed);
    expect(trades.reduce((sum, trade) => sum + trade.quote, 0n)).toBe(order.quote);
    expect(order.executed <= order.quantity).toBe(true);
    expect(account.open.has(order.id)).toBe(isOpen(order));
    expect(order.status === 'FILLED').toBe(order.executed === order.quantity && order.quantity > 0n);
  }
  for (const list of account.lists) {
    const legs = list.orderIds.map((id) => exchange.ledger.orders.get(id) as Order);
    expect(list.status === 'EXECUTING').toBe(legs.some(isOpen));
    const pair = legs.filter((leg) => leg.pair !== 0);
    // Both legs of a pair must never trade.
    expect(pair.filter((leg) => leg.executed > 0n).length).toBeLessThanOrEqual(1);
  }
}

const view = (account: Account) => ({
  balances: balancesView(account).sort((a, b) => a.asset.localeCompare(b.asset)),
  orders: [...account.orders.values()].flat().map(orderView),
  trades: [...account.trades.values()].flat().map(tradeView),
  open: [...account.open.keys()].sort((a, b) => a - b),
  lists: account.lists,
});

test('sum of trades = change of balances, nothing negative, locked = open orders, and a restart changes nothing', () => {
  fc.assert(
    fc.property(
      fc.array(action, { minLength: 1, maxLength: 40 }),
      fc.integer({ min: 1, max: 1_000 }),
      fc.boolean(),
      (actions, seed, compacted) => {
        const memory = memoryJournal();
        const rows = walk(200, seed);
        const { exchange } = exchangeOf(rows, memory);
        exchange.clock.setPaused(true);
        const account = exchange.ledger.createAccount('one', 0, exchange.time());
        exchange.ledger.transfer(account, 'USDT', 20_000n * ONE, 0, exchange.time());
        exchange.ledger.transfer(account, 'BTC', ONE / 2n, 0, exchange.time());
        exchange.ledger.commit(exchange.time());
        for (const one of actions) {
          try {
            run(exchange, account, one);
          } catch (error) {
            if (!(error instanceof ApiError)) throw error;
          }
          exchange.ledger.commit(exchange.time());
          check(exchange, account);
        }
        if (compacted) exchange.compact();
        const again = exchangeOf(rows, memory, exchange.time()).exchange;
        const restored = again.ledger.accounts.get('one') as Account;
        expect(view(restored)).toEqual(view(account));
        expect(again.engine.last('BTCUSDT')).toBe(exchange.engine.last('BTCUSDT'));
        again.clock.setPaused(true);
        again.runTo(again.time() + 3_600_000);
        again.ledger.commit(again.time());
        check(again, restored);
      },
    ),
    { numRuns: 80 },
  );
});

test('a price path fills the same orders in one long step as in many short ones', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(side, offset), { minLength: 1, maxLength: 10 }),
      fc.integer({ min: 1, max: 1_000 }),
      (orders, seed) => {
        const results = [1, 37].map((parts) => {
          const { exchange } = exchangeOf(walk(300, seed));
          exchange.clock.setPaused(true);
          const account = exchange.ledger.createAccount('one', 0, exchange.time());
          exchange.ledger.transfer(account, 'USDT', 1_000_000n * ONE, 0, exchange.time());
          exchange.ledger.transfer(account, 'BTC', 10n * ONE, 0, exchange.time());
          const start = exchange.time();
          const last = exchange.engine.last('BTCUSDT');
          for (const [way, dollars] of orders) {
            const price =
              last - (last % 1_000_000n) + BigInt(way === 'BUY' ? -Math.abs(dollars) - 1 : Math.abs(dollars) + 1) * ONE;
            placeOrder(exchange.placing, account, draft({ side: way, type: 'LIMIT', quantity: ONE / 10n, price }));
          }
          for (let i = 1; i <= parts; i++) exchange.runTo(start + Math.floor((7_200_000 * i) / parts));
          return (account.trades.get('BTCUSDT') ?? []).map((trade) => [trade.orderId, trade.price]);
        });
        expect(results[1]).toEqual(results[0]);
      },
    ),
    { numRuns: 40 },
  );
});
