import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { amountOf, ONE } from '../../../simulator/amounts.js';
import { controlRoutes } from '../../../simulator/control/routes.js';
import type { ControlRequest } from '../../../simulator/control/server.js';
import type { Exchange } from '../../../simulator/exchange.js';
import { createArchives, openStore, type Store } from '../../../simulator/ledger/archive.js';
import { listsOf, ordersOf, tradesOf } from '../../../simulator/ledger/history.js';
import type { Account } from '../../../simulator/ledger/types.js';
import { listView } from '../../../simulator/ledger/views.js';
import type { Draft } from '../../../simulator/matching/filters.js';
import { placeOco } from '../../../simulator/matching/lists.js';
import { placeOrder } from '../../../simulator/matching/place.js';
import { exchangeOf, memoryJournal, memoryStore, walk } from './support.js';

// What has ended goes out of memory, and nobody who asks sees a difference.

const SYMBOL = 'BTCUSDT';
type Step = 'round trip' | 'protected and cancelled' | 'resting' | 'resting ones cancelled' | 'minute';
const often = (step: Step, weight: number) => ({ arbitrary: fc.constant(step), weight });
const steps = fc.array(
  fc.oneof(
    often('round trip', 4),
    often('protected and cancelled', 8),
    often('resting', 8),
    often('resting ones cancelled', 1),
    often('minute', 4),
  ),
  { minLength: 150, maxLength: 250 },
);

function draft(exchange: Exchange, fields: Pick<Draft, 'side' | 'type'> & Partial<Draft>): Draft {
  const clientId = `c${exchange.ledger.counters.order + 1}${fields.type}`;
  const none = { timeInForce: 'GTC', price: 0n, stopPrice: 0n, quoteQuantity: 0n } as const;
  return { symbol: SYMBOL, quantity: amountOf(0.01), ...none, clientId, ...fields };
}

function take(exchange: Exchange, account: Account, step: Step): void {
  const { placing, ledger, engine } = exchange;
  const last = engine.last(SYMBOL);
  const at = (dollars: number) => last - (last % 1_000_000n) + BigInt(dollars) * ONE;
  if (step === 'minute') exchange.runTo(exchange.time() + 60_000);
  else if (step === 'resting')
    placeOrder(placing, account, draft(exchange, { side: 'BUY', type: 'LIMIT', quantity: 10_000n, price: at(-5_000) }));
  else if (step === 'resting ones cancelled')
    for (const order of [...account.open.values()]) engine.cancel(order, exchange.time());
  else placeOrder(placing, account, draft(exchange, { side: 'BUY', type: 'MARKET' }));
  if (step === 'protected and cancelled') {
    const above = draft(exchange, { side: 'SELL', type: 'LIMIT_MAKER', price: at(300) });
    const below = draft(exchange, { side: 'SELL', type: 'STOP_LOSS', stopPrice: at(-300) });
    const list = placeOco(placing, account, { listClientId: `l${ledger.counters.list + 1}`, above, below });
    engine.cancel(ledger.orders.get(list.orderIds[0]!)!, exchange.time());
  }
  if (step === 'round trip' || step === 'protected and cancelled')
    placeOrder(placing, account, draft(exchange, { side: 'SELL', type: 'MARKET' }));
  ledger.commit(exchange.time());
}

function begun(memory = memoryJournal(), store: Store = memoryStore()): { exchange: Exchange; account: Account } {
  const { exchange } = exchangeOf(walk(300, 7), memory, 0, store);
  exchange.clock.setPaused(true);
  const account = exchange.ledger.createAccount('one', 0, exchange.time());
  for (const asset of ['USDT', 'BTC']) exchange.ledger.transfer(account, asset, 100_000n * ONE, 0, exchange.time());
  exchange.ledger.commit(exchange.time());
  return { exchange, account };
}

/** Everything that can be asked for, by every way to ask. */
function seen({ exchange }: { exchange: Exchange }) {
  const account = exchange.ledger.accounts.get('one')!;
  const orders = ordersOf(account, SYMBOL);
  const middle = orders[Math.floor(orders.length / 2)]!;
  const { ledger } = exchange;
  return {
    orders,
    trades: tradesOf(account, SYMBOL),
    lists: listsOf(account).map((list) => listView(ledger, list)),
    whole: controlRoutes['GET /ledger']!({
      exchange,
      query: new URLSearchParams({ account: 'one' }),
    } as ControlRequest),
    byId: orders.map(({ id }) => ledger.orderOf('one', SYMBOL, id)),
    byClientId: orders.map(({ clientId }) => ordersOf(account, SYMBOL, { tag: clientId }).map(({ id }) => id)),
    listById: listsOf(account).map(({ id }) => ledger.listOf(account, id)),
    tradesOfOrder: orders.map(({ id }) => tradesOf(account, SYMBOL, { tag: String(id) })),
    later: ordersOf(account, SYMBOL, { fromId: middle.id }),
    between: tradesOf(account, SYMBOL, { from: middle.time - 60_000, to: middle.time }),
    newest: ordersOf(account, SYMBOL, { last: 30 }).slice(-30),
    newestTrades: tradesOf(account, SYMBOL, { last: 3, to: middle.time }).slice(-3),
    unknown: [ordersOf(account, SYMBOL, { tag: 'nobody' }), ledger.orderOf('one', SYMBOL, 1e9)],
    open: [...account.open.keys()],
  };
}

