/** What anybody may type into the Web UI's field for a signal or an update. */
import { createTradingService } from '../../../api/services/trading.js';
import type { EmergencyReceipt, StatusView } from '../../../trading/types.js';
import { eventsOf, eventually, idleUser, type Lab, startLab, type TestUser } from '../../support/trading.js';

describe('a trading workflow that is told odd things', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await startLab();
  }, 120_000);
  afterAll(() => lab?.close(), 60_000);

  const failedTasks = async (user: TestUser): Promise<number> =>
    (await eventsOf(lab, user.id)).filter((event) => event.workflowTaskFailedEventAttributes).length;

  test('goes on trading, and no task of it fails', async () => {
    const user = await idleUser(lab, 1);
    await user.signal('fill');
    await user.signal('fill', 'BTC/USDT');
    await user.signal('start', 7);
    await user.signal('configChanged', { odd: true });
    await expect(user.update('closePosition', 12)).rejects.toThrow();
    const { cycle } = await user.status();
    const status = await user.until((now) => now.cycle >= cycle + 2);
    expect(status).toMatchObject({ status: 'RUNNING', lastError: null });
    expect(await failedTasks(user)).toBe(0);
    await user.signal('stop', ['now', 3]);
    await user.until((now) => now.status === 'STOPPED');
  }, 60_000);

  test.each([
    [{ reason: 2026 }, { trigger: 'MANUAL_STOP', reason: '2026' }],
    [
      { trigger: 'NOPE', reason: ['x'], by: { who: 'x'.repeat(900) } },
      { trigger: 'MANUAL_STOP', reason: '["x"]' },
    ],
    ['the exchange looks odd', { trigger: 'MANUAL_STOP', reason: 'the exchange looks odd' }],
    [
      { fleet: { askedAt: 'soon', haltedAt: 1 }, halted: true, liquidate: 'no' },
      { trigger: 'MANUAL_STOP', reason: '' },
    ],
  ])(
    'is stopped by the signal emergency %j, and led out again',
    async (said, told) => {
      const user = await idleUser(lab, 1);
      await user.signal('emergency', said);
      const { status, emergency } = await user.until((now) => Boolean(now.emergency?.finishedAt));
      expect({ status, emergency }).toMatchObject({ status: 'EMERGENCY_STOPPED', emergency: told });
      inOrder(emergency!);
      await user.update('reset');
      expect((await user.status()).status).toBe('STOPPED');
      expect(await failedTasks(user)).toBe(0);
    },
    60_000,
  );

  test('tells its receipt in order, also where it stopped by itself', async () => {
    for (let time = 0; time < 6; time++) {
      const user = await lab.user({
        tradingInterval: 1,
        maxDailyLossPct: 0.01,
        tradingMode: 'CONSERVATIVE',
        timeframe: '1d',
      });
      await user.update('startTrading', {});
      await user.signal('emergency', { reason: `${time}` });
      inOrder((await user.until((now) => Boolean(now.emergency?.finishedAt))).emergency!);
    }
  }, 60_000);

  test('counts how long it has been on also between two cycles', async () => {
    const user = await idleUser(lab, 3_600);
    const trading = createTradingService(lab.client, lab.repositories);
    const shown = await eventually<StatusView>(
      () => trading.status(user.id),
      ({ uptimeSeconds }) => uptimeSeconds >= 4,
    );
    const on = (Date.now() - Date.parse(shown.since)) / 1_000;
    expect(shown.uptimeSeconds).toBeLessThanOrEqual(on);
    await user.update('stopTrading', {});
    expect((await trading.status(user.id)).uptimeSeconds).toBe(0);
  }, 60_000);
});

function inOrder({ triggeredAt, haltedAt, finishedAt, steps }: EmergencyReceipt): void {
  const times = steps.map(({ at }) => at);
  expect(times).toEqual([...times].sort());
  expect([triggeredAt, haltedAt, finishedAt]).toEqual([triggeredAt, haltedAt, finishedAt].sort());
}
