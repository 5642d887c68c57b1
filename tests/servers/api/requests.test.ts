import { request as httpRequest } from 'node:http';
import { PASSWORD, startApi, type TestApi } from './testApi.js';

type Json = Record<string, unknown>;

let t: TestApi;
let anna: { id: string; token: string };
beforeAll(async () => {
  t = await startApi({ simulator: true });
  anna = await t.user('anna@example.org');
}, 90_000);
afterAll(() => t?.stop());

const problem = (answer: { status: number; body: { code: string }; headers: Headers }) => {
  expect(answer.headers.get('content-type')).toContain('application/problem+json');
  return [answer.status, answer.body.code];
};

describe('what cannot be read', () => {
  test('malformed JSON is 400', async () => {
    expect(problem(await t.ask('POST', '/api/auth/login', { raw: '{"email":' }))).toEqual([400, 'MALFORMED_JSON']);
  });
  test('a body that is no JSON is 415', async () => {
    const headers = { 'content-type': 'text/plain' };
    expect(problem(await t.ask('POST', '/api/auth/login', { raw: 'x', headers }))).toEqual([415, 'UNSUPPORTED_BODY']);
  });
  test('a body beyond the limit is 413', async () => {
    const raw = JSON.stringify({ email: 'x'.repeat(200_000) });
    expect(problem(await t.ask('POST', '/api/auth/login', { raw }))).toEqual([413, 'BODY_TOO_LARGE']);
  });
  test('an unknown address is 404, below /api and elsewhere', async () => {
    expect(problem(await t.ask('GET', '/api/nothing', { token: anna.token }))).toEqual([404, 'NOT_FOUND']);
    expect(problem(await t.ask('POST', '/elsewhere', { body: {} }))).toEqual([404, 'NOT_FOUND']);
    expect(problem(await t.ask('GET', '/api/users/%E0%A4%A', { token: t.adminToken }))[0]).toBe(400);
  });
  test('a method that is not served is 405 and says which are', async () => {
    const answer = await t.ask('DELETE', '/api/config', { token: anna.token });
    expect(problem(answer)).toEqual([405, 'METHOD_NOT_ALLOWED']);
    expect(answer.headers.get('allow')).toBe('GET, PUT, HEAD');
  });
  test('a foreign host name is 421: the name of a page elsewhere may be made to point here', async () => {
    const { hostname, port } = new URL(t.url);
    const status = await new Promise((resolve) => {
      const asked = httpRequest({ hostname, port, path: '/healthz', headers: { host: 'evil.example' } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      asked.end();
    });
    expect(status).toBe(421);
  });
  test('operators of the database are values like any other, and refused', async () => {
    const body = { email: { $gt: '' }, password: { $gt: '' } };
    const answer = await t.ask('POST', '/api/auth/login', { body });
    expect(answer.status).toBe(422);
    expect(answer.body.errors.map((one: { path: string }) => one.path)).toEqual(['email', 'password']);
    expect((await t.ask('GET', '/api/logs?level[$ne]=INFO', { token: anna.token })).status).toBe(422);
    expect((await t.ask('GET', '/api/logs?level=INFO&level=ERROR', { token: anna.token })).status).toBe(422);
  });
});

describe('every answer', () => {
  test('carries a strict policy and no sign of what it is made with', async () => {
    const { headers } = await t.ask('GET', '/healthz');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('content-security-policy')).toContain("script-src 'self';style-src 'self';");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-powered-by')).toBeNull();
  });
  /** Asks every route that was chosen; all answer the same. */
  async function everyRoute(chosen: (route: Json) => boolean, token: string | null, expected: unknown[]) {
    const { paths } = (await t.ask('GET', '/api/openapi.json')).body;
    const routes = Object.entries<Json>(paths).flatMap(([path, methods]) =>
      Object.entries<Json>(methods as never)
        .filter(([, route]) => chosen(route))
        .map(([method]) => ({ method: method.toUpperCase(), path })),
    );
    for (const { method, path } of routes) {
      const { status, body } = await t.ask(method, path.replace(/\{\w+\}/g, 'x'), { token });
      expect([method, path, status, body.code]).toEqual([method, path, ...expected]);
    }
    return routes.map(({ method, path }) => `${method} ${path}`).sort();
  }
  test('of a path that needs a sign-in is 401 without one, for every route', async () => {
    const asked = await everyRoute((route) => route['x-access'] !== 'public', null, [401, 'NOT_SIGNED_IN']);
    expect(asked.length).toBeGreaterThan(40);
  });
  test('of a path for administrators is 403 for everyone else, for every route', async () => {
    expect(await everyRoute((route) => route['x-access'] === 'admin', anna.token, [403, 'ADMIN_ONLY'])).toEqual([
      'GET /api/admin/overview',
      'GET /api/users',
      'PATCH /api/users/{id}',
      'POST /api/admin/emergency-stop',
      'POST /api/admin/release',
      'POST /api/models/train',
      'POST /api/models/{version}/promote',
      'POST /api/users',
    ]);
  });
  test('of a path that takes a sign-in is 403 for an API token, an administrator’s too, for every route', async () => {
    const { token } = (await t.ask('POST', '/api/tokens', { token: t.adminToken, body: { name: 'script' } })).body;
    expect(await everyRoute((route) => route['x-sign-in-only'] === true, token, [403, 'SIGN_IN_ONLY'])).toEqual([
      'DELETE /api/exchange-credentials',
      'DELETE /api/sessions',
      'DELETE /api/sessions/{id}',
      'DELETE /api/tokens',
      'DELETE /api/tokens/{id}',
      'PATCH /api/me',
      'PATCH /api/users/{id}',
      'POST /api/me/totp',
      'POST /api/tokens',
      'POST /api/users',
      'PUT /api/exchange-credentials',
    ]);
  });
  test('is documented: the page comes from here and the document names every route of the contract', async () => {
    const page = await t.ask('GET', '/api/docs');
    expect(page.text).toContain('/api/docs/swagger-ui-bundle.js');
    expect(page.text).not.toMatch(/https?:\/\//);
    expect((await t.ask('GET', '/api/docs/swagger-ui-bundle.js')).status).toBe(200);
    const { paths } = (await t.ask('GET', '/api/openapi.json')).body;
    for (const path of [
      '/api/auth/login',
      '/api/config',
      '/api/trading/emergency-stop',
      '/api/positions/{id}/close',
      '/api/searches/{id}/cancel',
      '/api/admin/release',
      '/readyz',
    ])
      expect(Object.keys(paths)).toContain(path);
  });
});

describe('settings', () => {
  const put = (body: unknown) => t.ask('PUT', '/api/config', { token: anna.token, body });

  test("begin with the contract's defaults", async () => {
    const { body } = await t.ask('GET', '/api/config', { token: anna.token });
    expect(body).toMatchObject({
      userId: anna.id,
      isEnabled: false,
      tradingMode: 'CONSERVATIVE',
      mode: 'paper',
      maxDailyLossPct: 3,
      maxPositions: 5,
      tradingInterval: 300,
      symbols: ['BTC/USDT', 'ETH/USDT'],
      timeframe: '5m',
      entryPolicy: 'ensemble',
      positionSizePct: 2,
      stopLossPct: 1,
      takeProfitPct: 2,
      liquidateOnEmergency: false,
      apiConnectionLostAfter: 300,
      systemErrorAfter: 5,
      autoResumeNextDay: false,
      timeZone: 'UTC',
    });
  });

  test("take the original design's example as it stands, and never turn live on by it", async () => {
    const design = {
      engine: { trading_interval: 60, max_concurrent_positions: 4, enable_paper_trading: false },
      risk_management: { daily_loss_limit_pct: 2.5, position_size_pct: 3, stop_loss_pct: 1.5, take_profit_pct: 4 },
      symbols: ['ETH/USDT'],
      notifications: { enabled: true, channels: ['dashboard'], trade_notifications: false, error_notifications: true },
    };
    const { status, body } = await put(design);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      tradingInterval: 60,
      maxPositions: 4,
      mode: 'paper',
      maxDailyLossPct: 2.5,
      positionSizePct: 3,
      stopLossPct: 1.5,
      takeProfitPct: 4,
      symbols: ['ETH/USDT'],
      notifications: { enabled: true, channels: ['dashboard'], tradeNotifications: false, errorNotifications: true },
    });
    expect(body.warnings).toHaveLength(1);
    expect(body.warnings[0]).toMatch(/live/i);
  });

  test('refuse what the two forms say differently, and spell a time zone as the IANA database does', async () => {
    const notifications = { tradeNotifications: true, trade_notifications: false };
    const { status, body } = await put({ notifications, stopLossPct: 1, risk_management: { stop_loss_pct: 2 } });
    expect(status).toBe(422);
    expect(body.errors.map((one: { path: string }) => one.path)).toEqual([
      'risk_management.stop_loss_pct',
      'notifications.trade_notifications',
    ]);
    expect((await put({ timeZone: 'asia/seoul' })).body.timeZone).toBe('Asia/Seoul');
    expect((await put({ timeZone: 'Asia/Kolkata' })).body.timeZone).toBe('Asia/Kolkata');
    expect((await put({ timeZone: 'UTC' })).body.timeZone).toBe('UTC');
  });

  test('name every wrong and unknown field, and change nothing then', async () => {
    const before = (await t.ask('GET', '/api/config', { token: anna.token })).body;
    const { status, body } = await put({
      tradingInterval: 0,
      maxPositions: 1.5,
      symbols: ['BTC-USDT'],
      timeZone: 'Mars/Olympus',
      isEnabled: true,
      risk: { maxDrawdownPct: -1, unknownLimit: 2 },
      engine: { speed: 9 },
    });
    expect(status).toBe(422);
    expect(body.errors.map((one: { path: string }) => one.path).sort()).toEqual(
      [
        'engine.speed',
        'isEnabled',
        'maxPositions',
        'risk.maxDrawdownPct',
        'risk.unknownLimit',
        'symbols.0',
        'timeZone',
        'tradingInterval',
      ].sort(),
    );
    expect((await t.ask('GET', '/api/config', { token: anna.token })).body).toEqual(before);
  });

  test('refuse symbols that the exchange does not list', async () => {
    const { status, body } = await put({ symbols: ['BTC/USDT', 'NOPE/USDT'] });
    expect(status).toBe(422);
    expect(body.errors).toEqual([{ path: 'symbols.1', message: 'NOPE/USDT is not listed by the exchange' }]);
  });

  test('refuse the same field in two forms with different values', async () => {
    const { status, body } = await put({ tradingInterval: 10, engine: { trading_interval: 20 } });
    expect([status, body.errors[0].path]).toEqual([422, 'engine.trading_interval']);
  });

  test('go live only with a second factor and verified keys', async () => {
    const { status, body } = await put({ mode: 'live' });
    expect([status, body.code]).toEqual([409, 'LIVE_NOT_ALLOWED']);
    // The real exchange, which is out of reach here, is not asked about what is refused anyway.
    const named = await put({ mode: 'live', symbols: ['BTC/USDT'] });
    expect([named.status, named.body.code]).toEqual([409, 'LIVE_NOT_ALLOWED']);
  });

  test('leave a trace of who changed what', async () => {
    await put({ maxPositions: 7 });
    const { items } = (await t.ask('GET', '/api/audit', { token: anna.token })).body;
    expect(items[0]).toMatchObject({ action: 'config.update', actorId: anna.id, changes: { maxPositions: { to: 7 } } });
    expect(await t.repositories.audit.verify()).toBeNull();
  });
});

