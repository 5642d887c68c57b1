/** Sales and protections that come to no end at once: what is left of them, what is done next, and by whom not. */
import { settleStop } from '../../../activities/control.js';
import { createEmergencyActivities } from '../../../activities/emergency/index.js';
import { verifyExposure } from '../../../activities/emergency/verifyExposure.js';
import { takeProtectionOff } from '../../../activities/orders/exit.js';
import { protect, sellOrProtect } from '../../../activities/orders/protection.js';
import { managePositions } from '../../../activities/positions/managePositions.js';
import type { StoredPosition } from '../../../adapters/database/positionsRepository.js';
import type { BalanceBook } from '../../../activities/account/balances.js';
import { OrderRejected } from '../../../adapters/exchange/errors.js';
import { loadDefaultConfig } from '../../../adapters/config/defaults.js';
import { type OrderLab, type OrderUser, startOrderLab } from '../../support/orderLab.js';

let lab: OrderLab;
beforeAll(async () => {
  lab = await startOrderLab();
}, 60_000);
afterAll(() => lab?.close());
afterEach(async () => {
  await lab.control.clearFaults();
  await lab.ask('/prices', { symbol: 'BTCUSDT', price: 60_000 });
});

const faults = (...list: object[]) => lab.control.faults(list, 1);
const thinBook = (user: OrderUser) =>
  faults({ endpoint: 'matching', kind: 'partial-fills', fraction: 0.02, account: user.id });
const price = (changePct: number) => lab.ask('/prices', { symbol: 'BTCUSDT', kind: 'gap', changePct });
const open = (user: OrderUser) => lab.repositories.positions.open(user.id);
const trades = (user: OrderUser) => lab.database.models.trades.find({ userId: user.id }).lean();
const rich = (config: object = {}) => lab.user({ USDT: '10000', BTC: '1' }, config);
const cancelByHand = (user: OrderUser) => user.byHand('DELETE /api/v3/openOrders', { symbol: 'BTCUSDT' });
const restingTypes = async (user: OrderUser) => (await user.resting()).map(({ type }) => type).sort();
const LIST = ['LIMIT_MAKER', 'STOP_LOSS'];
const sent = async (user: OrderUser, type: string) =>
  (await user.orders()).filter((order) => order.type === type && order.side === 'SELL');

test('what the book does not take above the target keeps a stop and is sold by the next look', async () => {
  const user = await rich();
  await user.enter();
  await thinBook(user);
  await price(2.5);
  expect(await user.look()).toMatchObject({ openPositions: 1, unprotected: 0, unresolved: 1, closed: [] });
  const [position] = await open(user);
  const left = Math.floor(Number(position!.quantity) * 100_000) / 100_000;
  expect(left).toBeLessThan(0.002);
  expect(position).toMatchObject({ pendingExit: 'target', protection: { kind: 'STOP', quantity: String(left) } });
  expect(await user.resting()).toMatchObject([{ type: 'STOP_LOSS' }]);
  await lab.control.clearFaults();
  await user.look();
  expect(await user.resting()).toEqual([]);
  expect(await trades(user)).toMatchObject([{ exitReason: 'target', quantity: 0.002 }]);
});

test('below its target again, what is left has a list', async () => {
  const user = await rich();
  await user.enter();
  await thinBook(user);
  await price(2.5);
  await user.look();
  await lab.control.clearFaults();
  await price(-1.5);
  expect(await user.look()).toMatchObject({ unprotected: 0, unresolved: 0 });
  expect(await restingTypes(user)).toEqual(LIST);
  expect(await trades(user)).toEqual([]);
});

test('a sale that was asked for is gone on with by the next look, protected meanwhile', async () => {
  const user = await rich();
  await user.enter();
  await thinBook(user);
  expect(await user.look('manual')).toMatchObject({ closed: [], unprotected: 0, unresolved: 1 });
  expect(await restingTypes(user)).toEqual(LIST);
  await lab.control.clearFaults();
  expect((await user.look()).closed).toMatchObject([{ reason: 'manual' }]);
  expect(await trades(user)).toMatchObject([{ exitReason: 'manual', quantity: 0.002 }]);
});

