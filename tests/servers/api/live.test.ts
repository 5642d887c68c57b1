import { LIVE_EXCHANGE } from '../../../adapters/exchange/createVenues.js';
import { startApi, type TestApi } from './testApi.js';

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
    const totp = { secret: { v: 1 }, confirmed: true, lastStep: 0, recovery: [] };
    await t.database.models.users.updateOne({ _id: anna.id }, { $set: { totp } });
    expect((await refusal(live)).slice(0, 2)).toEqual([409, 'LIVE_NOT_CONFIRMED']);
    const confirmed = { ...live, confirmLive: true };

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

    const position = {
      id: 'p',
      symbol: 'BTC/USDT',
      status: 'OPEN',
      quantity: '1',
      entryQuantity: '1',
      entryPrice: '1',
      entryFee: '0',
      entryTime: 1,
      stopPrice: '1',
      targetPrice: '1',
      highestPrice: '1',
      partialTaken: false,
      protection: null,
      unprotectedSince: null,
      intentId: 'i',
      realizedPnl: '0',
    } as const;
    await t.repositories.positions.insert(anna.id, position, { mode: 'paper' });
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
    expect((await put({ shadow: false, confirmLive: true })).body).toMatchObject({ mode: 'live', shadow: false });
    const account = await t.ask('GET', '/api/account', { token: anna.token });
    expect(account.body).toMatchObject({ mode: 'live', transfers: [{ kind: 'deposit', amount: '5000' }] });
    expect((await put({ mode: 'paper' })).body).toMatchObject({ mode: 'paper', entryPolicy: 'ensemble' });
  });

  test('succeeds with all of it, and is written down', async () => {
    const answer = await put({ ...live, confirmLive: true });
    expect([answer.status, answer.body.mode]).toEqual([200, 'live']);
    const audit = await t.ask('GET', '/api/audit', { token: anna.token });
    expect(audit.body.items[0]).toMatchObject({
      action: 'config.update',
      changes: { mode: { from: 'paper', to: 'live' } },
    });
  });
});
