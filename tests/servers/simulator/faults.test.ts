import { createHmac } from 'node:crypto';
import { request } from 'node:http';
import { WebSocket } from 'ws';
import { candleFolder, flat, type Key, simulator, type TestSimulator } from './support.js';

// Each fault as a client meets it on the wire, judged by the exchange's own ledger.
let exchange: TestSimulator;
let key: Key;
let counter = 0;

beforeAll(async () => {
  exchange = await simulator({ dataDir: candleFolder({ 'BTCUSDT-1m': flat(60_000, 2_000) }) });
});
afterAll(() => exchange.end());
beforeEach(async () => {
  await exchange.control('DELETE', '/faults');
  key = await exchange.account({ USDT: '100000', BTC: '1' });
});

interface Wire {
  status: number | null;
  text: string;
  headers: Record<string, string | string[] | undefined>;
  /** How it ended when no whole answer came. */
  error: string | null;
}

function signed(parameters: Record<string, string>, owner = key): string {
  const query = new URLSearchParams({ recvWindow: '5000', timestamp: String(Date.now()), ...parameters }).toString();
  return `${query}&signature=${createHmac('sha256', owner.secret).update(query).digest('hex')}`;
}

/** One raw request; `patience` is how long the client waits, ms. */
function wire(method: string, path: string, parameters: Record<string, string> = {}, patience = 1_000): Promise<Wire> {
  return new Promise((resolve) => {
    const query = signed(parameters);
    const target = new URL(exchange.url + path + (method === 'POST' ? '' : `?${query}`));
    const result: Wire = { status: null, text: '', headers: {}, error: null };
    const call = request(target, { method, headers: { 'x-mbx-apikey': key.apiKey }, agent: false }, (response) => {
      result.status = response.statusCode ?? null;
      result.headers = response.headers;
      response.on('data', (part: Buffer) => (result.text += part.toString()));
      response.on('end', () => resolve(result));
      response.on('error', (error: NodeJS.ErrnoException) =>
        resolve({ ...result, error: error.code ?? error.message }),
      );
    });
    const timer = setTimeout(() => {
      resolve({ ...result, error: 'patience' });
      call.destroy();
    }, patience);
    call.on('error', (error: NodeJS.ErrnoException) => resolve({ ...result, error: error.code ?? error.message }));
    call.on('close', () => clearTimeout(timer));
    if (method === 'POST') call.write(query);
    call.end();
  });
}

const buy = (more: Record<string, string> = {}, patience?: number) =>
  wire(
    'POST',
    '/api/v3/order',
    { symbol: 'BTCUSDT', side: 'BUY', type: 'MARKET', quantity: '0.001', newClientOrderId: `f${counter++}`, ...more },
    patience,
  );
const arm = (...faults: Record<string, unknown>[]) =>
  exchange.control(
    'POST',
    '/faults',
    faults.map((fault) => ({ endpoint: 'POST /api/v3/order', count: 1, ...fault })),
  );
const executed = async () => (await exchange.ledger(key)).trades.length;

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 100; i++) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  throw new Error('the awaited condition never came');
}

test('a lost request changes nothing, a lost answer everything; the client cannot tell', async () => {
  await arm({ kind: 'request-lost' });
  expect((await buy()).error).toBe('ECONNRESET');
  expect(await executed()).toBe(0);
  await arm({ kind: 'answer-lost' });
  expect((await buy()).error).toBe('ECONNRESET');
  expect(await executed()).toBe(1);
  await arm({ kind: 'answer-lost', seen: 'hang' });
  expect((await buy({}, 300)).error).toBe('patience');
  expect(await executed()).toBe(2);
  expect((await buy()).status).toBe(200);
});

test('a request that arrives after timestamp + recvWindow is refused by the matching engine: the fence holds', async () => {
  await arm({ kind: 'late-arrival', delayMs: 700, count: 3 });
  const late = await buy({ recvWindow: '400' }, 2_000);
  expect([late.status, JSON.parse(late.text).code]).toEqual([400, -1021]);
  // The client has long given up; still nothing may happen.
  expect((await buy({ recvWindow: '400' }, 100)).error).toBe('patience');
  expect((await buy({ recvWindow: '5000' }, 100)).error).toBe('patience');
  await until(async () => (await executed()) === 1);
  const { orders } = await exchange.ledger(key);
  expect(orders).toHaveLength(1);
});

test('-1007, 5xx and 503 leave the outcome open; both outcomes occur and the seed repeats them', async () => {
  const outcomes: number[][] = [];
  for (let round = 0; round < 2; round++) {
    await exchange.control('POST', '/faults', {
      seed: 7,
      replace: true,
      faults: [{ kind: '-1007', endpoint: 'POST /api/v3/order', count: 8 }],
    });
    const run: number[] = [];
    for (let i = 0; i < 8; i++) {
      const before = await executed();
      const answer = await buy();
      expect([answer.status, JSON.parse(answer.text).code]).toEqual([504, -1007]);
      run.push((await executed()) - before);
    }
    outcomes.push(run);
  }
  expect(outcomes[0]).toEqual(outcomes[1]);
  expect(new Set(outcomes[0])).toEqual(new Set([0, 1]));
  await arm({ kind: '502' });
  expect((await buy()).status).toBe(502);
  await arm({ kind: '503', executed: false });
  expect((await buy()).status).toBe(503);
});

