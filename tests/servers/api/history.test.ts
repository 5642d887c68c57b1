import type { Repositories } from '../../../adapters/database/repositories.js';
import { KNOWN_FEATURES } from '../../../trading/learning/score.js';
import { hashOf, MODEL_FORMAT } from '../../../trading/learning/serialize.js';
import { trainingWorkflowId } from '../../../workflows/trainingMessages.js';
import { type Answer, startApi, type TestApi } from './testApi.js';

let t: TestApi;
let anna: { id: string; token: string };
let ben: { id: string; token: string };
const at = Date.now();

beforeAll(async () => {
  t = await startApi({ temporal: true });
  anna = await t.user('anna@example.org');
  ben = await t.user('ben@example.org');
  // As if the account were old: pages go back to its making.
  const createdAt = new Date(at - 30 * 86_400_000);
  await t.database.models.users.updateOne({ _id: anna.id }, { $set: { createdAt } });
  await fill(t.repositories, anna.id);
}, 90_000);
afterAll(() => t?.stop());

/** 40 logs over 20 days, some at the same moment; one order, position, trade, signal and notification. */
async function fill(store: Repositories, userId: string): Promise<void> {
  for (let i = 0; i < 20; i++)
    await store.cycle.appendLogs(
      userId,
      `k${String(i).padStart(2, '0')}`,
      [
        { logLevel: 'INFO', component: 'ENGINE', message: `entry ${i}`, data: { i } },
        { logLevel: i % 2 ? 'WARNING' : 'ERROR', component: 'RISK', message: `BTC/USDT =cmd|"quoted", ${i}` },
      ],
      at - i * 86_400_000,
    );
  const order = {
    userId,
    intentId: 'i',
    clientOrderId: 'c1',
    symbol: 'BTC/USDT',
    side: 'BUY',
    type: 'MARKET',
    purpose: 'ENTRY',
    quantity: '1',
    mode: 'paper',
    positionId: 'p1',
  } as const;
  await store.orders.insertIntent(order);
  const trade = {
    positionId: 'p1',
    symbol: 'BTC/USDT',
    entryTime: at,
    entryPrice: '100',
    exitTime: at,
    exitPrice: '110',
    quantity: '1',
    fees: '0.2',
    pnl: '9.8',
    pnlPct: 9.8,
    exitReason: 'target',
  } as const;
  await store.trades.insert(userId, trade, {
    day: '2026-01-01',
    mode: 'paper',
    strategy: 'ensemble',
    leadingStrategy: 'trend',
  });
  const position = {
    id: 'p1',
    symbol: 'BTC/USDT',
    status: 'OPEN',
    quantity: '1',
    entryQuantity: '1',
    entryPrice: '100',
    entryFee: '0.1',
    entryTime: at,
    stopPrice: '99',
    targetPrice: '102',
    highestPrice: '100',
    partialTaken: false,
    protection: null,
    unprotectedSince: null,
    intentId: 'i',
    realizedPnl: '0',
  } as const;
  await store.positions.insert(userId, position, { mode: 'paper' });
  const signal = {
    symbol: 'BTC/USDT',
    type: 'BUY',
    confidence: 70,
    entryPrice: 100,
    stopLoss: 99,
    takeProfit: 102,
    candleTime: at,
    reasons: ['trend'],
  } as const;
  await store.cycle.recordCycle(userId, {
    cycle: 1,
    at,
    logs: [],
    signals: [{ id: 's1', signal: { ...signal, reasons: ['trend'] } }],
    status: null,
    snapshot: {
      marketTime: at,
      equity: 10_000,
      cash: 10_000,
      positionsValue: 0,
      realizedPnl: 0,
      unrealizedPnl: 0,
      fees: 0,
      dailyPnl: 0,
      dailyPnlPct: 0,
      drawdownPct: 0,
    },
  });
  await store.notifications.insert({
    id: 'n1',
    userId,
    type: 'TRADE_EXECUTED',
    severity: 'INFO',
    title: 'Bought',
    message: 'BTC/USDT',
    data: { symbol: 'BTC/USDT' },
    channels: ['dashboard', 'email'],
  });
}

const get = (path: string, token = anna.token, headers?: Record<string, string>): Promise<Answer> =>
  t.ask('GET', path, { token, headers });

