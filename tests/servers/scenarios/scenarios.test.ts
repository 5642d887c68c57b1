import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../../adapters/paths.js';
import { startCampaignWorker } from '../../../commands/campaign/worker.js';
import type { EmergencyReceipt } from '../../../trading/types.js';
import { eventually, type Lab, startLab, type TestUser } from '../../support/trading.js';
import { createScenarioTools } from './market.js';

/** Each scenario is a row of the table in docs/RISK.md; the last test compares the two. */
describe('scenarios', () => {
  let lab: Lab;
  let tools: ReturnType<typeof createScenarioTools>;
  const names: string[] = [];
  const scenario = (name: string, play: () => Promise<void>): void => {
    names.push(name);
    test(name, play, 120_000);
  };
  beforeAll(async () => {
    lab = await startLab();
    tools = createScenarioTools(lab);
  }, 120_000);
  afterEach(() => tools?.clear());
  afterAll(async () => {
    await lab?.worker.stop();
    await lab?.close();
  }, 60_000);

  const finished = (user: TestUser, within = 20_000): Promise<EmergencyReceipt> =>
    user.until(({ emergency }) => Boolean(emergency?.finishedAt), within).then(({ emergency }) => emergency!);

  scenario('gap over the stop', async () => {
    const user = await tools.holder();
    const { stopPrice, entryPrice } = await tools.protectedPosition(user);
    await lab.prices({ symbol: 'BTC/USDT', changePct: -8, kind: 'gap' });
    const [trade] = await tools.trades(user);
    expect(trade).toMatchObject({ exitReason: 'stop' });
    expect(trade!.exitPrice).toBeLessThan(Number(stopPrice) * 0.97);
    expect(trade!.pnl).toBeLessThan(0);
    const status = await user.until(({ openPositions, dailyPnl }) => openPositions === 0 && dailyPnl < 0);
    expect(status.status).toBe('RUNNING');
    expect(status.dailyPnl).toBeCloseTo(trade!.pnl, 2);
    expect(Number(entryPrice)).toBeGreaterThan(trade!.exitPrice);
    await user.update('stopTrading', {});
    expect((await tools.told(user, 'STOP_LOSS_HIT'))['STOP_LOSS_HIT']).toBe(1);
  });

  scenario('crash while everything here is dead', async () => {
    const user = await tools.holder();
    lab.worker.kill();
    await lab.worker.stop();
    await lab.prices({ symbol: 'BTC/USDT', changePct: -5, kind: 'crash' });
    const [stop] = (await lab.control.ledger(user.id)).orders.filter(
      ({ side, status }) => side === 'SELL' && status === 'FILLED',
    );
    expect(stop).toMatchObject({ type: 'STOP_LOSS' });
    lab.worker = restartWorker(lab);
    await lab.worker.ready();
    expect((await tools.trades(user)).map(({ exitReason }) => exitReason)).toEqual(['stop']);
    expect((await tools.told(user, 'STOP_LOSS_HIT'))['STOP_LOSS_HIT']).toBe(1);
    await user.update('stopTrading', {});
    expect((await lab.repositories.positions.open(user.id)).length).toBe(0);
  });

  scenario('stop filled while stopped', async () => {
    const user = await tools.holder();
    await lab.repositories.config.put(user.id, { tradingInterval: 3600 });
    await user.update('stopTrading', { mode: 'now' });
    await user.signal('configChanged');
    await eventually(
      () => user.status(),
      ({ status }) => status === 'STOPPED',
    );
    const from = Date.now();
    await lab.prices({ symbol: 'BTC/USDT', changePct: -5, kind: 'crash' });
    expect((await tools.trades(user))[0]).toMatchObject({ exitReason: 'stop' });
    expect(Date.now() - from).toBeLessThan(4_000);
  });

  scenario('rising price with a trailing stop', async () => {
    const exits = {
      trailingStopPct: 2,
      breakEvenAfterPct: 1,
      partialTakeProfitPct: 0,
      partialTakeProfitFraction: 0,
      maxHoldingMinutes: 0,
    };
    const user = await tools.holder({ exits });
    const before = await tools.protectedPosition(user);
    await lab.prices({ symbol: 'BTC/USDT', changePct: 4, kind: 'gap' });
    const moved = await eventually(
      () => tools.protectedPosition(user),
      (position) => Number(position.stopPrice) > Number(before.entryPrice),
    );
    expect(Number(moved.stopPrice)).toBeGreaterThan(Number(before.stopPrice));
    const resting = await eventually(
      () => tools.resting(user),
      (orders) => orders.length === 2,
    );
    const stop = resting.find(({ type }) => type === 'STOP_LOSS') as { stopPrice: string } | undefined;
    expect(Number(stop?.stopPrice)).toBeCloseTo(Number(moved.stopPrice), 6);
    await lab.prices({ symbol: 'BTC/USDT', changePct: -4, kind: 'crash' });
    const [trade] = await tools.trades(user);
    expect(trade!.pnl).toBeGreaterThan(0);
    await user.update('stopTrading', {});
  });

  scenario('daily loss at its limit', async () => {
    const user = await tools.holder({
      positionSizePct: 40,
      stopLossPct: 20,
      takeProfitPct: 60,
      maxDailyLossPct: 0.5,
      liquidateOnEmergency: true,
    });
    const { entryPrice, quantity } = await tools.protectedPosition(user);
    const value = Number(entryPrice) * Number(quantity);
    const { dailyPnlPct, equity } = await user.until(({ dailyPnl }) => dailyPnl !== 0);
    const fallTo = (lossPct: number): object => ({
      symbol: 'BTC/USDT',
      kind: 'crash',
      changePct: -(((lossPct + dailyPnlPct) * equity) / value),
    });
    await lab.prices(fallTo(0.43));
    await tools.told(user, 'DAILY_LOSS_WARNING');
    expect((await user.status()).status).toBe('RUNNING');
    await lab.prices(fallTo(0.6));
    const receipt = await finished(user);
    expect(receipt).toMatchObject({ trigger: 'DAILY_LOSS_EXCEEDED', positionsAfter: [], protectiveOrders: [] });
    expect(receipt.liquidated).toHaveLength(1);
    expect(await tools.resting(user)).toEqual([]);
    await expect(user.update('startTrading', {})).rejects.toThrow();
    const told = await tools.told(user, 'EMERGENCY_STOP');
    expect(told).toMatchObject({ EMERGENCY_STOP: 1, DAILY_LOSS_WARNING: 1 });
    await user.update('reset', { by: 'scenario', reason: 'seen' });
    expect((await user.status()).status).toBe('STOPPED');
  });

  scenario('balance changed from outside', async () => {
    const user = await tools.holder({ stopLossPct: 20, takeProfitPct: 60 });
    const pnl = (await user.until(({ dailyPnl }) => dailyPnl !== 0)).dailyPnl;
    await tools.control('/balances', { account: user.id, asset: 'BTC', delta: '0.5' });
    const foreign = await tools.orderByHand(user, {
      symbol: 'BTCUSDT',
      side: 'BUY',
      type: 'LIMIT',
      timeInForce: 'GTC',
      quantity: '0.001',
      price: '20000.00',
      newClientOrderId: 'by-hand-1',
    });
    for (const delta of ['5000', '-3000']) {
      const { equity } = await user.status();
      await tools.control('/balances', { account: user.id, asset: 'USDT', delta });
      const word = Number(delta) > 0 ? 'Deposit' : 'Withdrawal';
      await eventually(
        () => tools.logs(user),
        (logs) => logs.some((line) => line.startsWith(`${word} of ${Math.abs(Number(delta))}`)),
        60_000,
      );
      const after = await user.until((status) => Math.abs(status.equity - equity - Number(delta)) < 50);
      expect(Math.abs(after.dailyPnl - pnl)).toBeLessThan(20);
      expect(after.status).toBe('RUNNING');
      await user.until(
        ({ refusals }) => !refusals.some(({ code }) => code === 'MAX_DRAWDOWN' || code === 'UNEXPLAINED_BALANCE'),
        5_000,
      );
    }
    const receipt = await user.update<EmergencyReceipt>('emergencyStop', { liquidate: true });
    expect(receipt.positionsAfter).toEqual([]);
    expect(await tools.balance(user, 'BTC')).toBeGreaterThanOrEqual(0.5);
    expect((await tools.resting(user)).map(({ clientOrderId }) => clientOrderId)).toEqual([foreign.clientOrderId]);
  });

  scenario('emergency while an order has no answer', async () => {
    await tools.fast();
    const user = await tools.user({});
    await tools.control('/faults', {
      endpoint: 'POST /api/v3/order',
      kind: 'answer-lost',
      seen: 'hang',
      account: user.id,
      count: 1,
    });
    await user.update('startTrading', {});
    const before = await eventually(
      () => tools.buys(user),
      (found) => found.length > 0,
      60_000,
    );
    await tools.slow();
    await user.signal('emergency', { liquidate: true });
    const receipt = await finished(user, 30_000);
    expect(await tools.buys(user)).toHaveLength(before.length);
    const late = await lab.database.models.orders
      .find({ userId: user.id, purpose: 'ENTRY', createdAt: { $gt: new Date(receipt.haltedAt!) } })
      .lean();
    expect(late).toEqual([]);
    expect(receipt).toMatchObject({ positionsAfter: [], openOrdersAfter: 0, protectiveOrders: [] });
    expect(await tools.balance(user, 'BTC')).toBeLessThan(0.0001);
    expect(Date.parse(receipt.haltedAt!) - Date.parse(receipt.triggeredAt)).toBeLessThan(15_000);
  });

  scenario('worker killed in an emergency', async () => {
    const users = await tools.holders(3, { stopLossPct: 20, takeProfitPct: 60, maxPositions: 1 });
    for (const user of users) {
      const held = await lab.repositories.positions.open(user.id);
      await user.signal('emergency', { liquidate: true, reason: 'killed' });
      await new Promise((next) => setTimeout(next, Math.random() * 400));
      lab.worker.kill();
      await eventually(
        async () => lab.worker.upSince(),
        (since) => since === null,
      );
      await lab.worker.ready();
      // From the database: a query may still be on its way to the worker that is dead.
      const stored = await eventually(
        () => lab.repositories.status.get(user.id),
        (status) => Boolean(status?.emergency?.finishedAt),
        20_000,
      );
      const receipt = stored!.emergency!;
      expect(receipt).toMatchObject({ trigger: 'MANUAL_STOP', positionsAfter: [], openOrdersAfter: 0, notified: true });
      expect(receipt.liquidated).toHaveLength(held.length);
      expect(await tools.resting(user)).toEqual([]);
      expect(await tools.balance(user, 'BTC')).toBeLessThan(0.0001);
    }
    for (const user of users) expect((await tools.told(user, 'EMERGENCY_STOP'))['EMERGENCY_STOP']).toBe(1);
  });

  scenario('cycles that fail for another reason', async () => {
    const user = await tools.holder({ stopLossPct: 20, takeProfitPct: 60, systemErrorAfter: 3 });
    await lab.repositories.config.put(user.id, { symbols: ['NOPE/USDT'] });
    const receipt = await finished(user);
    expect(receipt.trigger).toBe('SYSTEM_ERROR');
    expect(receipt.positionsAfter.map(({ symbol }) => symbol)).toEqual(['BTC/USDT']);
    expect(receipt.protectiveOrders).toHaveLength(2);
    expect(await tools.told(user, 'EMERGENCY_STOP')).toMatchObject({ SYSTEM_ERROR: 1, EMERGENCY_STOP: 1 });
  });

  scenario('exchange outage', async () => {
    const user = await tools.holder({ stopLossPct: 20, takeProfitPct: 60, apiConnectionLostAfter: 4 });
    await lab.servers.kill9('simulator');
    const { emergency } = await user.until(({ status }) => status === 'EMERGENCY_STOPPED', 40_000);
    expect(emergency).toMatchObject({ trigger: 'API_CONNECTION_LOST', finishedAt: null });
    await lab.servers.restart('simulator');
    const receipt = await finished(user);
    expect(receipt.positionsAfter).toHaveLength(1);
    expect(receipt.protectiveOrders).toHaveLength(2);
    expect(await tools.resting(user)).toHaveLength(2);
    expect(await tools.told(user, 'EMERGENCY_STOP')).toMatchObject({ API_CONNECTION_LOST: 1, EMERGENCY_STOP: 1 });
  });

  test('the table in docs/RISK.md has a row for each scenario, and no other', () => {
    const text = readFileSync(join(projectRoot(), 'docs', 'RISK.md'), 'utf8');
    const section = text.slice(text.indexOf('## Scenarios')).split('\n## ')[0]!;
    const rows = [...section.matchAll(/^\| ([^|]+?) \|/gm)].map((match) => match[1]!);
    expect(rows.filter((row) => row !== 'scenario' && !row.startsWith('-'))).toEqual(names);
  });
});

function restartWorker(lab: Lab): Lab['worker'] {
  const { servers } = lab;
  return startCampaignWorker(
    {
      DATA_DIR: servers.dataDir,
      TEMPORAL_ADDRESS: servers.temporalAddress,
      TEMPORAL_NAMESPACE: 'default',
      MONGODB_URI: servers.mongodbUri,
      EXCHANGE_URL: servers.exchangeUrl,
      EXCHANGE_CONTROL_URL: servers.controlUrl,
      DEMO: 'false',
      LOG_LEVEL: 'warn',
    },
    join(servers.dataDir, 'worker.log'),
  );
}
