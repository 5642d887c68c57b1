import type { SignalDocument, TradeDocument } from '../../../adapters/database/documents.js';
import { leadingStrategy } from '../../../trading/signals/index.js';
import type { EmergencyReceipt } from '../../../trading/types.js';
import { eventsOf, eventually, idleUser, type Lab, startLab } from '../../support/trading.js';

describe('a trading workflow on real servers', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await startLab({ temporal: { dynamicConfig: ['limit.historyCount.suggestContinueAsNew=150'] } });
  }, 120_000);
  afterAll(() => lab?.close(), 60_000);

  const logs = (userId: string) =>
    lab.database.connection.db!.collection('auto_trading_logs').find({ userId }).toArray();
  const cyclesLogged = async (userId: string) =>
    (await logs(userId)).flatMap(({ message }) => /^Cycle (\d+)[: ]/.exec(String(message))?.[1] ?? []).map(Number);

  const updatesOf = async (userId: string): Promise<number> => {
    return (await eventsOf(lab, userId)).filter((event) => event.workflowExecutionUpdateAcceptedEventAttributes).length;
  };

  test('starts STOPPED, trades once started, keeps the grid, and logs every cycle', async () => {
    const user = await lab.user();
    expect((await user.status()).status).toBe('STOPPED');
    await user.update('startTrading', { by: 'test' });
    const status = await user.until(({ cycle }) => cycle >= 12);
    expect(status.status).toBe('RUNNING');
    const starts = (
      await eventually(
        () => lab.database.models.performance.find({ userId: user.id }).lean<{ cycle: number; recordedAt: Date }[]>(),
        (found) => found.length >= 12,
      )
    )
      .sort((a, b) => a.cycle - b.cycle)
      .map(({ recordedAt }) => recordedAt.getTime());
    const offsets = starts.slice(1).map((at) => (at - starts[0]!) % 1000);
    for (const offset of offsets) expect(Math.min(offset, 1000 - offset)).toBeLessThan(400);
    await user.update('stopTrading', { mode: 'now' });
    const { cycle } = await user.status();
    const logged = new Set(
      await eventually(
        () => cyclesLogged(user.id),
        (found) => found.includes(cycle),
      ),
    );
    expect(Array.from({ length: cycle }, (_, i) => i + 1).filter((n) => !logged.has(n))).toEqual([]);
  });

  test('an entry is protected on the exchange, and its stop is recorded within seconds when the price falls through it', async () => {
    const user = await lab.user({ symbols: ['BTC/USDT'] });
    await user.update('startTrading', {});
    await user.until(({ openPositions }) => openPositions === 1, 60_000);
    const resting = await eventually(
      () => lab.control.ledger(user.id),
      ({ orders }) => orders.filter(({ status, side }) => status === 'NEW' && side === 'SELL').length === 2,
    );
    expect(
      resting.orders
        .filter(({ status }) => status === 'NEW')
        .map(({ type }) => type)
        .sort(),
    ).toEqual(['LIMIT_MAKER', 'STOP_LOSS']);
    const executed = await eventually(
      () => lab.database.models.signals.find({ userId: user.id, executed: true }).lean<SignalDocument[]>(),
      (found) => found.length > 0,
    );
    expect(executed[0]).toMatchObject({ executionPrice: expect.any(Number), active: true });
    const { votes } = executed[0]!;
    expect(Object.keys(votes).sort()).toEqual(['breakout', 'mean-reversion', 'momentum', 'trend', 'volume']);
    // Nothing may sell it before the stop does.
    await user.update('stopTrading', { mode: 'now' });
    await lab.prices({ symbol: 'BTC/USDT', changePct: -5, kind: 'crash' });
    const trades = await eventually(
      () => lab.database.models.trades.find({ userId: user.id }).lean<TradeDocument[]>(),
      (found) => found.length > 0,
    );
    expect(trades.map(({ exitReason }) => exitReason)).toEqual(['stop']);
    const active = { userId: user.id, active: true };
    await eventually(
      () => lab.database.models.signals.find(active).lean<SignalDocument[]>(),
      (found) => found.length === 0,
    );
    expect(trades[0]).toMatchObject({ strategy: 'ensemble', leadingStrategy: leadingStrategy(votes, 1) });
    const told = await eventually(
      () => lab.database.models.notifications.find({ userId: user.id }).lean<{ type: string }[]>(),
      (found) => found.some(({ type }) => type === 'STOP_LOSS_HIT'),
    );
    expect(told.filter(({ type }) => type === 'STOP_LOSS_HIT')).toHaveLength(1);
    expect((await user.until(({ openPositions }) => openPositions === 0)).status).toBe('STOPPED');
  });

  test('an emergency stop halts, sells where asked, answers with a receipt, and only a reset leads out', async () => {
    const user = await lab.user();
    await user.update('startTrading', {});
    await user.until(({ openPositions }) => openPositions > 0, 60_000);
    const receipt = await user.update<EmergencyReceipt>('emergencyStop', { reason: 'a\u0000test', liquidate: true });
    expect(receipt).toMatchObject({
      trigger: 'MANUAL_STOP',
      reason: 'a test',
      openOrdersAfter: 0,
      positionsAfter: [],
      protectiveOrders: [],
      notified: true,
    });
    expect(receipt.finishedAt).not.toBeNull();
    expect(receipt.liquidated.length).toBeGreaterThan(0);
    const cancelled = receipt.cancelledOrders.map(({ purpose }) => purpose);
    expect(cancelled.filter((purpose) => purpose === 'STOP')).toHaveLength(receipt.liquidated.length);
    expect(cancelled.filter((purpose) => purpose === 'TARGET')).toHaveLength(receipt.liquidated.length);
    const before = (await lab.control.ledger(user.id)).orders.length;
    await expect(user.update('startTrading', {})).rejects.toThrow();
    await user.signal('start');
    expect(await user.update<EmergencyReceipt>('emergencyStop', {})).toEqual(receipt);
    expect((await user.status()).status).toBe('EMERGENCY_STOPPED');
    expect((await lab.control.ledger(user.id)).orders).toHaveLength(before);
    await user.update('reset', { by: 'test', reason: 'seen' });
    expect((await user.status()).status).toBe('STOPPED');
    await user.update('startTrading', {});
    expect((await user.status()).status).toBe('RUNNING');
    await user.update('stopTrading', {});
  });

  test('a worker that is killed in mid-cycle loses no cycle, and no order is sent twice', async () => {
    const user = await lab.user();
    await user.update('startTrading', {});
    await user.until(({ cycle }) => cycle >= 3);
    for (let kill = 0; kill < 2; kill++) {
      const { cycle } = await user.status();
      lab.worker.kill();
      await user.until((status) => status.cycle >= cycle + 2, 40_000);
    }
    await user.update('stopTrading', {});
    const { cycle } = await user.status();
    const logged = new Set(
      await eventually(
        () => cyclesLogged(user.id),
        (found) => found.includes(cycle),
      ),
    );
    expect(Array.from({ length: cycle }, (_, i) => i + 1).filter((n) => !logged.has(n))).toEqual([]);
    const ids = (await lab.control.ledger(user.id)).orders.map(({ clientOrderId }) => clientOrderId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('a stop that comes while a start is being allowed wins', async () => {
    const user = await lab.user();
    // No worker is there: both reach the workflow together.
    lab.worker.kill();
    await user.signal('start');
    await user.signal('stop');
    const { status, cycle, lastError } = await user.until(({ lastError }) => lastError !== null, 40_000);
    expect({ status, cycle, code: lastError?.code }).toEqual({ status: 'STOPPED', cycle: 0, code: 'START_REFUSED' });
    await eventually(
      async () => (await logs(user.id)).map(({ message }) => String(message)),
      (messages) => messages.some((message) => message.includes('stopped before it had begun')),
    );
  });

  test('a start that waits for a stop to be written down begins only what is still wanted', async () => {
    for (const then of ['stopTrading', 'emergencyStop']) {
      const user = await idleUser(lab);
      const slow = { endpoint: 'GET /api/v3/openOrders', kind: 'slow', delayMs: 4_000, account: user.id };
      await lab.control.faults([slow], 1);
      await user.update('stopTrading', {});
      const before = await updatesOf(user.id);
      const start = user.update('startTrading', {}).then(
        () => 'started',
        () => 'refused',
      );
      // Not before the workflow has it: it is the second of the two.
      await eventually(
        () => updatesOf(user.id),
        (count) => count > before,
      );
      await user.update(then, {});
      expect(await start).toBe('refused');
      const halted = then === 'emergencyStop';
      expect((await user.status()).status).toBe(halted ? 'EMERGENCY_STOPPED' : 'STOPPED');
      expect((await lab.repositories.status.haltState(user.id)).halted).toBe(halted);
      expect((await lab.repositories.config.get(user.id))?.isEnabled).toBe(false);
      await lab.control.clearFaults();
    }
  });

  test('continues as new with its state, and loses none of many signals', async () => {
    const user = await lab.user();
    await user.update('startTrading', {});
    const first = (await lab.client.workflow.getHandle(`trading-${user.id}`).describe()).runId;
    await Promise.all(
      Array.from({ length: 60 }, () =>
        user.signal('fill', { symbol: 'BTC/USDT', clientOrderId: 'ctp-s-x', status: 'FILLED' }),
      ),
    );
    await eventually(
      async () => (await lab.client.workflow.getHandle(`trading-${user.id}`).describe()).runId,
      (runId) => runId !== first,
      60_000,
    );
    const before = await user.status();
    expect(before.status).toBe('RUNNING');
    expect((await user.until(({ cycle }) => cycle > before.cycle)).cycle).toBeGreaterThan(before.cycle);
    await user.update('stopTrading', {});
  });

  test('goes through every cycle that is asked for, also where a run is being handed over', async () => {
    const user = await idleUser(lab);
    const { cycle } = await user.status();
    const { runId } = await lab.client.workflow.getHandle(`trading-${user.id}`).describe();
    for (let turn = 1; turn <= 60; turn++)
      expect(await user.update<{ cycle: number }>('runCycle')).toMatchObject({ cycle: cycle + turn });
    // It is, as soon as nobody asks for a moment.
    await eventually(
      async () => (await lab.client.workflow.getHandle(`trading-${user.id}`).describe()).runId,
      (now) => now !== runId,
    );
    expect(await user.update<{ cycle: number }>('runCycle')).toMatchObject({ cycle: cycle + 61 });
  }, 120_000);

  test('changed settings hold from the next cycle, without a restart', async () => {
    const user = await lab.user({ tradingInterval: 3600 });
    await user.update('startTrading', {});
    await user.until(({ cycle }) => cycle >= 1);
    await lab.repositories.config.put(user.id, { tradingInterval: 1 });
    await user.signal('configChanged');
    await user.until(({ cycle }) => cycle >= 4, 15_000);
    await user.update('stopTrading', {});
  });

  test('keeps no stack of what it waits for, which would double what it costs', async () => {
    const user = await idleUser(lab);
    const handle = lab.client.workflow.getHandle(`trading-${user.id}`);
    await expect(handle.query('__stack_trace')).rejects.toThrow('stack traces are not enabled');
    await user.update('stopTrading', {});
  });

  test('while the fleet is stopped nobody starts', async () => {
    const user = await lab.user();
    await lab.repositories.flags.haltFleet('test', 'maintenance');
    await expect(user.update('startTrading', {})).rejects.toThrow();
    await lab.repositories.flags.releaseFleet('test');
    await user.update('startTrading', {});
    expect((await user.status()).status).toBe('RUNNING');
    await user.update('stopTrading', {});
  });

  test('two users have accounts, orders and logs of their own', async () => {
    const [one, other] = [await lab.user(), await lab.user()];
    await Promise.all([one.update('startTrading', {}), other.update('startTrading', {})]);
    await Promise.all([one, other].map((user) => user.until(({ tradesToday }) => tradesToday > 0, 60_000)));
    const [first, second] = await Promise.all([one, other].map(({ id }) => lab.control.ledger(id)));
    const ids = new Set(first!.orders.map(({ clientOrderId }) => clientOrderId));
    expect(second!.orders.filter(({ clientOrderId }) => ids.has(clientOrderId))).toEqual([]);
    await Promise.all([one.update('stopTrading', {}), other.update('stopTrading', {})]);
  });
});