test('429 and 418 come with Retry-After and do nothing', async () => {
  await arm({ kind: '429', retryAfter: 7 });
  const limited = await buy();
  expect([limited.status, limited.headers['retry-after'], JSON.parse(limited.text).code]).toEqual([429, '7', -1003]);
  await arm({ kind: '418' });
  const banned = await buy();
  expect([banned.status, banned.headers['retry-after']]).toEqual([418, '120']);
  await arm({ kind: 'maintenance' });
  expect((await buy()).status).toBe(503);
  expect(await executed()).toBe(0);
});

test('spoilt bodies hide an order that was executed', async () => {
  const seen: Record<string, Wire> = {};
  for (const kind of ['html', 'empty', 'malformed', 'cut', 'stalled']) {
    await arm({ kind });
    seen[kind] = await buy({}, 400);
  }
  expect(seen.html?.text).toMatch(/^<html>/);
  expect(seen.empty).toMatchObject({ status: 200, text: '', error: null });
  expect(() => JSON.parse(seen.malformed?.text ?? '')).toThrow();
  expect(seen.cut?.error).toBe('ECONNRESET');
  expect(seen.stalled).toMatchObject({ status: 200, error: 'patience' });
  expect(await executed()).toBe(5);
  await arm({ kind: 'reset', executed: false });
  expect((await buy()).error).toBe('ECONNRESET');
  expect(await executed()).toBe(5);
});

test('lagging reads answer from the past, then catch up', async () => {
  await new Promise((resolve) => setTimeout(resolve, 450)); // the account itself has to be older than the lag
  await exchange.control('POST', '/faults', [{ kind: 'lagging-reads', endpoint: 'GET *', delayMs: 400 }]);
  await buy({ newClientOrderId: 'lagging' });
  const query = { symbol: 'BTCUSDT', origClientOrderId: 'lagging' };
  expect(JSON.parse((await wire('GET', '/api/v3/order', query)).text).code).toBe(-2013);
  expect(JSON.parse((await wire('GET', '/api/v3/myTrades', { symbol: 'BTCUSDT' })).text)).toEqual([]);
  const usdt = async () =>
    (JSON.parse((await wire('GET', '/api/v3/account')).text).balances as { asset: string; free: string }[]).find(
      (one) => one.asset === 'USDT',
    )?.free;
  expect(await usdt()).toBe('100000.00000000');
  await until(async () => JSON.parse((await wire('GET', '/api/v3/order', query)).text).status === 'FILLED');
  expect(await usdt()).toBe('99939.99999000');
});

test('clock skew moves the exchange time and what it accepts', async () => {
  await exchange.control('POST', '/faults', [{ kind: 'clock-skew', skewMs: -30_000 }]);
  const { serverTime } = JSON.parse((await wireTime()).text) as { serverTime: number };
  expect(serverTime - Date.now()).toBeLessThan(-29_000);
  expect(JSON.parse((await buy()).text).code).toBe(-1021);
  await exchange.control('DELETE', '/faults');
  expect((await buy()).status).toBe(200);
});
const wireTime = async () => ({ text: await (await fetch(`${exchange.url}/api/v3/time`)).text() });

test('a thin book and partial fills leave a rest', async () => {
  await exchange.control('POST', '/faults', [{ kind: 'thin-book', factor: 1_000, account: key.account }]);
  const thin = JSON.parse((await buy({ quantity: '0.5' })).text);
  expect([thin.status, thin.fills.length > 10, Number(thin.executedQty) < 0.5]).toEqual(['EXPIRED', true, true]);
  await exchange.control('POST', '/faults', {
    replace: true,
    faults: [{ kind: 'partial-fills', fraction: 0.25, account: key.account, count: 1 }],
  });
  const part = JSON.parse((await buy({ type: 'LIMIT', timeInForce: 'GTC', price: '60100.00', quantity: '0.2' })).text);
  expect([part.status, part.executedQty]).toEqual(['PARTIALLY_FILLED', '0.05000000']);
});

test('faults hit only the account and endpoint they name, as often as they say', async () => {
  const other = await exchange.account({ USDT: '1000' });
  await arm(
    { kind: '503', executed: false, account: other.account },
    { kind: '503', executed: false, endpoint: 'DELETE *' },
    { kind: '503', executed: false, after: 1, count: 1 },
  );
  expect([(await buy()).status, (await buy()).status, (await buy()).status]).toEqual([200, 503, 200]);
});

