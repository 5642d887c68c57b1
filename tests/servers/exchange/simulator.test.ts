import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asEmergency } from '../../../adapters/exchange/priority.js';
import { createExchange } from '../../../adapters/exchange/exchange.js';
import { createMarketCache } from '../../../adapters/exchange/marketCache.js';
import { createPaperAccounts, type PaperAccounts } from '../../../adapters/exchange/paperAccounts.js';
import { verifyKey } from '../../../adapters/exchange/keyVerification.js';
import type { Exchange, OcoRequest, OrderRequest } from '../../../adapters/exchange/port.js';
import { type RunningSimulator, startSimulator } from '../../../simulator/start.js';
import { parseOptions } from '../../../simulator/options.js';

let simulator: RunningSimulator;
let exchange: Exchange;
let paper: PaperAccounts;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'exchange-'));
  simulator = await startSimulator(parseOptions(['--port', '0', '--control-port', '0', '--state-dir', folder]));
  exchange = createExchange({ venue: 'simulator', url: simulator.url });
  paper = createPaperAccounts(simulator.controlUrl);
});
afterAll(async () => {
  await exchange.close();
  await simulator.stop();
  rmSync(folder, { recursive: true, force: true });
});

const fenceNow = async (recvWindow = 4_000) => {
  const { serverTime } = await exchange.market.serverTime();
  return { timestamp: Math.round(serverTime), recvWindow };
};

const marketOrder = async (over: Partial<OrderRequest>): Promise<OrderRequest> => ({
  symbol: 'BTC/USDT',
  side: 'BUY',
  type: 'MARKET',
  quantity: '0.01',
  clientOrderId: 'any',
  fence: await fenceNow(),
  ...over,
});

const price = async () => (await exchange.market.tickers(['BTC/USDT'])).get('BTC/USDT')!.last;

async function ocoFor(name: string, quantity: string): Promise<OcoRequest> {
  const last = await price();
  return {
    symbol: 'BTC/USDT',
    quantity,
    listClientOrderId: `${name}-list`,
    targetClientOrderId: `${name}-target`,
    targetPrice: (last * 1.05).toFixed(2),
    stopClientOrderId: `${name}-stop`,
    stopPrice: (last * 0.9).toFixed(2),
    fence: await fenceNow(),
  };
}

test('a paper account is made once, with 10,000 USDT', async () => {
  const [key, again] = await Promise.all([paper.key('user-a'), paper.key('user-a')]);
  expect(again).toEqual(key);
  expect(await createPaperAccounts(simulator.controlUrl).key('user-a')).toEqual(key);
  const balances = await exchange.account(key).balances();
  expect(balances.map(({ asset, free }) => [asset, Number(free)])).toEqual([['USDT', 10_000]]);
});

test('the rules of a symbol come with filters as decimal strings', async () => {
  const rules = (await exchange.market.symbolRules()).get('BTC/USDT')!;
  expect(rules).toMatchObject({ base: 'BTC', quote: 'USDT', ocoAllowed: true, takerFee: 0.001 });
  for (const value of [rules.tickSize, rules.stepSize, rules.marketStepSize, rules.minQuantity, rules.minNotional])
    expect(value).toMatch(/^\d+(\.\d*[1-9])?$/);
  expect(exchange.health().weightLimit).toBe(6000);
});

test('an entry is bought, found, protected by an OCO, and both legs are cancelled', async () => {
  const account = exchange.account(await paper.key('user-b'));
  const entry = await account.placeOrder(await marketOrder({ clientOrderId: 'b-entry' }));
  expect(entry).toMatchObject({ status: 'FILLED', clientOrderId: 'b-entry', symbol: 'BTC/USDT', orderListId: null });
  expect(entry.fills!.reduce((sum, fill) => sum + Number(fill.quantity), 0)).toBeCloseTo(0.01, 8);
  expect(await account.queryOrder('BTC/USDT', 'b-entry')).toMatchObject({ orderId: entry.orderId, status: 'FILLED' });
  expect(await account.trades('BTC/USDT', { orderId: entry.orderId })).toHaveLength(entry.fills!.length);

  const oco = await account.placeOco(await ocoFor('b', '0.009'));
  expect(oco.orders.map(({ clientOrderId, type, status }) => [clientOrderId, type, status]).sort()).toEqual([
    ['b-stop', 'STOP_LOSS', 'NEW'],
    ['b-target', 'LIMIT_MAKER', 'NEW'],
  ]);
  const open = await account.openOrders();
  expect(open.map((order) => [order.symbol, order.orderListId]).sort()).toEqual([
    ['BTC/USDT', oco.orderListId],
    ['BTC/USDT', oco.orderListId],
  ]);
  const gone = await account.cancelOrderList('BTC/USDT', oco.orderListId);
  expect(gone!.orders.map((order) => order.clientOrderId).sort()).toEqual(['b-stop', 'b-target']);
  expect(gone!.orders.every((order) => order.status === 'CANCELED')).toBe(true);
  expect(await account.openOrders('BTC/USDT')).toEqual([]);
  const all = await account.allOrders('BTC/USDT', {});
  expect(all.map((order) => order.clientOrderId).sort()).toEqual(['b-entry', 'b-stop', 'b-target']);
});

