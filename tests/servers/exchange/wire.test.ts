import { createHmac } from 'node:crypto';
import { createExchange } from '../../../adapters/exchange/exchange.js';
import type { Exchange } from '../../../adapters/exchange/port.js';
import { buy, exchangeInfo, KEY, order, placed } from './answers.js';
import { type ScriptedExchange, startScriptedExchange } from './scriptedExchange.js';

let server: ScriptedExchange;
let exchange: Exchange;
beforeEach(async () => {
  server = await startScriptedExchange();
  exchange = createExchange({ venue: 'simulator', url: server.url });
});
afterEach(async () => {
  await exchange.close();
  await server.close();
});

const last = () => server.seen.at(-1)!;

test('the fence goes onto the wire as it was made, and the signature covers it', async () => {
  server.on('POST /api/v3/order', (request) => ({ body: placed(request.params.get('newClientOrderId')!) }));
  const fence = { timestamp: Date.now() - 1_234, recvWindow: 4_321 };
  const report = await exchange.account(KEY).placeOrder(buy('fenced', { fence }));
  const { params, rawParams, apiKey } = last();
  expect(params.get('timestamp')).toBe(String(fence.timestamp));
  expect(params.getAll('recvWindow')).toEqual(['4321']);
  const [signed, signature] = rawParams.split('&signature=');
  expect(createHmac('sha256', KEY.secret).update(signed!).digest('hex')).toBe(signature);
  expect(apiKey).toBe(KEY.apiKey);
  expect(report.fills).toEqual([
    {
      tradeId: '7',
      orderId: '28',
      symbol: 'BTC/USDT',
      side: 'BUY',
      price: '60000.00',
      quantity: '0.01',
      fee: '0.00001000',
      feeAsset: 'BTC',
      time: 1_790_000_000_000,
    },
  ]);
});

test.each([
  ['MARKET', {}, { quantity: '0.01' }],
  ['MARKET with a price that nobody wants', { price: '60000' }, { quantity: '0.01' }],
  ['LIMIT', { type: 'LIMIT', price: '59999.99' }, { quantity: '0.01', price: '59999.99', timeInForce: 'GTC' }],
  ['LIMIT_MAKER', { type: 'LIMIT_MAKER', price: '1.1' }, { quantity: '0.01', price: '1.1' }],
  ['STOP_LOSS', { type: 'STOP_LOSS', side: 'SELL', stopPrice: '0.00001' }, { quantity: '0.01', stopPrice: '0.00001' }],
  [
    'STOP_LOSS_LIMIT',
    { type: 'STOP_LOSS_LIMIT', side: 'SELL', stopPrice: '10', price: '9.9' },
    { quantity: '0.01', stopPrice: '10', price: '9.9', timeInForce: 'GTC' },
  ],
])('%s sends exactly its own parameters, as strings', async (_name, over, expected) => {
  server.on('POST /api/v3/order', (request) => ({ body: placed(request.params.get('newClientOrderId')!) }));
  const request = buy('exact', over);
  await exchange.account(KEY).placeOrder(request);
  const { timestamp, recvWindow, signature, ...sent } = Object.fromEntries(last().params);
  expect([timestamp, recvWindow, signature?.length]).toEqual([String(request.fence.timestamp), '3000', 64]);
  expect(sent).toEqual({
    symbol: 'BTCUSDT',
    side: request.side,
    type: request.type,
    newClientOrderId: 'exact',
    newOrderRespType: 'FULL',
    ...expected,
  });
});

test('an order type that lacks its price never leaves the house', async () => {
  await expect(exchange.account(KEY).placeOrder(buy('x', { type: 'LIMIT' }))).rejects.toThrow('needs a price');
  await expect(exchange.account(KEY).placeOrder(buy('x', { type: 'STOP_LOSS' }))).rejects.toThrow('needs a stopPrice');
  expect(server.count('POST /api/v3/order')).toBe(0);
});

test('users side by side keep their own keys and their own answers', async () => {
  server.on('POST /api/v3/order', (request) => ({
    body: placed(request.params.get('newClientOrderId')!),
    afterMs: Math.random() * 30,
  }));
  const users = Array.from({ length: 20 }, (_, i) => ({ id: `u${i}`, apiKey: `key-${i}`, secret: `secret-${i}` }));
  const reports = await Promise.all(
    users.flatMap((user) => [0, 1].map((n) => exchange.account(user).placeOrder(buy(`${user.apiKey}-${n}`)))),
  );
  expect(new Set(reports.map((report) => report.clientOrderId)).size).toBe(40);
  for (const request of server.seen.filter((seen) => seen.method === 'POST'))
    expect(request.params.get('newClientOrderId')).toMatch(new RegExp(`^${request.apiKey}-`));
});

test('a key that changes under the same id is used at once', async () => {
  server.on('GET /api/v3/account', { body: { balances: [] } });
  await exchange.account(KEY).balances();
  await exchange.account({ ...KEY, apiKey: 'changed' }).balances();
  expect(last().apiKey).toBe('changed');
  exchange.forget(KEY.id);
  await exchange.account({ ...KEY, apiKey: 'again' }).balances();
  expect(last().apiKey).toBe('again');
});