describe('pages', () => {
  test('put together are everything, once, newest first', async () => {
    const seen: { id: string; timestamp: string }[] = [];
    let cursor = '';
    do {
      const { body } = await get(`/api/logs?limit=7${cursor && `&cursor=${cursor}`}`);
      expect(body.items.length).toBeLessThanOrEqual(7);
      seen.push(...body.items);
      cursor = body.nextCursor ?? '';
    } while (cursor);
    expect(new Set(seen.map(({ id }) => id)).size).toBe(40);
    expect(seen.map(({ timestamp }) => timestamp)).toEqual(
      seen
        .map(({ timestamp }) => timestamp)
        .sort()
        .reverse(),
    );
  });

  test('are filtered by level, component, text, symbol and time', async () => {
    const items = async (query: string) => (await get(`/api/logs?${query}`)).body.items.length;
    expect(await items('level=ERROR')).toBe(10);
    expect(await items('component=ENGINE')).toBe(20);
    expect(await items('q=ENTRY%201')).toBe(11);
    expect(await items('q=.*')).toBe(0);
    expect(await items('symbol=BTC/USDT')).toBe(20);
    const from = new Date(at - 5 * 86_400_000).toISOString();
    expect(await items(`from=${from}`)).toBe(12);
    expect(await items(`to=${from}&limit=500`)).toBe(30);
  });

  test('of notifications are filtered by the symbol that they tell of', async () => {
    const items = async (query: string) => (await get(`/api/notifications?${query}`)).body.items.length;
    expect(await items('symbol=BTC/USDT')).toBe(1);
    expect(await items('symbol=ETH/USDT')).toBe(0);
  });

  test('a day that does not exist is refused and not taken for another', async () => {
    for (const time of ['2026-02-30', '2026-02-29T12:00:00Z']) {
      const { status, body } = await get(`/api/logs?from=${time}`);
      expect([status, body.errors[0].path]).toEqual([422, 'from']);
    }
  });

  test('refuse what is no cursor, limit or time, naming all of them', async () => {
    const { status, body } = await get('/api/logs?limit=501&from=yesterday&level=LOUD&page=2');
    expect(status).toBe(422);
    expect(body.errors.map((one: { path: string }) => one.path).sort()).toEqual(['from', 'level', 'limit', 'page']);
    expect((await get('/api/logs?cursor=bm9uc2Vuc2U')).body.errors[0].path).toBe('cursor');
    expect((await get('/api/audit?cursor=x')).body.errors[0].path).toBe('cursor');
  });

  test('of the audit log hold every entry once, the last one first', async () => {
    const places: number[] = [];
    let cursor: string | null = '';
    for (let pages = 0; cursor !== null && pages < 50; pages++) {
      const { body } = await get(`/api/audit?all=true&limit=3${cursor && `&cursor=${cursor}`}`, t.adminToken);
      places.push(...body.items.map(({ id }: { id: string }) => Number(id)));
      cursor = body.nextCursor;
    }
    expect(places.length).toBeGreaterThan(3);
    expect(places).toEqual(places.map((_, index) => places.length - index));
    const { body } = await get(`/api/audit?to=${new Date(Date.now() - 3_600_000).toISOString()}`);
    expect(body).toEqual({ items: [], nextCursor: null });
  });
});

describe('as CSV', () => {
  test('logs, trades and orders come as tables that a spreadsheet cannot run', async () => {
    const logs = await get('/api/logs', anna.token, { accept: 'text/csv' });
    expect(logs.headers.get('content-type')).toContain('text/csv');
    const lines = logs.text.trim().split('\r\n');
    expect(lines).toHaveLength(41);
    expect(lines[0]).toBe('id,timestamp,logLevel,component,message,data');
    expect(logs.text).toContain('"BTC/USDT =cmd|""quoted"", 0"');
    const trades = await get('/api/trades', anna.token, { accept: 'text/csv' });
    expect(trades.text).toMatch(/^id,symbol,entryTime,.*\r\np1,BTC\/USDT,/);
    const orders = await get('/api/orders?limit=1', anna.token, { accept: 'text/csv' });
    expect(orders.text.split('\r\n')[1]).toContain('c1');
    expect((await get('/api/logs', anna.token, { accept: 'application/json' })).body.items).toHaveLength(40);
  });
});