test('cancelling one leg answers with that leg and cancels the list', async () => {
  const account = exchange.account(await paper.key('user-c'));
  await account.placeOrder(await marketOrder({ clientOrderId: 'c-entry' }));
  await account.placeOco({ ...(await ocoFor('c', '0.009')), stopLimitPrice: ((await price()) * 0.89).toFixed(2) });
  expect(await account.cancelOrder('BTC/USDT', 'c-stop')).toMatchObject({
    clientOrderId: 'c-stop',
    type: 'STOP_LOSS_LIMIT',
    status: 'CANCELED',
  });
  expect(await account.openOrders('BTC/USDT')).toEqual([]);
});

test('what the exchange does not know is null, not an error', async () => {
  const account = exchange.account(await paper.key('user-b'));
  expect(await account.queryOrder('BTC/USDT', 'never-sent')).toBeNull();
  expect(await account.cancelOrder('BTC/USDT', 'never-sent')).toBeNull();
  expect(await account.cancelOrderList('BTC/USDT', '987654321')).toBeNull();
});

test('a fence that has ended is refused here, one that ends on the way by the exchange', async () => {
  const account = exchange.account(await paper.key('user-b'));
  const { serverTime } = await exchange.market.serverTime();
  const over = { timestamp: Math.round(serverTime) - 5_000, recvWindow: 2_000 };
  await expect(account.placeOrder(await marketOrder({ clientOrderId: 'f-1', fence: over }))).rejects.toMatchObject({
    kind: 'ClockSkew',
    code: undefined,
  });
  const early = { timestamp: Math.round(serverTime) + 30_000, recvWindow: 2_000 };
  await expect(account.placeOrder(await marketOrder({ clientOrderId: 'f-2', fence: early }))).rejects.toMatchObject({
    kind: 'ClockSkew',
    code: -1021,
  });
  expect(await account.queryOrder('BTC/USDT', 'f-1')).toBeNull();
  expect(await account.queryOrder('BTC/USDT', 'f-2')).toBeNull();
});

test('rejections have their classes', async () => {
  const account = exchange.account(await paper.key('user-d'));
  const attempt = async (over: Partial<OrderRequest>) => account.placeOrder(await marketOrder(over));
  await expect(attempt({ quantity: '5', clientOrderId: 'd1' })).rejects.toMatchObject({ kind: 'InsufficientFunds' });
  await expect(attempt({ quantity: '0.000001', clientOrderId: 'd2' })).rejects.toMatchObject({
    kind: 'OrderRejected',
    code: -1013,
  });
  const high = ((await price()) * 1.02).toFixed(2);
  await expect(attempt({ type: 'LIMIT_MAKER', price: high, clientOrderId: 'd3' })).rejects.toMatchObject({
    kind: 'OrderImmediatelyTriggers',
  });
  const stranger = exchange.account({ id: 'stranger', apiKey: 'x'.repeat(64), secret: 'y'.repeat(64) });
  await expect(stranger.balances()).rejects.toMatchObject({ kind: 'AuthenticationFailed' });
  await expect(asEmergency(() => stranger.balances())).rejects.toMatchObject({ kind: 'AuthenticationFailed' });
});

test('a paper key may trade and nothing else', async () => {
  const { permissions, verdict } = await verifyKey(exchange, await paper.key('user-a'));
  expect(permissions).toMatchObject({ canTrade: true, canWithdraw: false, canTransfer: false });
  expect(verdict.accepted).toBe(true);
});

test('a hundred users at once share one fetch of candles that are closed and follow each other', async () => {
  const cache = createMarketCache(exchange.market, { window: 120 });
  const answers = await Promise.all(Array.from({ length: 100 }, () => cache.candles('BTC/USDT', '1m')));
  expect(new Set(answers).size).toBe(1);
  const [candles] = answers;
  const { marketTime } = (await cache.tickers(['BTC/USDT'])).get('BTC/USDT')!;
  expect(candles!.length).toBe(120);
  expect(candles!.timestamp.at(-1)! + 60_000).toBeLessThanOrEqual(marketTime);
  for (let i = 1; i < candles!.length; i++) expect(candles!.timestamp[i]! - candles!.timestamp[i - 1]!).toBe(60_000);
  // At 60 candles a real minute the next one is a second away.
  const newest = candles!.timestamp.at(-1)!;
  let later = candles!;
  while (later.timestamp.at(-1)! === newest) {
    await new Promise((resolve) => setImmediate(resolve));
    later = await cache.candles('BTC/USDT', '1m');
  }
  expect(later.length).toBe(120);
  expect(later.timestamp.at(-2)! === newest || later.timestamp.at(-1)! > newest).toBe(true);
});

test('a symbol that is not listed fails for itself alone', async () => {
  const cache = createMarketCache(exchange.market);
  const [good, bad] = await Promise.allSettled([cache.tickers(['BTC/USDT', 'ETH/USDT']), cache.tickers(['NOPE/USDT'])]);
  expect(good.status).toBe('fulfilled');
  expect((bad as PromiseRejectedResult).reason).toMatchObject({ kind: 'NotSupportedByVenue' });
  expect((await cache.tickers(['ETH/USDT'])).get('ETH/USDT')!.last).toBeGreaterThan(0);
});
