/** Orders of ours that the books and the exchange tell differently of: what a closer look at the account makes of them. */
import { createBalanceBook } from '../../../activities/account/balances.js';
import { createCompareTurns } from '../../../activities/account/compareTurns.js';
import { type AccountDesk, type ExplainedAccount, explainAccount } from '../../../activities/account/reconcile.js';
import { type OrderLab, type OrderUser, startOrderLab, SYMBOL } from '../../support/orderLab.js';

let lab: OrderLab;
beforeAll(async () => {
  lab = await startOrderLab();
}, 60_000);
afterAll(() => lab?.close());

/** A closer look, as after a gap in the user's stream. */
async function lookCloser(user: OrderUser): Promise<ExplainedAccount> {
  const turns = createCompareTurns();
  turns.suspect(user.id);
  const desk = { deps: user.deps, balances: createBalanceBook(user.deps), turns } as unknown as AccountDesk;
  const positions = await lab.repositories.positions.open(user.id);
  const { marketTime } = await lab.control.clock();
  const asked = { userId: user.id, mode: 'paper' as const, symbols: [SYMBOL], positions, marketTime, quiet: true };
  await explainAccount(desk, asked); // the first look opens the account's book
  turns.suspect(user.id);
  desk.balances.touched(user.id);
  return explainAccount(desk, asked);
}

const orders = (user: OrderUser, purpose: string) =>
  lab.database.models.orders.find({ userId: user.id, purpose }).lean();
const logs = async (user: OrderUser): Promise<string[]> =>
  (await lab.database.models.logs.find({ userId: user.id }).lean()).map(({ message }) => message);
const jump = (changePct: number) => lab.ask('/prices', { symbol: 'BTCUSDT', kind: 'gap', changePct });

test('an order of ours that rests for a position that is closed is cancelled and told', async () => {
  const user = await lab.user({ USDT: '10000', BTC: '1' });
  await user.enter();
  const [position] = await lab.repositories.positions.open(user.id);
  // As if it had been closed by hand in the books, or by an attempt that missed what another one had just put up.
  await lab.repositories.positions.close(position!.id, position!.version, {
    exitTime: Date.now(),
    exitPrice: '60000',
    exitReason: 'manual',
    realizedPnl: '0',
  });
  await lookCloser(user);
  expect(await user.resting()).toHaveLength(2); // a step may be under way: younger ones are left alone
  const past = new Date(Date.now() - 60_000);
  await lab.database.models.orders.updateMany({ userId: user.id }, { $set: { updatedAt: past } });
  await lookCloser(user);
  expect(await user.resting()).toEqual([]);
  expect(user.events.map(({ data }) => data['code'])).toContain('OWN_ORDER_ORPHANED');
  expect(await user.holds('BTC')).toMatchObject({ locked: 0 });
});

test('a stop that has filled while nobody listened is noticed, and its position looked after in the same cycle', async () => {
  const user = await lab.user();
  await user.enter();
  await jump(-2);
  const { attention } = await lookCloser(user);
  expect(attention).toBe(true);
  expect(await logs(user)).toContainEqual(expect.stringMatching(/ctp-s-\S+ no longer rests on the exchange/));
  expect((await user.look()).closed).toMatchObject([{ reason: 'stop' }]);
  expect(await orders(user, 'STOP')).toMatchObject([{ status: 'FILLED', filledQuantity: 0.002 }]);
  await jump((1 / 0.98 - 1) * 100);
});

test('the record of an order whose position has ended otherwise is brought up to date', async () => {
  const user = await lab.user();
  await user.enter();
  await user.look('manual');
  const [target] = await orders(user, 'TARGET');
  expect(target).toMatchObject({ status: 'CANCELLED' });
  // As if the worker had died before it wrote what became of it.
  await lab.database.models.orders.updateOne({ _id: target!._id }, { $set: { status: 'ACKNOWLEDGED' } });
  await lookCloser(user);
  expect(await orders(user, 'TARGET')).toMatchObject([{ status: 'CANCELLED' }]);
  expect(await logs(user)).toContainEqual(expect.stringMatching(/ctp-t-\S+ no longer rests on the exchange/));
});