describe('orders and trades', () => {
  test('of one position are found by it, and orders by their side', async () => {
    const ids = async (path: string) => (await get(path)).body.items.map(({ id }: { id: string }) => id);
    expect(await ids('/api/orders?positionId=p1&side=BUY')).toEqual(['c1']);
    expect(await ids('/api/orders?positionId=p1&side=SELL')).toEqual([]);
    expect(await ids('/api/orders?positionId=p2')).toEqual([]);
    expect(await ids('/api/trades?positionId=p1')).toEqual(['p1']);
    expect(await ids('/api/trades?positionId=p2')).toEqual([]);
    const [order] = (await get('/api/orders')).body.items;
    expect(order.transitions).toEqual([expect.objectContaining({ from: null, to: 'SUBMITTING', evidence: 'stored' })]);
  });
});

describe('dead letters', () => {
  test('are found by the state of a delivery, with their reason', async () => {
    expect((await get('/api/notifications?delivery=failed')).body.items).toEqual([]);
    await t.repositories.notifications.recordDelivery('n1', 'email', { status: 'failed', error: 'expired' });
    const { items } = (await get('/api/notifications?delivery=failed')).body;
    expect(items.map(({ id }: { id: string }) => id)).toEqual(['n1']);
    expect(items[0].deliveries[1]).toMatchObject({ channel: 'email', status: 'failed', attempts: 1, error: 'expired' });
    expect((await get('/api/notifications?delivery=lost')).status).toBe(422);
  });
});

describe('two users', () => {
  test('see nothing of each other', async () => {
    for (const path of ['logs', 'signals', 'orders', 'trades', 'positions', 'notifications']) {
      expect((await get(`/api/${path}`)).body.items.length).toBeGreaterThan(0);
      expect((await get(`/api/${path}`, ben.token)).body).toEqual({ items: [], nextCursor: null });
    }
    const { body } = await get('/api/performance');
    expect(body.equity).toHaveLength(1);
    expect(body.byStrategy).toEqual([
      { strategy: 'trend', trades: 1, wins: 1, winRatePct: 100, pnl: 9.8, averagePnlPct: 9.8 },
    ]);
    expect((await get('/api/trades')).body.items[0]).toMatchObject({ strategy: 'ensemble', leadingStrategy: 'trend' });
    expect((await get('/api/performance', ben.token)).body.equity).toEqual([]);
    const audit = (await get('/api/audit', ben.token)).body.items as { userId: string }[];
    expect(audit.every(({ userId }) => userId === ben.id)).toBe(true);
    expect((await get('/api/audit?all=true', ben.token)).status).toBe(403);
  });

  test("touch nothing of each other: another's things are not there", async () => {
    const post = (path: string, body: object = {}) => t.ask('POST', path, { token: ben.token, body });
    expect((await post('/api/positions/p1/close')).status).toBe(404);
    expect((await post('/api/notifications/read', { ids: ['n1'] })).body).toEqual({ read: 0 });
    expect((await t.ask('PATCH', `/api/users/${anna.id}`, { token: ben.token, body: { disabled: true } })).status).toBe(
      403,
    );
    await t.repositories.backtests.insert({ id: 'backtest-1', userId: anna.id, kind: 'backtest', request: {} });
    expect((await get('/api/backtests/backtest-1')).status).toBe(200);
    expect((await get('/api/backtests/backtest-1', ben.token)).status).toBe(404);
    expect((await post('/api/backtests/backtest-1/cancel')).status).toBe(404);
    expect((await get('/api/searches/backtest-1')).status).toBe(404);
    expect((await t.ask('POST', '/api/notifications/read', { token: anna.token, body: {} })).body).toEqual({ read: 1 });
  });
});