describe('backtests and searches', () => {
  const paths = async (path: string, body: object): Promise<unknown> => {
    const answer = await t.ask('POST', path, { token: anna.token, body });
    return [answer.status, ...(answer.body.errors ?? []).map((one: { path: string }) => one.path)];
  };
  const asked = { strategy: 'sma-cross', symbol: 'BTC/USDT', timeframe: '5m' };

  test('name every field that asks for what there is not, before anything runs', async () => {
    const wrong = {
      ...asked,
      symbol: 'NOPE/USDT',
      params: { fast: -1, nothing: 1 },
      from: '2024-08-02',
      to: '2024-08-01',
    };
    expect(await paths('/api/backtests', wrong)).toEqual([422, 'symbol', 'params.fast', 'params.nothing', 'from']);
    expect(await paths('/api/backtests', { ...asked, strategy: 'alchemy' })).toEqual([422, 'strategy']);
    expect(await paths('/api/backtests', { ...asked, params: { fast: 50, slow: 10 } })).toEqual([422, 'params']);
    const grid = { fast: [5, -1], stopLossPct: [1], nothing: [1] };
    expect(await paths('/api/searches', { ...asked, grid })).toEqual([422, 'grid.fast.1', 'grid.nothing.0']);
    const listed = await t.ask('GET', '/api/backtests', { token: anna.token });
    expect(listed.body.items).toEqual([]);
  });

  test('a training of a symbol that is not listed is refused', async () => {
    const body = { symbol: 'NOPE/USDT' };
    expect((await t.ask('POST', '/api/models/train', { token: t.adminToken, body })).body.errors[0].path).toBe(
      'symbol',
    );
  });
});

