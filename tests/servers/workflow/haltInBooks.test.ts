import { Client, Connection } from '@temporalio/client';
import { closeLater } from '../../../adapters/temporal/closeLater.js';
import { createTradingService } from '../../../api/services/trading.js';
import { idleUser, type Lab, startLab } from '../../support/trading.js';

describe("a user's own emergency stop", () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await startLab();
  }, 120_000);
  afterAll(() => lab?.close(), 60_000);

  test('holds entries back in the books before the workflow hears of it, and is taken by it', async () => {
    const user = await idleUser(lab, 3600);
    const trading = createTradingService(lab.client, lab.repositories);
    const called = Date.now();
    const receipt = await trading.emergencyStop(user.id, { reason: 'own' });
    expect(receipt).toMatchObject({ trigger: 'MANUAL_STOP', reason: 'own', notified: true, positionsAfter: [] });
    expect(Date.parse(receipt.triggeredAt)).toBeGreaterThanOrEqual(called);
    expect(Date.parse(receipt.haltedAt!)).toBeGreaterThanOrEqual(Date.parse(receipt.triggeredAt));
    expect(Date.parse(receipt.finishedAt!)).toBeGreaterThanOrEqual(Date.parse(receipt.haltedAt!));
    expect(await lab.repositories.status.get(user.id)).toMatchObject({
      status: 'EMERGENCY_STOPPED',
      halted: true,
      haltEpoch: 1,
      pendingStop: null,
    });
    expect((await lab.repositories.config.get(user.id))?.isEnabled).toBe(false);
    // Once more it is the same stop.
    expect(await trading.emergencyStop(user.id, {})).toEqual(receipt);
    expect((await lab.repositories.status.get(user.id))?.haltEpoch).toBe(1);
    await trading.reset(user.id, { by: 'test', reason: 'seen' });
    await trading.start(user.id, 'test');
    expect((await trading.status(user.id)).status).toBe('RUNNING');
    await user.update('stopTrading', {});
  });

  test('stands although Temporal could not be told, and the next cycle works through it', async () => {
    const user = await idleUser(lab, 1);
    const connection = Connection.lazy({ address: '127.0.0.1:1' });
    const cutOff = createTradingService(new Client({ connection }), lab.repositories);
    const receipt = await cutOff.emergencyStop(user.id, { reason: 'cut off' });
    expect(receipt).toMatchObject({ reason: 'cut off' });
    expect(receipt.haltedAt).not.toBeNull();
    const { emergency, status } = await user.until((view) => Boolean(view.emergency?.finishedAt));
    expect(status).toBe('EMERGENCY_STOPPED');
    expect(emergency).toMatchObject({ reason: 'cut off', triggeredAt: receipt.triggeredAt, notified: true });
    expect(Date.parse(emergency!.haltedAt!) - Date.parse(receipt.triggeredAt)).toBeLessThan(1_000);
    const told = await lab.database.models.notifications.find({ userId: user.id, type: 'EMERGENCY_STOP' }).lean();
    expect(told).toHaveLength(1);
    closeLater(connection);
  }, 60_000);

  test('that the workflow was not told of is told by a start or a reset, which are refused until it is over', async () => {
    const user = await idleUser(lab, 3600);
    const now = new Date().toISOString();
    const stop = { reason: 'own', by: 'test', halted: { askedAt: now, haltedAt: now } };
    expect(await lab.repositories.status.haltBefore(user.id, stop)).toBe(true);
    expect(await lab.repositories.status.haltBefore(user.id, stop)).toBe(false);
    const trading = createTradingService(lab.client, lab.repositories);
    expect(await trading.status(user.id)).toMatchObject({
      status: 'EMERGENCY_STOPPED',
      nextCycleAt: null,
      emergency: { reason: 'own', haltedAt: now, finishedAt: null },
    });
    await expect(trading.start(user.id, 'test')).rejects.toThrow();
    const { emergency } = await user.until((view) => Boolean(view.emergency?.finishedAt));
    expect(emergency).toMatchObject({ reason: 'own', triggeredAt: now, haltedAt: now });
    await trading.reset(user.id, { by: 'test', reason: 'seen' });
    expect((await trading.status(user.id)).status).toBe('STOPPED');
  });
});

describe('a stop', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await startLab();
  }, 120_000);
  afterAll(() => lab?.close(), 60_000);

  test.each(['now', 'reduce'] as const)('(%s) stands in the settings when it is answered', async (mode) => {
    const user = await idleUser(lab, 3600);
    await user.update('stopTrading', {});
    const trading = createTradingService(lab.client, lab.repositories);
    for (let round = 0; round < 3; round++) {
      await trading.start(user.id, 'test');
      expect((await lab.repositories.config.get(user.id))?.isEnabled).toBe(true);
      expect(await trading.stop(user.id, { mode, by: 'test' })).toMatchObject({ status: 'STOPPED' });
      expect((await lab.repositories.config.get(user.id))?.isEnabled).toBe(false);
    }
  });
});
