/** Entries whose attempt ends at a bad moment: what the next look makes of what is left. */
import { setTimeout as pause } from 'node:timers/promises';
import { FENCE_MS } from '../../../activities/orders/desk.js';
import { startOrderLab, type OrderLab, type OrderUser } from '../../support/orderLab.js';

let lab: OrderLab;
beforeAll(async () => {
  lab = await startOrderLab();
}, 60_000);
afterAll(() => lab?.close());
afterEach(() => lab.control.clearFaults());

const died = () => Promise.reject(new Error('as if the worker had died here'));
/** An entry that the exchange took, and whose attempt died where `instead` stands for the real repositories. */
async function dieIn(instead: Parameters<OrderUser['enter']>[1], more: { confidence?: number } = {}) {
  const user = await lab.user();
  const plan = { ...(await user.plan()), ...more };
  await expect(user.enter(plan, instead)).rejects.toThrow('died');
  expect(await entriesOf(user.id)).toMatchObject([{ status: 'SUBMITTING' }]);
  return { user, plan };
}
const entriesOf = async (userId: string) => lab.database.models.orders.find({ userId, purpose: 'ENTRY' }).lean();

test('an entry that is bought and not booked is no filled order yet: the next look opens its position and protects it', async () => {
  const { user, plan } = await dieIn({ inOrder: died }, { confidence: 81 });
  await user.look();
  expect(await entriesOf(user.id)).toMatchObject([{ status: 'FILLED', filledQuantity: Number(plan.quantity) }]);
  expect(await lab.repositories.positions.open(user.id)).toMatchObject([{ protection: { kind: 'OCO' } }]);
  expect(await user.resting()).toHaveLength(2);
  expect((await user.orders()).filter(({ side }) => side === 'BUY')).toHaveLength(1);
  expect(user.events).toMatchObject([{ type: 'TRADE_EXECUTED', data: { confidence: 81, quantity: plan.quantity } }]);
});

test('nor is it one while only its position is missing, whatever the database knows of several writes in one message', async () => {
  const positions = { ...lab.repositories.positions, insert: died };
  const { user, plan } = await dieIn({ inOrder: async () => false, positions });
  // The same step's next attempt, on a server without the new message.
  const report = await user.enter(plan, { inOrder: async () => false });
  expect(report).toMatchObject({ outcome: 'FILLED', protected: true, quantity: plan.quantity });
  expect(await entriesOf(user.id)).toMatchObject([{ status: 'FILLED' }]);
  expect(await user.resting()).toHaveLength(2);
});

test('a position whose entry is not noted yet is protected by the next look, and not closed as empty', async () => {
  const orders = { ...lab.repositories.orders, transition: died };
  const { user, plan } = await dieIn({ inOrder: async () => false, orders });
  expect(await lab.repositories.positions.open(user.id)).toMatchObject([{ protection: null }]);
  await user.look();
  expect(await entriesOf(user.id)).toMatchObject([{ status: 'FILLED', filledQuantity: Number(plan.quantity) }]);
  expect(await lab.repositories.positions.open(user.id)).toMatchObject([{ protection: { kind: 'OCO' } }]);
  expect(await user.resting()).toHaveLength(2);
  expect(await lab.database.models.trades.find({ userId: user.id }).lean()).toEqual([]);
});

test('what an attempt has sent is followed to its end, whatever speaks against the entry by then', async () => {
  const { user, plan } = await dieIn({ inOrder: died });
  await lab.repositories.status.halt(user.id);
  expect(await user.enter(plan)).toMatchObject({ outcome: 'FILLED', protected: true });
  expect(await user.enter()).toMatchObject({ outcome: 'REFUSED' });
});

test('an order whose answer was lost is bought once, found, and told once', async () => {
  const user = await lab.user();
  await lab.control.faults([{ endpoint: 'POST /api/v3/order', kind: 'answer-lost', count: 1, account: user.id }], 1);
  expect(await user.enter()).toMatchObject({ outcome: 'FILLED', protected: true });
  expect((await user.orders()).filter(({ side }) => side === 'BUY')).toHaveLength(1);
  const [entry] = await entriesOf(user.id);
  expect(entry!.transitions.map(({ to, evidence }) => `${to}: ${evidence}`)).toEqual([
    'SUBMITTING: stored',
    expect.stringMatching(/^UNKNOWN: /),
    'FILLED: query',
  ]);
});

test('a worker that stood still behind its last look for a stop sends what the exchange takes no more', async () => {
  const user = await lab.user();
  const { flags } = lab.repositories;
  const fleet = async () => {
    const seen = await flags.fleet();
    await pause(FENCE_MS + 500);
    return seen;
  };
  expect((await user.enter(undefined, { flags: { ...flags, fleet } })).outcome).toBe('ABANDONED');
  expect(await user.orders()).toEqual([]);
  expect(await user.enter()).toMatchObject({ outcome: 'FILLED', protected: true });
});