describe('models', () => {
  const promote = (version: string, token = t.adminToken) =>
    t.ask('POST', `/api/models/${version}/promote`, { token, body: {} });
  const stages = async () =>
    Object.fromEntries(
      (await get('/api/models')).body.items.map(({ version, stage }: { version: string; stage: string }) => [
        version,
        stage,
      ]),
    );

  beforeAll(async () => {
    const about = { symbol: 'BTC/USDT', timeframe: '5m', quality: null, trainedFrom: null, trainedTo: null };
    const save = (version: string, stage: 'candidate' | 'failed', artifact: string | null) =>
      t.repositories.models.insert({ ...about, version, stage, artifact, features: [] });
    for (const version of ['older', 'newer']) await save(version, 'candidate', JSON.stringify(loadable(version)));
    await save('drifted', 'failed', JSON.stringify(loadable('drifted')));
    await save('changed', 'candidate', JSON.stringify({ ...loadable('changed'), data: { from: '2020' } }));
    await save('of-a-format-of-before', 'candidate', JSON.stringify({ ...loadable('x'), format: 1 }));
    await save('lost', 'candidate', null);
  });

  test('are rolled back by one call of an administrator, which the audit keeps', async () => {
    expect((await promote('newer', anna.token)).status).toBe(403);
    expect((await promote('newer')).body).toMatchObject({ version: 'newer', stage: 'active', inUse: true });
    expect((await promote('older')).body).toMatchObject({ version: 'older', inUse: true });
    expect(await stages()).toMatchObject({ older: 'active', newer: 'retired' });
    const audit = (await get('/api/audit?all=true', t.adminToken)).body.items as { action: string; target: string }[];
    expect(audit.filter(({ action }) => action === 'model.promote').map(({ target }) => target)).toEqual([
      'older',
      'newer',
    ]);
  });

  test('that no worker could ask are refused with the reason, and the one in use stays', async () => {
    const refused = { status: 409, body: { code: 'MODEL_NOT_USABLE' } };
    for (const [version, reason] of [
      ['drifted', /drift watch took it out of use/],
      ['changed', /not what was saved/],
      ['of-a-format-of-before', /format 1 is not known/],
      ['lost', /nothing of it was saved/],
    ] as const) {
      const answer = await promote(version);
      expect(answer).toMatchObject(refused);
      expect(answer.body.detail).toMatch(reason);
    }
    expect((await promote('unheard-of')).status).toBe(404);
    expect(await stages()).toMatchObject({ older: 'active', drifted: 'failed', changed: 'candidate' });
  });

  test('are trained for an administrator only, one training of a symbol and timeframe at a time', async () => {
    const train = (body: object, token = t.adminToken) => t.ask('POST', '/api/models/train', { token, body });
    expect((await train({}, anna.token)).status).toBe(403);
    expect((await train({ timeframe: '7m' })).status).toBe(422);
    const first = await train({ symbol: 'ETH/USDT', timeframe: '1h' });
    expect(first).toMatchObject({ status: 202, body: { workflowId: trainingWorkflowId('ETH/USDT', '1h') } });
    expect((await train({ symbol: 'ETH/USDT', timeframe: '1h' })).body).toEqual(first.body);
    const audit = (await get('/api/audit?all=true', t.adminToken)).body.items as { action: string }[];
    expect(audit.some(({ action }) => action === 'model.train')).toBe(true);
  });
});

/** The least that loads. */
function loadable(version: string) {
  const parts = { boosting: { base: 0, trees: [] } };
  const model = {
    ...{ format: MODEL_FORMAT, symbol: 'BTC/USDT', timeframe: '5m', data: {}, features: [KNOWN_FEATURES[0]!] },
    ...{ parameters: {}, parts, calibration: {}, recalibration: {}, distribution: [], report: null },
  };
  return { ...model, version, hash: hashOf(model as never) };
}

describe('the stream', () => {
  async function listen(
    token: string,
    headers: Record<string, string>,
    until: (text: string) => boolean,
  ): Promise<string> {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), 15_000);
    const response = await fetch(`${t.url}/api/stream`, {
      headers: { authorization: `Bearer ${token}`, ...headers },
      signal: stop.signal,
    });
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    let text = '';
    try {
      for await (const chunk of response.body!) {
        text += Buffer.from(chunk).toString();
        if (until(text)) break;
      }
    } finally {
      clearTimeout(timer);
      stop.abort();
    }
    return text;
  }

  test("brings a user's own news and no one else's", async () => {
    const heard = listen(anna.token, {}, (text) => text.includes('news for anna') && /event: ?status/.test(text));
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    const entry = (message: string) => [{ logLevel: 'INFO' as const, component: 'API' as const, message }];
    await t.repositories.cycle.appendLogs(ben.id, 'news', entry('news for ben'));
    await t.repositories.cycle.appendLogs(anna.id, 'news', entry('news for anna'));
    const text = await heard;
    expect(text).toMatch(/event: ?log/);
    expect(text).toMatch(/event: ?status/);
    expect(text).not.toContain('news for ben');
  });

  test('goes on from Last-Event-ID', async () => {
    const missed = String(at - 1_000);
    const text = await listen(anna.token, { 'last-event-id': missed }, (all) => all.includes('"id":"n1"'));
    expect(text).toMatch(/event: ?trade/);
    expect(text).toMatch(/event: ?signal/);
    expect(text).toMatch(/id: ?\d{13}/);
  });
});
