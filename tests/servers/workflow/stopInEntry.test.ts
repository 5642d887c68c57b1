import { eventually, type Lab, looksOf, startLab } from '../../support/trading.js';

describe('a worker that dies between a fill and its protection, and whose user is stopped meanwhile', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await startLab({}, { CRASH_POINTS: 'between-fill-and-protection=1' });
  }, 120_000);
  afterAll(() => lab?.close(), 60_000);

  const looks = async (userId: string): Promise<number> => (await looksOf(lab, userId)).scheduled;

  test('leaves no holding bare: it is protected behind the stop, and watched', async () => {
    const user = await lab.user({ symbols: ['BTC/USDT'] });
    await user.update('startTrading', {});
    await eventually(
      async () => lab.worker.kills.atCrashPoints,
      (kills) => kills > 0,
      60_000,
    );
    // Neither level is to be reached before it is protected.
    await lab.control.setSpeed(1);
    expect(await lab.repositories.positions.open(user.id)).toMatchObject([{ protection: null }]);
    await user.update('stopTrading', { mode: 'now' });
    const held = await eventually(
      () => lab.repositories.positions.open(user.id),
      ([position]) => Boolean(position?.protection),
      60_000,
    );
    expect(held).toMatchObject([{ protection: { kind: 'OCO' } }]);
    const { orders } = await lab.control.ledger(user.id);
    expect(orders.filter(({ side }) => side === 'BUY')).toHaveLength(1);
    expect(orders.filter(({ status, side }) => status === 'NEW' && side === 'SELL')).toHaveLength(2);
    expect(await user.status()).toMatchObject({ status: 'STOPPED', openPositions: 1 });
    const before = await looks(user.id);
    await eventually(
      () => looks(user.id),
      (count) => count >= before + 2,
    );
  }, 240_000);
});
