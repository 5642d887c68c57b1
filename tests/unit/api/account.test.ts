import { createAccountViews, idleTime } from '../../../api/services/account.js';

/** Ten pages' worth of an account whose balances are counted as they are read. */
function lab() {
  const state = { now: 0, moved: false, fails: false, reads: 0 };
  const exchange = {
    health: () => ({ weightLimit: 6_000 }),
    account: () => ({
      async balances() {
        state.reads += 1;
        if (state.fails) throw Object.assign(new Error('away'), { name: 'ExchangeUnavailable' });
        return [{ asset: 'USDT', free: '9000', locked: '1000' }];
      },
      transfers: async () => [],
    }),
  };
  const view = createAccountViews(
    {
      venue: () => ({ exchange, key: async () => ({ id: 'u', apiKey: '', secret: '' }) }),
      repositories: { accountBooks: { get: async () => null } },
      database: {
        models: {
          orders: { exists: async () => (state.moved ? {} : null) },
          accountNotices: { aggregate: async () => [], schema: { pathType: () => 'real' } },
        },
      },
    } as unknown as Parameters<typeof createAccountViews>[0],
    () => state.now,
  );
  return { state, ask: () => view('someone', 'paper') };
}

test('ten pages that ask every ten seconds cost six looks a minute, and not sixty', async () => {
  const { state, ask } = lab();
  for (let second = 0; second < 60; second++) {
    state.now = second * 1_000;
    await ask();
  }
  expect(state.reads).toBe(6);
});

test('balances are looked at anew when an order has moved, for all pages together', async () => {
  const { state, ask } = lab();
  await ask();
  state.moved = true;
  state.now = 2_000;
  const views = await Promise.all(Array.from({ length: 10 }, ask));
  expect(state.reads).toBe(2);
  expect(views[9]).toMatchObject({ asOf: new Date(2_000).toISOString(), balances: [{ total: '10000' }] });
});

test('while the exchange is away the last balances are shown with their time', async () => {
  const { state, ask } = lab();
  await ask();
  state.fails = true;
  state.now = 60_000;
  expect(await ask()).toMatchObject({ asOf: new Date(0).toISOString(), balances: [{ total: '10000' }] });
});

test('the more accounts are open, the more seldom each is looked at while nothing moves', () => {
  expect([1, 2, 10, 50].map((accounts) => Math.round(idleTime(accounts, 6_000) / 1_000))).toEqual([10, 10, 44, 222]);
});