test('signed reads follow the exchange clock, however wrong ours is', async () => {
  const ahead = 90_000;
  server.on('GET /api/v3/time', () => ({ body: { serverTime: Date.now() + ahead } }));
  server.on('GET /api/v3/order', (request) => ({ body: order(request.params.get('origClientOrderId')!) }));
  await exchange.account(KEY).queryOrder('BTC/USDT', 'asked', { recvWindow: 2_000 });
  expect(Number(last().params.get('timestamp'))).toBeGreaterThan(Date.now() + ahead - 2_000);
  expect(last().params.get('recvWindow')).toBe('2000');
  const { offset, serverTime } = await exchange.market.serverTime();
  expect(Math.abs(offset - ahead)).toBeLessThan(50);
  expect(Math.abs(serverTime - Date.now() - ahead)).toBeLessThan(50);
  expect(exchange.health().clockOffsetMs).toBeCloseTo(offset, 0);
});

test('after -1021 the clock is measured again', async () => {
  server.on(
    'GET /api/v3/account',
    { status: 400, body: { code: -1021, msg: 'Timestamp is outside.' } },
    { body: { balances: [] } },
  );
  await expect(exchange.account(KEY).balances()).rejects.toMatchObject({ kind: 'ClockSkew', code: -1021 });
  const measured = server.count('GET /api/v3/time');
  await exchange.account(KEY).balances();
  expect(server.count('GET /api/v3/time')).toBeGreaterThan(measured);
});

test('symbols that could not be loaded are asked for again', async () => {
  server.on(
    'GET /api/v3/exchangeInfo',
    { status: 500, body: '' },
    { body: exchangeInfo({ symbols: [] }) },
    { body: exchangeInfo() },
  );
  await expect(exchange.market.symbolRules()).rejects.toMatchObject({ kind: 'ExchangeUnavailable' });
  await expect(exchange.market.symbolRules()).rejects.toMatchObject({ kind: 'BadExchangeAnswer' });
  expect((await exchange.market.symbolRules()).get('BTC/USDT')).toEqual({
    symbol: 'BTC/USDT',
    base: 'BTC',
    quote: 'USDT',
    tickSize: '0.01',
    stepSize: '0.00001',
    minQuantity: '0.00001',
    maxQuantity: '9000',
    marketMinQuantity: '0.00001',
    marketMaxQuantity: '120.5',
    marketStepSize: '0.00001',
    minNotional: '5',
    maxNotional: '9000000',
    priceMultiplierUp: '1.2',
    priceMultiplierDown: '0.8',
    maxAlgoOrders: 5,
    ocoAllowed: true,
    makerFee: 0.001,
    takerFee: 0.001,
  });
  await exchange.market.symbolRules();
  expect(server.count('GET /api/v3/exchangeInfo')).toBe(3);
});

const kline = (time: number, over: (string | number)[] = []) => {
  const row: unknown[] = [time, '10.0', '12.0', '9.0', '11.0', '5.0', time + 59_999, '50.0', 3, '2.0', '20.0', '0'];
  over.forEach((value, i) => {
    row[i] = value;
  });
  return row;
};

test.each<[string, unknown]>([
  ['nulls', [[null, null, null, null, null, null, null]]],
  ['a text', 'oops'],
  ['a price of zero', [kline(60_000, [60_000, '0'])]],
  ['a price that is no number', [kline(60_000, [60_000, 'NaN'])]],
  ['a high below the close', [kline(60_000, [60_000, '10', '10.5', '9', '11'])]],
  ['candles out of order', [kline(120_000), kline(60_000)]],
  ['a candle twice', [kline(60_000), kline(60_000)]],
])('klines of %s are refused', async (_name, body) => {
  server.on('GET /api/v3/klines', { body });
  await expect(exchange.market.candles('BTC/USDT', '1m', { limit: 5 })).rejects.toMatchObject({
    kind: 'BadExchangeAnswer',
  });
});

const ticker = (over: object = {}) => ({
  symbol: 'BTCUSDT',
  lastPrice: '60000.01',
  bidPrice: '60000.00',
  askPrice: '60000.02',
  quoteVolume: '123.4',
  closeTime: 1_790_000_000_000,
  ...over,
});

test.each<[string, unknown]>([
  ['that are missing', []],
  ['without a bid', [ticker({ bidPrice: '0.00000000' })]],
  ['that are crossed', [ticker({ bidPrice: '60001' })]],
  ['without a time', [ticker({ closeTime: undefined })]],
  ['of another symbol', [ticker({ symbol: 'ETHUSDT' })]],
])('tickers %s are refused', async (_name, body) => {
  server.on('GET /api/v3/ticker/24hr', { body });
  await expect(exchange.market.tickers(['BTC/USDT'])).rejects.toMatchObject({ kind: 'BadExchangeAnswer' });
});

test('health tells errors, latency, weight and the last success', async () => {
  server.on(
    'GET /api/v3/account',
    { body: { balances: [] }, headers: { 'X-MBX-USED-WEIGHT-1M': '4321' } },
    { status: 502, body: 'bad gateway' },
    { status: 400, body: { code: -2015, msg: 'Invalid API-key.' } },
  );
  const before = Date.now();
  const results = [];
  for (let i = 0; i < 3; i++)
    results.push(
      await exchange
        .account(KEY)
        .balances()
        .then(
          () => 'ok',
          (e: Error) => e.name,
        ),
    );
  expect(results).toEqual(['ok', 'ExchangeUnavailable', 'AuthenticationFailed']);
  const health = exchange.health();
  expect(health.calls).toBe(6); // three of them measured the clock
  expect(health.errorRatePct).toBeCloseTo(100 / 6, 5);
  expect(health.lastSuccessAt).toBeGreaterThanOrEqual(before);
  expect(health.usedWeight).toBeGreaterThanOrEqual(4321);
  expect(health.latencyMs).toBeGreaterThan(0);
});