describe('market data', () => {
  test('prices, rules, candles and the account come from the exchange', async () => {
    const market = await t.ask('GET', '/api/market', { token: anna.token });
    expect(market.body.items[0]).toMatchObject({ symbol: 'ETH/USDT' });
    expect(market.body.items[0].price).toBeGreaterThan(0);
    const { items } = (await t.ask('GET', '/api/symbols', { token: anna.token })).body;
    expect(items.map((one: { symbol: string }) => one.symbol)).toContain('BTC/USDT');
    const candles = await t.ask('GET', '/api/candles?symbol=BTC/USDT&timeframe=1m&limit=20', { token: anna.token });
    expect(candles.body.items).toHaveLength(20);
    expect(candles.body.items[0]).toHaveLength(6);
    const account = await t.ask('GET', '/api/account', { token: anna.token });
    expect(account.body.balances).toContainEqual({
      asset: 'USDT',
      free: '10000.00000000',
      locked: '0.00000000',
      total: '10000',
    });
    // Paper money came in like any other; trading has not looked at the account yet.
    expect(account.body.transfers).toMatchObject([{ kind: 'deposit', asset: 'USDT', amount: '10000' }]);
    expect(account.body.explained).toBeNull();
  });
  test('symbols that are not listed and wrong timeframes are named', async () => {
    const answer = await t.ask('GET', '/api/candles?symbol=NOPE/USDT&timeframe=1m', { token: anna.token });
    expect([answer.status, answer.body.errors[0].path]).toEqual([422, 'symbol']);
    const both = await t.ask('GET', '/api/candles?symbol=nope&timeframe=7m', { token: anna.token });
    expect(both.body.errors.map((one: { path: string }) => one.path)).toEqual(['symbol', 'timeframe']);
  });
});

