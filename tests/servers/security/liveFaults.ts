/**
 * A live user with keys that the exchange knows, while it answers with everything that carries a signed address in its
 * error: wrong keys, broken answers, refused placements, a connection that is cut.
 */
import { createControl } from '../../../commands/campaign/control.js';
import { eventually } from '../../support/trading.js';
import { type Ask, secondFactor, type TestApi } from '../api/testApi.js';

const KINDS = ['html', '5xx', 'malformed', '-1007', 'reset', 'cut', 'empty', '503'] as const;
const EACH_MS = 1_500;

/** @returns the pair of keys, which are canaries from now on */
export async function tradeLiveAmidFaults(t: TestApi, ask: Ask, email: string): Promise<Record<string, string>> {
  const control = createControl(t.servers.controlUrl);
  const { id, token } = await t.user(email);
  const account = `live-${id}`;
  const { apiKey, secret } = await control.account(account, { USDT: '10000' });
  const credentials = (keys: object) => ask('PUT', '/api/exchange-credentials', { token, body: keys });
  const wrong = `WrongSecretCanary${'W'.repeat(47)}`;
  expect((await credentials({ apiKey, secret: wrong })).status).toBe(422);
  await control.faults([{ kind: 'html', endpoint: '*', probability: 1, account }], 1);
  await credentials({ apiKey, secret });
  await control.clearFaults();
  expect((await credentials({ apiKey, secret })).status).toBe(200);
  const [totp] = await secondFactor(t, token);
  const { risk } = (await t.repositories.config.get(id))!;
  const settings = {
    ...{ tradingMode: 'AGGRESSIVE', timeframe: '1m', tradingInterval: 1, mode: 'live', confirmLive: true, totp },
    ...{ entryPolicy: 'ensemble', risk: { ...risk, cooldownMinutes: 0, maxAtrPercentile: 100, maxSlippagePct: 5 } },
  };
  expect((await ask('PUT', '/api/config', { token, body: settings })).status).toBe(200);
  expect((await ask('POST', '/api/trading/start', { token, body: {} })).status).toBe(200);
  await eventually(
    async () => [await t.repositories.status.get(id), await t.repositories.orders.openByUser(id)] as const,
    ([status, open]) => (status?.cycle ?? 0) > 0 && open.length > 0,
    60_000,
  );
  const answers: number[] = [];
  for (const [seed, kind] of KINDS.entries()) {
    await control.faults([{ kind, endpoint: '*', probability: 0.7, account }], seed);
    answers.push((await ask('GET', '/api/account', { token })).status);
    await new Promise((next) => setTimeout(next, EACH_MS));
  }
  // The faults were met: without them every look at the account is answered.
  expect(answers).toContain(503);
  await control.clearFaults();
  await ask('POST', '/api/trading/emergency-stop', { token, body: { liquidate: true } });
  for (const path of ['logs', 'orders', 'trading/status', 'notifications', 'exchange-credentials'])
    await ask('GET', `/api/${path}`, { token });
  return { liveKey: apiKey, liveSecret: secret, wrongSecret: wrong };
}
