import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createExchange } from '../../../adapters/exchange/exchange.js';
import { createMarketCache } from '../../../adapters/exchange/marketCache.js';
import { createPaperAccounts } from '../../../adapters/exchange/paperAccounts.js';
import type { AccountEvent, AccountKey, Exchange, Ticker } from '../../../adapters/exchange/port.js';
import { parseOptions } from '../../../simulator/options.js';
import { type RunningSimulator, startSimulator } from '../../../simulator/start.js';
import { until } from './until.js';

let simulator: RunningSimulator;
let exchange: Exchange;
let folder: string;
let keyOf: (user: string) => Promise<AccountKey>;

const start = (port = 0) =>
  startSimulator(parseOptions(['--port', String(port), '--control-port', '0', '--state-dir', folder]));

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'streams-'));
  simulator = await start();
  exchange = createExchange({ venue: 'simulator', url: simulator.url });
  keyOf = createPaperAccounts(simulator.controlUrl).key;
});
afterAll(async () => {
  await exchange.close();
  await simulator.stop();
  rmSync(folder, { recursive: true, force: true });
});

const control = async (path: string, body?: object, method = 'POST') => {
  const response = await fetch(`${simulator.controlUrl}${path}`, {
    method,
    headers: { 'Content-Type': 'application/json' },
    body: body && JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
};

async function buy(key: AccountKey, clientOrderId: string) {
  const { serverTime } = await exchange.market.serverTime();
  const fence = { timestamp: Math.round(serverTime), recvWindow: 4_000 };
  const order = { symbol: 'BTC/USDT', side: 'BUY', type: 'MARKET', quantity: '0.01', clientOrderId, fence } as const;
  return exchange.account(key).placeOrder(order);
}

async function watched(user: string) {
  const key = await keyOf(user);
  const events: AccountEvent[] = [];
  const stop = await exchange.watchAccount(key, (event) => events.push(event));
  const orders = () => events.filter((event) => event.kind === 'order');
  const fills = () => orders().flatMap((event) => event.fill ?? []);
  const gaps = () => events.filter((event) => event.kind === 'gap');
  return { key, events, stop, orders, fills, gaps };
}

test('fills and balances arrive as the exchange has them, without any gap', async () => {
  const { key, events, fills, gaps, stop } = await watched('s-plain');
  const report = await buy(key, 'plain-1');
  await until(() => fills().length === report.fills!.length && events.some((event) => event.kind === 'balance'));
  expect(fills()).toEqual(report.fills);
  expect(fills()).toEqual(await exchange.account(key).trades('BTC/USDT', { orderId: report.orderId }));
  const order = events.findLast((event) => event.kind === 'order')!;
  expect(order.report).toMatchObject({
    clientOrderId: 'plain-1',
    status: 'FILLED',
    executedQuantity: report.executedQuantity,
  });
  expect(gaps()).toEqual([]);
  stop();
});

test('the fill of a stop is told within two seconds of a crash', async () => {
  const { key, fills, events, stop } = await watched('s-stop');
  await buy(key, 'stop-entry');
  const last = (await exchange.market.tickers(['BTC/USDT'])).get('BTC/USDT')!.last;
  const { serverTime } = await exchange.market.serverTime();
  await exchange.account(key).placeOco({
    symbol: 'BTC/USDT',
    quantity: '0.009',
    listClientOrderId: 'stop-list',
    targetClientOrderId: 'stop-target',
    targetPrice: (last * 1.2).toFixed(2),
    stopClientOrderId: 'stop-stop',
    stopPrice: (last * 0.95).toFixed(2),
    fence: { timestamp: Math.round(serverTime), recvWindow: 4_000 },
  });
  const sold = () => fills().filter((fill) => fill.side === 'SELL');
  await control('/prices', { symbol: 'BTC/USDT', kind: 'gap', changePct: -8 });
  const crashed = Date.now();
  await until(() => sold().length > 0);
  expect(Date.now() - crashed).toBeLessThan(2_000);
  await until(() =>
    events.some(
      (event) =>
        event.kind === 'order' && event.report.clientOrderId === 'stop-target' && event.report.status === 'EXPIRED',
    ),
  );
  stop();
});

test('accounts on one connection hear only of themselves, and after the end of nothing', async () => {
  const users = await Promise.all(['s-a', 's-b', 's-c'].map(watched));
  for (const [i, user] of users.entries()) await buy(user.key, `own-${i}`);
  for (const [i, user] of users.entries()) {
    await until(() => user.fills().length > 0);
    expect(new Set(user.orders().map((event) => event.report.clientOrderId))).toEqual(new Set([`own-${i}`]));
  }
  users[0]!.stop();
  const heard = users[0]!.events.length;
  await buy(users[0]!.key, 'own-after');
  await buy(users[1]!.key, 'own-other');
  await until(() => users[1]!.orders().some((event) => event.report.clientOrderId === 'own-other'));
  expect(users[0]!.events.length).toBe(heard);
  for (const user of users) user.stop();
});

test('an event told twice is told once', async () => {
  const { key, fills, orders, gaps, stop } = await watched('s-twice');
  await control('/faults', { endpoint: 'stream:user', kind: 'duplicate-events', probability: 1, account: 's-twice' });
  const report = await buy(key, 'twice-1');
  await until(() => orders().some((event) => event.report.status === 'FILLED'));
  await control('/faults', undefined, 'DELETE');
  await buy(key, 'twice-2');
  await until(() =>
    orders().some((event) => event.report.clientOrderId === 'twice-2' && event.report.status === 'FILLED'),
  );
  const first = fills().filter((fill) => fill.orderId === report.orderId);
  expect(first).toEqual(report.fills);
  expect(gaps()).toEqual([]);
  stop();
});

test('an order event that is lost shows as a gap within seconds', async () => {
  const { key, orders, gaps, stop } = await watched('s-lost');
  await buy(key, 'lost-0');
  await until(() => orders().some((event) => event.report.status === 'FILLED'));
  // NEW, then TRADE: both are lost, and only the change of balance comes.
  await control('/faults', {
    endpoint: 'stream:user',
    kind: 'drop-events',
    probability: 1,
    count: 2,
    account: 's-lost',
  });
  await buy(key, 'lost-1');
  await until(() => gaps().length > 0, 20_000);
  await control('/faults', undefined, 'DELETE');
  expect(orders().some((event) => event.report.clientOrderId === 'lost-1' && event.report.status === 'FILLED')).toBe(
    false,
  );
  stop();
});

test('a connection that is cut comes back by itself and says where the gap began', async () => {
  const { key, fills, gaps, stop } = await watched('s-cut');
  await buy(key, 'cut-0');
  await until(() => fills().length > 0);
  const before = Date.now();
  await control('/faults', { endpoint: 'stream:user', kind: 'disconnect', probability: 1, count: 1, account: 's-cut' });
  await buy(key, 'cut-1');
  // Told when it is back, and before that too where it stayed away for longer than a look.
  await until(() => gaps().length >= 1);
  expect(gaps()[0]).toMatchObject({ kind: 'gap' });
  expect((gaps()[0] as { since: number }).since).toBeLessThanOrEqual(Date.now());
  expect((gaps()[0] as { since: number }).since).toBeGreaterThan(before - 30_000);
  await control('/faults', undefined, 'DELETE');
  await fillsAreTold(key, 'cut-again', fills);
  stop();
});

test('a key that the exchange refuses fails the watch', async () => {
  const stranger = { id: 'stranger', apiKey: 'x'.repeat(64), secret: 'y'.repeat(64) };
  const refused = exchange.watchAccount(stranger, () => undefined);
  await expect(refused).rejects.toMatchObject({ kind: 'AuthenticationFailed' });
  await expect(refused).rejects.not.toThrow(/yyyy/);
});

test('prices stream to all listeners over one subscription and keep the cache current without requests', async () => {
  const heard: Ticker[][] = [[], []];
  const cache = createMarketCache(exchange.market);
  const stops = [
    await exchange.watchTickers(['BTC/USDT', 'ETH/USDT'], (ticker) => {
      heard[0]!.push(ticker);
      cache.learn(ticker);
    }),
    await exchange.watchTickers(['BTC/USDT'], (ticker) => heard[1]!.push(ticker)),
  ];
  await until(() => heard[0]!.some((ticker) => ticker.symbol === 'ETH/USDT') && heard[1]!.length > 1);
  const { symbol, last, bid, ask, marketTime } = heard[1]![0]!;
  expect(symbol).toBe('BTC/USDT');
  expect(bid).toBeLessThanOrEqual(last);
  expect(ask).toBeGreaterThanOrEqual(last);
  expect(heard[1]!.at(-1)!.marketTime).toBeGreaterThan(marketTime);
  const newest = heard[0]!.findLast((ticker) => ticker.symbol === 'BTC/USDT');
  const calls = exchange.health().calls;
  expect((await cache.tickers(['BTC/USDT'])).get('BTC/USDT')).toEqual(newest);
  expect(exchange.health().calls).toBe(calls);
  for (const stop of stops) stop();
});

/** An order before a stream is back shows in no event: one a second, until one of them is told. */
async function fillsAreTold(key: AccountKey, name: string, fills: () => { orderId: string }[]): Promise<void> {
  const placed = new Set<string>();
  let asked = 0;
  await until(async () => {
    if (Date.now() - asked > 1_000) {
      asked = Date.now();
      const report = await buy(key, `${name}-${asked}`).catch(() => undefined);
      if (report) placed.add(report.orderId);
    }
    return fills().some((fill) => placed.has(fill.orderId));
  }, 20_000);
}

test('while the exchange is away its accounts are told to resynchronise, and streams return with it', async () => {
  const { key, gaps, fills, stop } = await watched('s-away');
  const prices: Ticker[] = [];
  const stopPrices = await exchange.watchTickers(['BTC/USDT'], (ticker) => prices.push(ticker));
  await until(() => prices.length > 0);
  await simulator.stop();
  const told = gaps().length;
  await until(() => gaps().length > told, 10_000);
  prices.length = 0;
  simulator = await start(simulator.port);
  await until(() => prices.length > 0, 15_000);
  await fillsAreTold(key, 'away', fills);
  stopPrices();
  stop();
}, 60_000);
