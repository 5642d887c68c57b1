import { createExchange } from '../../../adapters/exchange/exchange.js';
import { LIVE_EXCHANGE } from '../../../adapters/exchange/createVenues.js';
import type { Position } from '../../../trading/types.js';
import { secondFactor, startApi, type TestApi } from './testApi.js';

const HELD: Position = {
  ...{ id: 'p', symbol: 'BTC/USDT', status: 'OPEN', quantity: '1', entryQuantity: '1', entryPrice: '1', entryFee: '0' },
  ...{ entryTime: 1, stopPrice: '1', targetPrice: '1', highestPrice: '1', partialTaken: false, protection: null },
  ...{ unprotectedSince: null, intentId: 'i', realizedPnl: '0' },
};

describe('switching to live', () => {
  let t: TestApi;
  let anna: { id: string; token: string };
  beforeAll(async () => {
    t = await startApi({ simulator: true }, { live: 'simulator' });
    anna = await t.user('anna@example.org');
  }, 60_000);
  afterAll(() => t?.stop(), 60_000);

  const control = async (path: string, body: object): Promise<Record<string, string>> =>
    (await (
      await fetch(`${t.servers.controlUrl}${path}`, { method: 'POST', body: JSON.stringify(body) })
    ).json()) as never;
  const put = (body: object) => t.ask('PUT', '/api/config', { token: anna.token, body });
  const refusal = async (body: object) => {
    const answer = await put(body);
    return [answer.status, answer.body.code, answer.body.detail];
  };
  const storeKeys = (keys: object) => t.ask('PUT', '/api/exchange-credentials', { token: anna.token, body: keys });
  const live = { mode: 'live' };
  /** Used once each. */
  let codes: string[];

  test('is refused without keys and a second factor, and says what is missing', async () => {
    expect(await refusal(live)).toEqual([
      409,
      'LIVE_NOT_ALLOWED',
      expect.stringMatching(/two-factor.*keys that are verified/),
    ]);
  });

  test('keys that may do more than trade, or that the exchange does not know, are not stored', async () => {
    const { apiKey, secret } = await control('/accounts', { account: 'live-anna', balances: { USDT: '5000' } });
    for (const right of ['withdrawals', 'internalTransfer', 'margin', 'futures']) {
      await control('/permissions', { account: 'live-anna', [right]: true });
      const { status, body } = await storeKeys({ apiKey, secret });
      expect([right, status, body.code]).toEqual([right, 422, 'KEYS_REFUSED']);
      await control('/permissions', { account: 'live-anna', [right]: false });
    }
    expect((await storeKeys({ apiKey, secret: 'x'.repeat(64) })).status).toBe(422);
    expect((await t.ask('GET', '/api/exchange-credentials', { token: anna.token })).body.configured).toBe(false);
    const stored = await storeKeys({ apiKey, secret });
    expect(stored.body).toMatchObject({
      configured: true,
      problem: null,
      permissions: { canTrade: true, canWithdraw: false },
    });
    expect(stored.text).not.toContain(secret);
    expect(await refusal(live)).toEqual([
      409,
      'LIVE_NOT_ALLOWED',
      expect.stringMatching(/^Before live trading: switch on two-factor sign-in\.$/),
    ]);
  });

  test('is refused unless it is confirmed and the book is flat', async () => {
    codes = await secondFactor(t, anna.token);
    expect((await refusal(live)).slice(0, 2)).toEqual([409, 'LIVE_NOT_CONFIRMED']);
    const confirmed = { ...live, confirmLive: true, totp: codes[0] };

    await t.database.models.status.updateOne({ _id: anna.id }, { $set: { status: 'RUNNING' } });
    expect((await refusal(confirmed)).slice(0, 2)).toEqual([409, 'STATE_CONFLICT']);
    await t.database.models.status.updateOne({ _id: anna.id }, { $set: { status: 'STOPPED' } });

    const order = {
      userId: anna.id,
      intentId: 'i',
      clientOrderId: 'ctp-e-x',
      symbol: 'BTC/USDT',
      side: 'BUY',
      type: 'MARKET',
      purpose: 'ENTRY',
      quantity: '1',
      mode: 'paper',
    } as const;
    await t.repositories.orders.insertIntent(order);
    expect((await refusal(confirmed)).slice(0, 2)).toEqual([409, 'ORDERS_OPEN']);
    await t.repositories.orders.transition('ctp-e-x', ['SUBMITTING'], 'ABANDONED', 'test');

    await t.repositories.positions.insert(anna.id, HELD, { mode: 'paper' });
    expect((await refusal(confirmed)).slice(0, 2)).toEqual([409, 'POSITIONS_OPEN']);
    await t.database.models.positions.deleteMany({ userId: anna.id });

    await t.repositories.credentials.putVerification(anna.id, LIVE_EXCHANGE, {
      permissions: null,
      verifiedAt: new Date(),
      problem: 'CAN_WITHDRAW',
    });
    expect((await refusal(confirmed)).slice(0, 2)).toEqual([409, 'LIVE_NOT_ALLOWED']);
    await t.repositories.credentials.putVerification(anna.id, LIVE_EXCHANGE, {
      permissions: null,
      verifiedAt: new Date(),
      problem: null,
    });
    expect((await t.ask('GET', '/api/config', { token: anna.token })).body).toMatchObject({
      mode: 'paper',
      shadow: false,
    });
  });

  test('in shadow mode needs no confirmation, and leaving the shadow does', async () => {
    expect((await put({ ...live, shadow: true })).body).toMatchObject({
      mode: 'live',
      shadow: true,
      entryPolicy: 'edge',
    });
    expect((await refusal({ shadow: false })).slice(0, 2)).toEqual([409, 'LIVE_NOT_CONFIRMED']);
    expect((await put({ shadow: false, confirmLive: true, totp: codes.pop() })).body).toMatchObject({
      mode: 'live',
      shadow: false,
    });
    const account = await t.ask('GET', '/api/account', { token: anna.token });
    expect(account.body).toMatchObject({ mode: 'live', transfers: [{ kind: 'deposit', amount: '5000' }] });
    expect((await put({ mode: 'paper' })).body).toMatchObject({ mode: 'paper', entryPolicy: 'ensemble' });
  });

  test('takes a code of the second factor, and no API token', async () => {
    const confirmed = { ...live, confirmLive: true };
    const missing = await put(confirmed);
    expect([missing.status, missing.body.errors]).toEqual([
      422,
      [{ path: 'totp', message: 'is missing: two-factor sign-in is on' }],
    ]);
    const { token } = (await t.ask('POST', '/api/tokens', { token: anna.token, body: { name: 'script' } })).body;
    const byToken = await t.ask('PUT', '/api/config', { token, body: { ...confirmed, totp: codes[0] } });
    expect([byToken.status, byToken.body.code]).toEqual([403, 'SIGN_IN_ONLY']);
  });

  test('succeeds with all of it, and is written down', async () => {
    const answer = await put({ ...live, confirmLive: true, totp: codes.pop() });
    expect([answer.status, answer.body.mode]).toEqual([200, 'live']);
    const audit = await t.ask('GET', '/api/audit', { token: anna.token });
    expect(audit.body.items[0]).toMatchObject({
      action: 'config.update',
      changes: { mode: { from: 'paper', to: 'live' } },
    });
  });

  test('keys of open positions are neither forgotten nor replaced by those of another account', async () => {
    const keysOf = async (account: string) => {
      const { apiKey, secret } = await control('/accounts', { account, balances: { USDT: '5000' } });
      return { apiKey: apiKey!, secret: secret! };
    };
    const own = await keysOf('live-anna');
    const exchange = createExchange({ venue: 'simulator', url: t.servers.exchangeUrl });
    const clientOrderId = 'ctp-e-held';
    const fence = { timestamp: Date.now(), recvWindow: 5_000 };
    const buy = { symbol: 'BTC/USDT', side: 'BUY', type: 'MARKET', quantity: '0.001' } as const;
    const { executedQuantity } = await exchange
      .account({ id: 'own', ...own })
      .placeOrder({ ...buy, clientOrderId, fence });
    const order = { ...buy, userId: anna.id, intentId: 'held', purpose: 'ENTRY', mode: 'live' } as const;
    await t.repositories.orders.insertIntent({ ...order, clientOrderId, positionId: HELD.id });
    await t.database.models.orders.updateOne(
      { _id: clientOrderId },
      { $set: { status: 'FILLED', filledQuantity: Number(executedQuantity) } },
    );
    await t.repositories.positions.insert(anna.id, HELD, { mode: 'live' });

    const change = (method: string, body: object) =>
      t.ask(method, '/api/exchange-credentials', { token: anna.token, body });
    const refused = await change('PUT', { ...(await keysOf('live-other')), totp: codes.pop() });
    expect([refused.status, refused.body.code]).toEqual([409, 'OTHER_ACCOUNT']);
    expect((await change('DELETE', { totp: codes.at(-1) })).body.code).toBe('POSITIONS_OPEN');
    expect((await change('PUT', { ...own, totp: codes.pop() })).body.problem).toBeNull();
    await t.database.models.positions.deleteMany({ userId: anna.id });
    await exchange.close();
  });

  test('a second factor is not guessed by changing keys or going live', async () => {
    await t.repositories.config.put(anna.id, { mode: 'paper' });
    const keys = { apiKey: 'k'.repeat(64), secret: 's'.repeat(64) };
    const bare = await storeKeys(keys);
    expect([bare.status, bare.body.errors]).toEqual([422, [expect.objectContaining({ path: 'totp' })]]);
    const guesses = [
      () => storeKeys({ ...keys, totp: '000000' }),
      () => t.ask('DELETE', '/api/exchange-credentials', { token: anna.token, body: { totp: '000000' } }),
      () => put({ ...live, confirmLive: true, totp: '000000' }),
    ];
    for (let guess = 0; guess < 10; guess++) expect((await guesses[guess % 3]!()).status).toBe(422);
    for (const guess of guesses) expect((await guess()).body.code).toBe('TOO_MANY_SIGN_INS');
    const right = await t.ask('DELETE', '/api/exchange-credentials', {
      token: anna.token,
      body: { totp: codes.pop() },
    });
    expect(right.status).toBe(429);
    // Failures that were counted are forgotten in time; here they are taken away.
    await t.database.models.signInFailures.deleteMany({});
    const after = await t.ask('DELETE', '/api/exchange-credentials', {
      token: anna.token,
      body: { totp: codes.pop() },
    });
    expect(after.status).toBe(204);
  });
});