test('a sale that failed is gone on with as well', async () => {
  const user = await rich();
  await user.enter();
  const { orders } = lab.repositories;
  const failing = { orders: { ...orders, insertIntent: () => Promise.reject(new Error('the database is away')) } };
  const [position] = await open(user);
  const exits = [{ positionId: position!.id, symbol: position!.symbol, reason: 'signal' as const }];
  await expect(user.run((desk) => managePositions(desk, exits), failing)).rejects.toThrow('the database is away');
  expect((await user.look()).closed).toMatchObject([{ reason: 'signal' }]);
});

test('a stop of trading goes on with what was asked for by hand, and with nothing that was decided', async () => {
  const [decided, byHand] = [await rich(), await rich()];
  for (const [user, reason] of [[decided, 'signal'] as const, [byHand, 'manual'] as const]) {
    await user.enter();
    await thinBook(user);
    await user.look(reason);
    await user.run(() => settleStop(user.deps, { userId: user.id, status: 'STOPPED', by: 'test' }));
  }
  await lab.control.clearFaults();
  expect((await decided.look()).closed).toEqual([]);
  expect(await restingTypes(decided)).toEqual(LIST);
  expect((await byHand.look()).closed).toMatchObject([{ reason: 'manual' }]);
});

test('an emergency stop ends every sale that was not finished', async () => {
  const user = await rich();
  await user.enter();
  await thinBook(user);
  await user.look('manual');
  await lab.control.clearFaults();
  const before = (await sent(user, 'MARKET')).length;
  expect(await user.run(() => verifyExposure(user.deps, user.id))).toMatchObject({ unprotected: 0 });
  expect(await user.look()).toMatchObject({ closed: [], unresolved: 0 });
  expect(await sent(user, 'MARKET')).toHaveLength(before);
});

test('an emergency stop protects what a sale that was not booked has left, and no more', async () => {
  const user = await rich();
  await user.enter();
  const [position] = await open(user);
  await thinBook(user);
  const { positions } = lab.repositories;
  const unbooked: typeof positions.update = (id, version, fields) =>
    'quantity' in fields ? Promise.reject(new Error('the database is away')) : positions.update(id, version, fields);
  const exits = [{ positionId: position!.id, symbol: position!.symbol, reason: 'signal' as const }];
  const looking = user.run((desk) => managePositions(desk, exits), { positions: { ...positions, update: unbooked } });
  await expect(looking).rejects.toThrow('the database is away');
  await lab.control.clearFaults();
  const sold = (await sent(user, 'MARKET')).reduce((sum, { executedQty }) => sum + Number(executedQty), 0);
  expect(sold).toBeGreaterThan(0);
  expect(await open(user)).toMatchObject([{ pendingExit: 'signal', protection: null, quantity: position!.quantity }]);
  expect(await user.run(() => verifyExposure(user.deps, user.id))).toMatchObject({ unprotected: 0 });
  for (const { origQty } of await user.resting()) expect(Number(origQty)).toBeCloseTo(0.002 - sold, 5);
  expect(await restingTypes(user)).toEqual(LIST);
});

test('a close by hand stays one, whatever is decided beside it', async () => {
  const user = await rich();
  await user.enter();
  await thinBook(user);
  await user.look('manual');
  await user.look('signal');
  expect(await open(user)).toMatchObject([{ pendingExit: 'manual' }]);
});

test('an emergency stop counts as bare what the exchange does not show as protected', async () => {
  const user = await rich();
  await user.enter();
  expect(await user.run(() => verifyExposure(user.deps, user.id))).toMatchObject({ unprotected: 0 });
  await cancelByHand(user);
  expect(await user.run(() => verifyExposure(user.deps, user.id))).toMatchObject({ unprotected: 1 });
  expect(await user.look()).toMatchObject({ unprotected: 0 });
});

test('a target that filled in part and was cancelled is no reason to sell the rest', async () => {
  const user = await rich();
  await user.enter();
  await thinBook(user);
  await price(2.5);
  await price(-1.5);
  await cancelByHand(user);
  await lab.control.clearFaults();
  expect(await user.look()).toMatchObject({ closed: [], unprotected: 0 });
  const [{ executedQty } = { executedQty: '0' }] = await sent(user, 'LIMIT_MAKER');
  expect(Number(executedQty)).toBeGreaterThan(0);
  expect(await sent(user, 'MARKET')).toEqual([]);
  expect(await restingTypes(user)).toEqual(LIST);
});