test('who puts aside what has ended answers every question as who keeps it at hand', () => {
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 40 }), (chosen, every) => {
      const kept = begun();
      const tidied = begun();
      chosen.forEach((step, index) => {
        for (const { exchange, account } of [kept, tidied]) take(exchange, account, step);
        if (index % every === 0) tidied.exchange.ledger.tidy(() => false);
      });
      tidied.exchange.ledger.tidy(() => false);
      expect(seen(tidied)).toEqual(seen(kept));
      const atHand = tidied.account.orders.get(SYMBOL)!.length - tidied.account.open.size;
      if (kept.account.orders.get(SYMBOL)!.length - kept.account.open.size >= 70) expect(atHand).toBeLessThan(70);
    }),
    { numRuns: 6 },
  );
});

test('a restart and a compacted journal bring back what was put aside', () => {
  const memory = memoryJournal();
  const first = begun(memory);
  for (let i = 0; i < 120; i++) take(first.exchange, first.account, i % 5 ? 'protected and cancelled' : 'resting');
  first.exchange.ledger.tidy(() => false);
  expect(first.exchange.ledger.orders.size).toBeLessThan(120);
  const before = seen(first);
  expect(seen(exchangeOf(walk(300, 7), memory, first.exchange.time()))).toEqual(before);
  first.exchange.compact();
  const again = exchangeOf(walk(300, 7), memory, first.exchange.time());
  expect(seen(again)).toEqual(before);
  again.exchange.ledger.tidy(() => false);
  expect(seen(again)).toEqual(before);
});

test('an order that a lagging read may have to show as it was stays at hand', () => {
  const { exchange, account } = begun();
  for (let i = 0; i < 60; i++) take(exchange, account, 'protected and cancelled');
  const all = exchange.ledger.orders.size;
  exchange.tidy(); // each has changed within the two minutes that a read can lag
  expect(exchange.ledger.orders.size).toBe(all);
  exchange.ledger.tidy((order) => order.id > 100);
  expect([...exchange.ledger.orders.keys()].sort((a, b) => a - b)[0]).toBe(51); // twenty stay, the others go by fifty
});

test('where nothing more can be kept outside, what has ended stays in memory and is told as before', () => {
  const broken = memoryStore();
  let left = 3;
  const put = (text: string) => {
    if (left-- === 0) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    return broken.put(text);
  };
  const one = begun(memoryJournal(), { ...broken, put });
  const other = begun();
  for (let i = 0; i < 100; i++) for (const { exchange, account } of [one, other]) take(exchange, account, 'round trip');
  expect(() => one.exchange.ledger.tidy(() => false)).toThrow('no space');
  expect(seen(one)).toEqual(seen(other));
  one.exchange.ledger.tidy(() => false);
  expect(seen(one)).toEqual(seen(other));
});

test('the file of what was put aside has no name, gives back every text, and says where it ends too early', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ctp-store-'));
  try {
    const store = openStore(folder);
    expect(readdirSync(folder)).toEqual([]);
    const texts = ['a', '', '한국어 €', 'x'.repeat(100_000)];
    const places = texts.map((text) => store.put(text));
    expect(places.map((place) => store.get(place))).toEqual(texts);
    expect(() => store.get({ at: 100_000, bytes: 1_000 })).toThrow('ends at');
    store.close();
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('two client ids of one hash are told apart', () => {
  const archive = createArchives(memoryStore())<{ id: number; time: number; name: string }>({
    encode: (one) => one,
    decode: (row: never) => row,
    tag: ({ name }) => name,
  });
  // Both hash to 0x5e4daa9d by FNV-1a.
  archive.add(['costarring', 'liquid'].map((name, id) => ({ id, time: id, name })));
  expect(archive.read({ tag: 'liquid' }).map(({ name }) => name)).toEqual(['liquid']);
});