describe('servers that are down', () => {
  test('the engine: commands answer 503 quickly, everything else goes on', async () => {
    const begun = Date.now();
    const start = await t.ask('POST', '/api/trading/start', { token: anna.token });
    expect([start.status, start.body.code]).toEqual([503, 'ENGINE_UNAVAILABLE']);
    expect(Date.now() - begun).toBeLessThan(12_000);
    const status = await t.ask('GET', '/api/trading/status', { token: anna.token });
    expect([status.status, status.body.status, status.body.cycle]).toEqual([200, 'STOPPED', 0]);
    const ready = await t.ask('GET', '/readyz');
    expect([ready.status, ready.body.checks.database.ok, ready.body.checks.temporal.ok]).toEqual([503, true, false]);
    expect([ready.body.degraded, ready.body.checks.worker.ok]).toEqual([true, false]);
    expect(ready.body.checks.exchange.ok).toEqual(expect.any(Boolean));
    expect((await t.ask('GET', '/healthz')).status).toBe(200);
  });

  test('the database: 503 within seconds, and service again when it is back', async () => {
    await t.servers.kill9('mongodb');
    const begun = Date.now();
    const answer = await t.ask('GET', '/api/config', { token: anna.token });
    expect([answer.status, answer.body.code]).toEqual([503, 'DATABASE_UNAVAILABLE']);
    expect(Date.now() - begun).toBeLessThan(6_000);
    await t.servers.restart('mongodb');
    for (let i = 0; i < 20; i++) {
      if ((await t.ask('GET', '/api/config', { token: anna.token })).status === 200) break;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
    expect((await t.ask('GET', '/api/config', { token: anna.token })).status).toBe(200);
  });

  test('who was refused stands in the log, with the route and the reason', async () => {
    const { id, token } = await t.user('nosy@example.org');
    expect((await t.ask('GET', '/api/users', { token })).status).toBe(403);
    const lines = t.logged.map((line) => JSON.parse(line)).filter((line) => line.msg === 'ADMIN_ONLY');
    expect(lines).toContainEqual(
      expect.objectContaining({
        userId: id,
        method: 'GET',
        path: '/api/users',
        ip: expect.stringContaining('127.0.0.1'),
      }),
    );
  });
  test('nothing of a password or a token was logged on the way', async () => {
    const everything = t.logged.join('\n');
    for (const secret of [PASSWORD, anna.token, t.adminToken]) expect(everything).not.toContain(secret);
  });
});

describe("symbols of one's own that the exchange does not list", () => {
  let eve: { id: string; token: string };
  const trades = (...symbols: string[]) => t.repositories.config.put(eve.id, { symbols });
  beforeAll(async () => {
    eve = await t.user('eve@example.org');
  });

  test('are named beside the prices of the others, and refused only where they are asked for', async () => {
    await trades('LUNA/USDT', 'BTC/USDT');
    const own = await t.ask('GET', '/api/market', { token: eve.token });
    expect(own.status).toBe(200);
    expect(own.body.items.map((item: Json) => item['symbol'])).toEqual(['BTC/USDT']);
    expect(own.body.missing).toEqual([{ symbol: 'LUNA/USDT', problem: 'LUNA/USDT is not listed by the exchange' }]);
    const asked = await t.ask('GET', '/api/market?symbols=BTC/USDT,LUNA/USDT', { token: eve.token });
    expect(asked.status).toBe(422);
    expect(asked.body.errors).toEqual([{ path: 'symbols', message: 'LUNA/USDT is not listed by the exchange' }]);
  });

  test('refuse a start where there are no others', async () => {
    await trades('LUNA/USDT', 'FTT/USDT');
    const own = await t.ask('GET', '/api/market', { token: eve.token });
    expect([own.status, own.body.items.length, own.body.missing.length]).toEqual([200, 0, 2]);
    const start = await t.ask('POST', '/api/trading/start', { token: eve.token });
    expect(problem(start)).toEqual([409, 'NOTHING_LISTED']);
    expect(start.body.detail).toContain('LUNA/USDT, FTT/USDT');
    expect(start.body.detail).toContain('BTC/USDT');
  });
});