test('stream faults: events told twice, lost, out of order, and the connection cut', async () => {
  const socket = new WebSocket(`${exchange.url.replace('http', 'ws')}/ws-api/v3`);
  const messages: { event?: { e: string; x?: string; i?: number } }[] = [];
  socket.on('message', (data) => messages.push(JSON.parse(String(data))));
  await new Promise((resolve) => socket.once('open', resolve));
  const parameters = { apiKey: key.apiKey, timestamp: Date.now() };
  const payload = `apiKey=${key.apiKey}&timestamp=${parameters.timestamp}`;
  const signature = createHmac('sha256', key.secret).update(payload).digest('hex');
  socket.send(
    JSON.stringify({ id: 1, method: 'userDataStream.subscribe.signature', params: { ...parameters, signature } }),
  );
  await until(async () => messages.length === 1);
  const names = () => messages.filter((one) => one.event).map((one) => one.event?.x ?? one.event?.e);
  const after = async (...faults: Record<string, unknown>[]) => {
    await exchange.control('POST', '/faults', { replace: true, faults });
    messages.length = 0;
    await buy();
    await new Promise((resolve) => setTimeout(resolve, 50));
    return names();
  };
  expect(await after()).toEqual(['NEW', 'TRADE', 'outboundAccountPosition']);
  expect(await after({ kind: 'duplicate-events', endpoint: 'stream:user', count: 1 })).toEqual([
    'NEW',
    'NEW',
    'TRADE',
    'outboundAccountPosition',
  ]);
  expect(await after({ kind: 'drop-events', endpoint: 'stream:user', after: 1, count: 1 })).toEqual([
    'NEW',
    'outboundAccountPosition',
  ]);
  expect(await after({ kind: 'reorder-events', endpoint: 'stream:user', count: 1 })).toEqual([
    'TRADE',
    'NEW',
    'outboundAccountPosition',
  ]);
  const closed = new Promise((resolve) => socket.once('close', resolve));
  await after({ kind: 'disconnect', endpoint: 'stream:user', count: 1 });
  await closed;
});

test('wrong input on the control port is refused and says what is right', async () => {
  const refused = async (method: string, path: string, body?: unknown) => {
    const { status, body: answer } = await exchange.control(method, path, body);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
    return answer.error;
  };
  expect(await refused('POST', '/faults', [{ kind: 'gremlins' }])).toMatch(
    /"gremlins" is unknown; known are request-lost/,
  );
  expect(await refused('POST', '/faults', [{ kind: 'html', odds: 1 }])).toMatch(/unknown field odds/);
  expect(await refused('POST', '/faults', [{ kind: 'html', probability: 2 }])).toMatch(
    /probability has to be a number from 0 to 1/,
  );
  expect(await refused('POST', '/clock', { step: -1 })).toMatch(/step has to be/);
  expect(await refused('POST', '/clock', { until: 1 })).toMatch(/lies before market time/);
  expect(await refused('POST', '/clock', {})).toMatch(/send \{ "step"/);
  expect(await refused('POST', '/accounts', { balances: { USDT: '-5' } })).toMatch(/balances.USDT/);
  expect(await refused('POST', '/prices', { symbol: 'NOSUCH', price: 1 })).toMatch(/not traded here/);
  expect(await refused('POST', '/prices', { symbol: 'BTCUSDT' })).toMatch(/either price/);
  expect(await refused('POST', '/balances', { account: key.account, asset: 'USDT', delta: '-1e9' })).toMatch(
    /delta has to be/,
  );
  expect(await refused('POST', '/balances', { account: key.account, asset: 'USDT', delta: '-100000.01' })).toMatch(
    /are free/,
  );
  expect(await refused('GET', '/ledger')).toMatch(/name the account/);
  expect(await refused('GET', '/nowhere')).toMatch(/known are GET \/ledger/);
  expect((await exchange.control('GET', '/ledger?account=nobody')).body).toMatchObject({
    orders: [],
    trades: [],
    balances: [],
  });
});

test('an account made twice keeps its key and its money', async () => {
  const first = await exchange.account({ USDT: '10' }, 'twice');
  await expect(exchange.account({ USDT: '99' }, 'twice')).resolves.toMatchObject({
    apiKey: first.apiKey,
    secret: first.secret,
  });
  expect((await exchange.ledger(first)).balances).toEqual([
    { asset: 'USDT', free: '10.00000000', locked: '0.00000000' },
  ]);
});

test('weights are counted in the headers and end in 429, then 418', async () => {
  const small = await simulator({ dataDir: candleFolder({ 'BTCUSDT-1m': flat(60_000, 100) }), weightLimit: 50 });
  try {
    const ask = () => fetch(`${small.url}/api/v3/klines?symbol=BTCUSDT&interval=1m`);
    expect((await ask()).headers.get('x-mbx-used-weight-1m')).toMatch(/^[24]$/);
    let answer = await ask();
    for (let i = 0; i < 60 && answer.status === 200; i++) answer = await ask();
    expect(answer.status).toBe(429);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    for (let i = 0; i < 1_000 && answer.status !== 418; i++) answer = await ask();
    expect(answer.status).toBe(418);
  } finally {
    await small.end();
  }
});
