import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../../adapters/paths.js';
import { loadDefaultConfig } from '../../../adapters/config/defaults.js';
import { workerEnvironment } from '../../../commands/campaign/stand.js';
import { startCampaignWorker } from '../../../commands/campaign/worker.js';
import type { EmergencyReceipt, StatusView } from '../../../trading/types.js';
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
    lab = await startLab({}, { CAMPAIGN: 'true' });
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
    // With the rest after a stop that scenarios otherwise switch off: a new entry is not what this one is about.
    const user = await tools.holding({ risk: loadDefaultConfig().risk });
    lab.worker.kill();
    await lab.worker.stop();
    await Promise.all([lab.servers.kill9('temporal'), lab.servers.kill9('mongodb')]);
    await lab.prices({ symbol: 'BTC/USDT', changePct: -5, kind: 'crash' });
    const [stop] = (await lab.control.ledger(user.id)).orders.filter(
      ({ side, status }) => side === 'SELL' && status === 'FILLED',
    );
    expect(stop).toMatchObject({ type: 'STOP_LOSS' });
    await Promise.all([lab.servers.restart('temporal'), lab.servers.restart('mongodb')]);
    lab.worker = restartWorker(lab);
    await lab.worker.ready();
    await user.until(({ openPositions }) => openPositions === 0, 40_000);
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
    // Of the entry, and not of a price that has moved since: the stop trails 2 % behind it, above break-even.
    await lab.prices({ symbol: 'BTC/USDT', price: String(Number(before.entryPrice) * 1.04), kind: 'gap' });
    const moved = await eventually(
      () => tools.protectedPosition(user),
      (position) => Number(position.stopPrice) > Number(before.entryPrice) * 1.015,
    );
    expect(Number(moved.stopPrice)).toBeGreaterThan(Number(before.stopPrice));
    const resting = await eventually(
      () => tools.resting(user),
      (orders) => orders.length === 2,
    );
    const stop = resting.find(({ type }) => type === 'STOP_LOSS') as { stopPrice: string } | undefined;
    expect(Number(stop?.stopPrice)).toBeCloseTo(Number(moved.stopPrice), 6);
    await lab.prices({ symbol: 'BTC/USDT', changePct: -5, kind: 'crash' });
    const trade = await eventually(
      async () => (await tools.trades(user)).find(({ positionId }) => positionId === moved.id),
      (found) => found !== undefined,
    );
    expect(trade!.pnl).toBeGreaterThan(0);
    await user.update('stopTrading', {});
  });

  scenario('partial profit, break-even and the end of its time', async () => {
    const exits = {
      trailingStopPct: 0,
      breakEvenAfterPct: 1,
      partialTakeProfitPct: 2,
      partialTakeProfitFraction: 0.5,
      maxHoldingMinutes: 90,
    };
    const user = await tools.holding({ exits });
    const before = await tools.protectedPosition(user);
    await lab.prices({ symbol: 'BTC/USDT', changePct: 2.5, kind: 'gap' });
    const moved = await eventually(
      () => tools.protectedPosition(user),
      (position) => position.partialTaken && Number(position.stopPrice) > Number(before.entryPrice),
    );
    // Half is sold, to the lot; the stop of the rest covers the entry and both fees, not more.
    expect(Math.abs(Number(moved.quantity) / Number(before.quantity) - 0.5)).toBeLessThan(0.02);
    expect(Number(moved.stopPrice) / Number(before.entryPrice)).toBeCloseTo(1.002, 4);
    const resting = await eventually(
      () => tools.resting(user),
      (orders) => orders.length === 2,
    );
    for (const { origQty } of resting) expect(Number(origQty)).toBeLessThanOrEqual(Number(moved.quantity));
    await tools.control('/clock', { step: 95 });
    const [trade] = await tools.trades(user);
    expect(['time', 'stop']).toContain(trade!.exitReason);
    expect(await tools.balance(user, 'BTC')).toBeLessThan(0.0001);
    const sells = (await lab.control.ledger(user.id)).orders.filter(
      ({ side, executedQty }) => side === 'SELL' && Number(executedQty) > 0,
    );
    expect(sells).toHaveLength(2);
    await user.update('stopTrading', {});
  });

  scenario('daily loss at its limit', async () => {
    // Of a known size: 0.6 % of the account are 1.5 % of what is held, far from the stop.
    const user = await tools.holding({
      positionSizePct: 40,
      stopLossPct: 20,
      takeProfitPct: 60,
      maxDailyLossPct: 0.5,
      liquidateOnEmergency: true,
    });
    const { entryPrice, quantity } = await tools.protectedPosition(user);
    const value = Number(entryPrice) * Number(quantity);
    const fallTo = async (lossPct: number, lost = -Infinity): Promise<void> => {
      const { dailyPnlPct, equity } = await user.until((now) => now.equity > 0 && now.dailyPnlPct <= -lost);
      const changePct = -(((lossPct + dailyPnlPct) * equity) / value);
      await lab.prices({ symbol: 'BTC/USDT', kind: 'crash', changePct });
    };
    await fallTo(0.43);
    await tools.told(user, 'DAILY_LOSS_WARNING');
    expect((await user.status()).status).toBe('RUNNING');
    await fallTo(0.6, 0.4);
    const receipt = await finished(user);
    expect(receipt).toMatchObject({ trigger: 'DAILY_LOSS_EXCEEDED', positionsAfter: [], protectiveOrders: [] });
    expect((await tools.trades(user)).map(({ exitReason }) => exitReason)).toEqual(['emergency']);
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

  scenario('settings removed', async () => {
    const user = await tools.holding({ stopLossPct: 20, takeProfitPct: 60, systemErrorAfter: 2 });
    await lab.database.models.config.deleteOne({ _id: user.id });
    const receipt = await finished(user);
    expect(receipt).toMatchObject({ trigger: 'SYSTEM_ERROR', openOrdersAfter: 0, notified: true });
    expect(receipt.protectiveOrders).toHaveLength(2);
    expect(await tools.told(user, 'EMERGENCY_STOP')).toMatchObject({ EMERGENCY_STOP: 1 });
    // Nothing begins anew: what was worked through once stays as it is.
    const sold = await user.update<EmergencyReceipt>('emergencyStop', { liquidate: true });
    expect(sold).toMatchObject({ trigger: 'MANUAL_STOP', positionsAfter: [], protectiveOrders: [] });
    expect(await user.update<EmergencyReceipt>('emergencyStop', {})).toEqual(sold);
  });

  scenario('frozen feed', async () => {
    const user = await tools.user({});
    await tools.slow();
    await user.update('startTrading', {});
    await tools.control('/clock', { paused: true });
    const frozen = await user.until(({ refusals }) => refusals.some(({ code }) => code === 'STALE_DATA'), 60_000);
    expect(frozen).toMatchObject({ status: 'RUNNING', riskState: 'HALTED' });
    const bought = (await tools.buys(user)).length;
    await user.until(({ cycle }) => cycle >= frozen.cycle + 2);
    expect(await tools.buys(user)).toHaveLength(bought);
    await tools.control('/clock', { paused: false });
    await user.until((now) => !now.refusals.some(({ code }) => code === 'STALE_DATA'));
  });

  scenario('spike', async () => {
    const holder = await tools.holding({ stopLossPct: 20, takeProfitPct: 60 });
    const before = await tools.protectedPosition(holder);
    const watcher = await tools.user({});
    await watcher.update('startTrading', {});
    await watcher.until(({ cycle }) => cycle >= 2);
    await lab.prices({ symbol: 'BTC/USDT', changePct: 9, kind: 'spike', durationMs: 3_600_000 });
    const { refusals } = await watcher.until(({ riskState }) => riskState === 'HALTED');
    expect(refusals.map(({ code }) => code)).toContain('PRICE_GAP');
    const bought = (await tools.buys(watcher)).length;
    const { cycle } = await watcher.status();
    await watcher.until((status) => status.cycle >= cycle + 2);
    expect(await tools.buys(watcher)).toHaveLength(bought);
    // The way back is a jump as well, and minutes later the market is as before.
    await tools.control('/clock', { step: 75 });
    await watcher.until((status) => !status.refusals.some(({ code }) => code === 'PRICE_GAP'));
    expect((await watcher.status()).status).toBe('RUNNING');
    expect(await tools.protectedPosition(holder)).toMatchObject({ stopPrice: before.stopPrice });
    expect(await tools.resting(holder)).toHaveLength(2);
  });

  scenario('drifting clock', async () => {
    const user = await tools.holding({ stopLossPct: 20, takeProfitPct: 60 });
    await tools.control('/faults', { endpoint: '*', kind: 'clock-skew', skewMs: 6_000 });
    const skewed = await user.until(({ refusals }) => refusals.some(({ code }) => code === 'CLOCK_SKEW'), 60_000);
    expect(skewed).toMatchObject({ status: 'RUNNING', riskState: 'HALTED' });
    // What reduces a holding goes on: requests are stamped with the exchange's time.
    const receipt = await user.update<EmergencyReceipt>('emergencyStop', { liquidate: true });
    expect(receipt).toMatchObject({ positionsAfter: [], protectiveOrders: [] });
    await fetch(`${lab.servers.controlUrl}/faults`, { method: 'DELETE' });
    const other = await tools.holding({ stopLossPct: 20, takeProfitPct: 60 });
    await other.until(({ refusals }) => !refusals.some(({ code }) => code === 'CLOCK_SKEW'), 60_000);
  });

  scenario('the crash of 2024-08-05', async () => {
    await tools.walkTo(Date.UTC(2024, 7, 5, 0, 5));
    const [stopped, limited] = await Promise.all([
      tools.holding({ stopLossPct: 3, takeProfitPct: 12 }),
      tools.holding({
        positionSizePct: 40,
        stopLossPct: 20,
        takeProfitPct: 60,
        maxDailyLossPct: 3,
        liquidateOnEmergency: true,
      }),
    ]);
    const { risk } = loadDefaultConfig();
    const careful = await tools.user({ risk });
    await careful.update('startTrading', {});
    // Ten minutes of that night at a time, each seen by a cycle of both, however slow the machine is.
    const refused = new Set<string>();
    const users = [limited!, careful];
    const isOver = ({ status }: StatusView): boolean => status === 'EMERGENCY_STOPPED';
    for (let at = Date.UTC(2024, 7, 5, 0, 15); at < Date.UTC(2024, 7, 5, 7); at += 600_000) {
      const before = await Promise.all(users.map((user) => user.status()));
      await tools.walkTo(at);
      const [now, other] = await Promise.all(
        users.map((user, index) => user.until((seen) => isOver(seen) || seen.cycle >= before[index]!.cycle + 2)),
      );
      for (const { code } of other!.refusals) refused.add(code);
      if (isOver(now!)) break;
    }
    const receipt = await finished(limited!);
    expect(receipt).toMatchObject({ trigger: 'DAILY_LOSS_EXCEEDED', positionsAfter: [], protectiveOrders: [] });
    expect(receipt.liquidated).toHaveLength(1);
    const [loss] = await tools.trades(limited!);
    // 3 % of 10,000 and what the price fell between two looks.
    expect(loss!.pnl).toBeLessThan(-290);
    expect(loss!.pnl).toBeGreaterThan(-450);
    expect(await tools.told(limited!, 'EMERGENCY_STOP')).toMatchObject({ DAILY_LOSS_WARNING: 1, EMERGENCY_STOP: 1 });
    const [stop] = await tools.trades(stopped!);
    expect(stop).toMatchObject({ exitReason: 'stop' });
    // 2 % of 10,000 lost 3 % and the fees: the stop sold at its price.
    expect(stop!.pnl).toBeLessThan(-5);
    expect(stop!.pnl).toBeGreaterThan(-8);
    expect((await tools.told(stopped!, 'STOP_LOSS_HIT'))['STOP_LOSS_HIT']).toBe(1);
    expect(['MARKET_VOLATILITY', 'PRICE_GAP'].some((code) => refused.has(code))).toBe(true);
  });

  scenario('exchange outage', async () => {
    const user = await tools.holding({ stopLossPct: 20, takeProfitPct: 60, apiConnectionLostAfter: 4 });
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

function restartWorker({ servers }: Lab): Lab['worker'] {
  return startCampaignWorker({ ...workerEnvironment(servers), CAMPAIGN: 'true' }, join(servers.dataDir, 'worker.log'));
}
