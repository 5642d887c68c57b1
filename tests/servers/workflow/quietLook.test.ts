import { createHmac } from 'node:crypto';
import { eventually, type Lab, startLab } from '../../support/trading.js';

describe('a holding that needs nothing', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await startLab();
  }, 120_000);
  afterAll(() => lab?.close(), 60_000);

  test('is looked at inside the workflow task, and by a step of its own once its protection is gone', async () => {
    const user = await lab.user({ symbols: ['BTC/USDT'], tradingInterval: 1, stopLossPct: 20, takeProfitPct: 40 });
    await user.update('startTrading', {});
    const { cycle: bought } = await user.until(({ openPositions }) => openPositions === 1, 60_000);
    await user.until(({ cycle }) => cycle >= bought + 4);

    const handle = lab.client.workflow.getHandle(`trading-${user.id}`);
    const looks = async () => {
      const events = (await handle.fetchHistory()).events ?? [];
      const scheduled = events.filter(
        ({ activityTaskScheduledEventAttributes: step }) => step?.activityType?.name === 'managePositions',
      ).length;
      const local = events.filter(({ markerRecordedEventAttributes: marker }) =>
        Buffer.from(marker?.details?.['data']?.payloads?.[0]?.data ?? []).includes('managePositions'),
      ).length;
      return { scheduled, local };
    };
    const quiet = await looks();
    expect(quiet.local).toBeGreaterThanOrEqual(3);
    // The entry's own cycle, and whoever the user's stream woke.
    expect(quiet.scheduled).toBeLessThanOrEqual(2);

    // Somebody takes the protection off by hand: the next look does not find it, and the step puts it back.
    const [position] = await lab.repositories.positions.open(user.id);
    const before = position!.protection!;
    const key = await lab.control.account(user.id, {});
    const query = new URLSearchParams({
      symbol: 'BTCUSDT',
      orderListId: before.orderListId,
      timestamp: `${Date.now()}`,
    });
    query.set('signature', createHmac('sha256', key.secret).update(query.toString()).digest('hex'));
    const address = `${lab.servers.exchangeUrl}/api/v3/orderList?${query}`;
    const answer = await fetch(address, { method: 'DELETE', headers: { 'X-MBX-APIKEY': key.apiKey } });
    expect(answer.status).toBe(200);
    await eventually(
      async () => (await lab.repositories.positions.open(user.id))[0]?.protection?.orderListId,
      (listId) => listId !== undefined && listId !== before.orderListId,
    );
    expect((await looks()).scheduled).toBeGreaterThan(quiet.scheduled);
    await user.update('stopTrading', {});
  });
});
