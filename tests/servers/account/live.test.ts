/** Live trading, with the simulator in the real exchange's place: one code path, the user's own sealed keys. */
import { join } from 'node:path';
import { LIVE_EXCHANGE } from '../../../adapters/exchange/createVenues.js';
import { connectDatabase } from '../../../adapters/database/connect.js';
import { createRepositories } from '../../../adapters/database/repositories.js';
import { rotateMasterKey } from '../../../adapters/database/rotation.js';
import { loadMasterKeys } from '../../../adapters/secrets/master-keys.js';
import { startServers, type TestServers } from '../../../launcher/lab.js';
import { eventually, type Lab, startLab, type TestUser } from '../../support/trading.js';
import { createScenarioTools } from '../scenarios/market.js';

const OLD = 'o'.repeat(40);
const NEW = 'n'.repeat(40);
const DAY_MS = 86_400_000;

describe('a live user', () => {
  let real: TestServers;
  let lab: Lab;
  let tools: ReturnType<typeof createScenarioTools>;
  let user: TestUser;
  beforeAll(async () => {
    // Two exchanges: the local one for paper, and one that stands for the real one.
    real = await startServers({ simulator: { speed: 600 } });
    lab = await startLab({}, { LIVE_EXCHANGE_URL: real.exchangeUrl, MASTER_KEY: `${NEW},${OLD}` });
    tools = createScenarioTools({ ...lab, servers: { ...lab.servers, controlUrl: real.controlUrl } } as Lab);
  }, 120_000);
  afterAll(async () => {
    await lab?.close();
    await real?.stop();
  }, 60_000);

  const withKey = async (key: string) => {
    const database = await connectDatabase(lab.servers.mongodbUri);
    const keys = loadMasterKeys(key, join(lab.servers.dataDir, 'none'));
    return { database, keys, repositories: createRepositories(database, keys) };
  };
  const ledger = async (account: string) =>
    (await (await fetch(`${real.controlUrl}/ledger?account=${account}`)).json()) as {
      orders: { side: string; status: string; clientOrderId: string }[];
    };
  const logs = () => tools.logs(user);

  test('starts with verified keys only, decides in shadow mode and sends nothing', async () => {
    const { risk } = (await lab.repositories.config.get((await lab.user()).id))!;
    user = await tools.user({
      mode: 'live',
      shadow: true,
      entryPolicy: 'ensemble',
      maxPositions: 1,
      stopLossPct: 20,
      takeProfitPct: 60,
      risk: { ...risk, liveCapitalCap: 100, maxAtrPercentile: 100, maxSlippagePct: 5 },
    });
    await expect(user.update('startTrading', {})).rejects.toThrow();
    const key = await tools.control('/accounts', { account: user.id, balances: { USDT: '10000' } });
    const old = await withKey(OLD);
    const pair = { apiKey: String(key['apiKey']), secret: String(key['secret']) };
    await old.repositories.credentials.put(user.id, LIVE_EXCHANGE, pair, { verifiedAt: new Date() });
    await old.database.close();
    await user.update('startTrading', {});
    const shadows = await eventually(
      () => lab.repositories.orders.inShadow(user.id),
      (found) => found.length >= 3,
      60_000,
    );
    expect(shadows.map(({ purpose }) => purpose).sort()).toEqual(['ENTRY', 'STOP', 'TARGET']);
    const sentences = await eventually(logs, (lines) => lines.some((line) => line.startsWith('SHADOW')));
    expect(sentences).toContainEqual(expect.stringMatching(/^SHADOW BTC\/USDT BUY .* nothing was sent$/));
    const rejected = await eventually(
      () => lab.database.models.signals.find({ userId: user.id, rejection: 'SHADOW' }).lean(),
      (found) => found.length > 0,
    );
    expect(rejected[0]).toMatchObject({ executed: false });
    expect((await user.status()).openPositions).toBe(0);
    expect((await ledger(user.id)).orders).toEqual([]);
    await user.update('stopTrading', {});
  });

  test('trades with real orders once the shadow is off, within the capital that live may use', async () => {
    await lab.repositories.config.put(user.id, { shadow: false });
    await user.signal('configChanged');
    await user.update('startTrading', {});
    await user.until(({ openPositions }) => openPositions === 1, 60_000);
    await tools.slow();
    // Opinions of a day's candles, which closed before the entry: no signal sells what the test is about.
    await lab.repositories.config.put(user.id, { timeframe: '1d' });
    const position = await tools.protectedPosition(user);
    expect(Number(position.quantity) * Number(position.entryPrice)).toBeLessThan(101);
    expect(Number(position.quantity) * Number(position.entryPrice)).toBeGreaterThan(50);
    const { orders } = await ledger(user.id);
    expect(orders.filter(({ status, side }) => status === 'NEW' && side === 'SELL')).toHaveLength(2);
  });

  test('goes on while the master key is rotated', async () => {
    const both = await withKey(`${NEW},${OLD}`);
    expect((await rotateMasterKey(both.database, both.keys)).rewrapped).toBe(1);
    await both.database.close();
    const { cycle } = await user.status();
    const status = await user.until((now) => now.cycle >= cycle + 3);
    expect(status).toMatchObject({ status: 'RUNNING', lastError: null });
    const fresh = await withKey(NEW);
    expect(await fresh.repositories.credentials.reveal(user.id, LIVE_EXCHANGE)).not.toBeNull();
    await fresh.database.close();
  });

  test('rights that were added are found by the daily check: no entries, an alert, and the holding stays protected', async () => {
    await tools.control('/permissions', { account: user.id, withdrawals: true });
    await lab.database.models.credentials.updateOne(
      { userId: user.id },
      { $set: { verifiedAt: new Date(Date.now() - DAY_MS - 1_000) } },
    );
    const halted = await user.until(({ refusals }) => refusals.some(({ code }) => code === 'LIVE_KEYS_REFUSED'));
    expect(halted).toMatchObject({ riskState: 'HALTED', openPositions: 1 });
    expect((await tools.told(user, 'SYSTEM_ERROR'))['SYSTEM_ERROR']).toBe(1);
    const { orders } = await ledger(user.id);
    expect(orders.filter(({ status, side }) => status === 'NEW' && side === 'SELL')).toHaveLength(2);
    const [held] = await lab.repositories.positions.open(user.id);
    await user.update('closePosition', { positionId: held!.id });
    expect((await user.until(({ openPositions }) => openPositions === 0)).refusals.map(({ code }) => code)).toContain(
      'LIVE_KEYS_REFUSED',
    );
    await user.update('stopTrading', {});
    await expect(user.update('startTrading', {})).rejects.toThrow();
    await tools.control('/permissions', { account: user.id, withdrawals: false });
    await user.update('startTrading', {});
    await user.update('stopTrading', {});
  });
});