test('a stop alone whose attempt died before it was noted is found again as what it is', async () => {
  const user = await rich();
  await user.enter();
  await cancelByHand(user);
  const [position] = await open(user);
  const bare = (await user.run((desk) => takeProtectionOff(desk, position!))).position;
  const lists = (await sent(user, 'LIMIT_MAKER')).length;
  const dying = user.run((desk) => {
    const account: typeof desk.account = {
      ...desk.account,
      placeOco: () => Promise.reject(new OrderRejected('no lists today')),
      placeOrder: async (order) => {
        await desk.account.placeOrder(order);
        throw new Error('as if the worker had died here');
      },
    };
    return protect({ ...desk, account }, bare);
  });
  await expect(dying).rejects.toThrow('died here');
  expect(await restingTypes(user)).toEqual(['STOP_LOSS']);
  expect(await user.look()).toMatchObject({ unprotected: 0, unresolved: 0 });
  expect(await open(user)).toMatchObject([{ protection: { kind: 'STOP' } }]);
  expect(await restingTypes(user)).toEqual(['STOP_LOSS']);
  expect(await sent(user, 'LIMIT_MAKER')).toHaveLength(lists);
});

/** A holding that is worth less than the 5 USDT that the exchange sells, and was worth more when it was bought. */
const small = async () => {
  const user = await rich({ stopLossPct: 25 });
  await user.enter(await user.plan(8));
  // No entry and no partial sale leaves so little at its stop; a position of an earlier version may.
  const [{ id, version }] = (await open(user)) as [StoredPosition];
  await lab.repositories.positions.update(id, version, { stopPrice: '36000' });
  await user.run(async (desk) => {
    await takeProtectionOff(desk, (await open(user))[0]!);
    await protect(desk, (await open(user))[0]!);
  });
  await price(-32);
  return user;
};

test("what is too small to be sold at today's price keeps its protection, whoever wants it sold", async () => {
  const user = await small();
  const before = await user.resting();
  expect(before).toHaveLength(2);
  expect(await user.look('manual')).toMatchObject({ closed: [], unprotected: 0, unresolved: 0 });
  expect(user.lines.at(-1)).toMatch(/worth less than the exchange sells/);
  const emergency = createEmergencyActivities(user.deps, { touched: () => undefined } as unknown as BalanceBook);
  const report = await user.run(() =>
    emergency.liquidatePositions({ userId: user.id, since: new Date().toISOString() }),
  );
  expect(report).toMatchObject({ remaining: 1, sold: [] });
  expect(await user.resting()).toEqual(before);
  await price(22);
  expect((await user.look('manual')).closed).toMatchObject([{ reason: 'manual' }]);
});

test.each([
  ['a part that is too small to be sold is left where it is', 8, 0.5],
  ['a part that would leave too little to sell is left where it is', 12, 0.7],
])('%s', async (_name, value, partialTakeProfitFraction) => {
  const { exits } = loadDefaultConfig();
  const user = await rich({ exits: { ...exits, partialTakeProfitPct: 1, partialTakeProfitFraction } });
  await user.enter(await user.plan(value));
  const before = await user.resting();
  await price(1.2);
  while (Number((await open(user))[0]!.highestPrice) < 60_600) await user.look();
  expect(await user.resting()).toEqual(before);
  expect(await open(user)).toMatchObject([{ partialTaken: false }]);
  const [position] = await open(user);
  expect(await user.run((desk) => sellOrProtect(desk, position!, 'target', partialTakeProfitFraction))).toBe(
    'too small',
  );
  expect(await user.resting()).toEqual(before);
});

test('a part that leaves enough is sold, and the rest is protected', async () => {
  const { exits } = loadDefaultConfig();
  const user = await rich({ exits: { ...exits, partialTakeProfitPct: 1, partialTakeProfitFraction: 0.7 } });
  await user.enter(await user.plan(36.6));
  await price(1.2);
  while (!(await open(user))[0]!.partialTaken) await user.look();
  // 0.0006 less the fee are 0.0005994, 70 % of it 0.00041 in lots.
  expect(await open(user)).toMatchObject([{ quantity: '0.0001894', protection: { quantity: '0.00018' } }]);
  expect((await user.resting()).map(({ origQty }) => Number(origQty))).toEqual([0.00018, 0.00018]);
});
