import { createHmac } from 'node:crypto';
import { eventually, type Lab, looksOf, quietHolder, startLab } from '../../support/trading.js';

describe('a holding that needs nothing', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await startLab();
  }, 120_000);
  afterAll(() => lab?.close(), 60_000);

  test('is looked at inside the workflow task, and by a step of its own once its protection is gone', async () => {
    const user = await quietHolder(lab);
    const looks = () => looksOf(lab, user.id);
    const first = await looks();
    // The last task's events are in the history only once it has ended.
    const quiet = await eventually(looks, ({ local }) => local >= first.local + 3);
    expect(quiet.scheduled).toBe(first.scheduled);

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
