/** What an attempt that died leaves behind, and what the next look makes of it; judged by the exchange's own ledger. */
import { settleStop } from '../../../activities/control.js';
import { verifyExposure } from '../../../activities/emergency/verifyExposure.js';
import { sellPosition, takeProtectionOff } from '../../../activities/orders/exit.js';
import type { Write } from '../../../adapters/database/bulkWrites.js';
import { InvariantBroken } from '../../../activities/failures.js';
import { managePositions } from '../../../activities/positions/managePositions.js';
import { type OrderLab, type OrderUser, startOrderLab } from '../../support/orderLab.js';

let lab: OrderLab;
beforeAll(async () => {
  lab = await startOrderLab();
}, 60_000);
afterAll(() => lab?.close());
afterEach(() => lab.control.clearFaults());

const died = () => Promise.reject(new Error('as if the worker had died here'));
const faults = (...list: object[]) => lab.control.faults(list, 1);
const jump = (changePct: number, kind = 'gap', more: object = {}) =>
  lab.ask('/prices', { symbol: 'BTCUSDT', kind, changePct, ...more });
const open = (user: OrderUser) => lab.repositories.positions.open(user.id);
const trades = (user: OrderUser) => lab.database.models.trades.find({ userId: user.id }).lean();
const protectiveQuantities = async (user: OrderUser) => (await user.resting()).map(({ origQty }) => Number(origQty));
const stop = (user: OrderUser) =>
  user.run(() => settleStop(user.deps, { userId: user.id, status: 'STOPPED', by: 'test' }));
/** Other holdings are on the account: without them the exchange itself would refuse what sells too much. */
const rich = () => lab.user({ USDT: '10000', BTC: '1' });

/** A sale that the exchange executed and whose attempt died before anything of it was written. */
async function dieAfterSale(user: OrderUser, reason: 'manual' | 'target', fraction = 1): Promise<void> {
  const [position] = await open(user);
  const { fills, inOrder } = lab.repositories;
  const instead = {
    inOrder: (writes: readonly Write[]) =>
      writes.some(({ collection }) => collection === 'fills') ? died() : inOrder(writes),
    fills: { ...fills, insert: died },
  };
  await expect(user.run((desk) => sellPosition(desk, position!, reason, fraction), instead)).rejects.toThrow();
}

test('a sale that is not in the books yet is found before anything is protected', async () => {
  const user = await rich();
  await user.enter();
  await dieAfterSale(user, 'manual');
  // Nobody asks for the sale again, and reads lag at first.
  await faults({
    endpoint: 'GET /api/v3/*',
    kind: 'lagging-reads',
    delayMs: 60_000,
    durationMs: 700,
    account: user.id,
  });
  await user.look();
  expect(await user.resting()).toEqual([]);
  expect(await open(user)).toEqual([]);
  expect(await trades(user)).toMatchObject([{ exitReason: 'manual', quantity: 0.002 }]);
  // No list ever stood for what was sold: only the first one was placed.
  expect((await user.orders()).filter(({ type }) => type === 'LIMIT_MAKER')).toHaveLength(1);
});

test('a protection that another attempt has put up while this one sold is taken off before the books close', async () => {
  const user = await rich();
  await user.enter();
  const [position] = await open(user);
  const { orders } = lab.repositories;
  let met = false;
  const insertIntent: typeof orders.insertIntent = async (...intent) => {
    if (!met) {
      met = true;
      await user.look();
      expect(await user.resting()).toHaveLength(2);
    }
    return orders.insertIntent(...intent);
  };
  const instead = { orders: { ...orders, insertIntent } };
  expect(await user.run((desk) => sellPosition(desk, position!, 'manual'), instead)).toBe('closed');
  expect(await user.resting()).toEqual([]);
  expect(await trades(user)).toMatchObject([{ exitReason: 'manual', quantity: 0.002 }]);
  expect(await user.holds('BTC')).toMatchObject({ locked: 0 });
});

test('a part that the exchange does not take is not counted as taken, and what is held is protected', async () => {
  const user = await rich();
  await user.enter();
  const [position] = await open(user);
  await faults({ endpoint: 'POST /api/v3/order', kind: '429', retryAfter: 1, account: user.id });
  expect(await user.run((desk) => sellPosition(desk, position!, 'target', 0.5))).toBe('unprotected');
  await lab.control.clearFaults();
  expect(await open(user)).toMatchObject([{ partialTaken: false, protection: null }]);
  for (let looks = 0; (await user.resting()).length === 0 && looks < 10; looks++) await user.look();
  expect(await protectiveQuantities(user)).toEqual([0.002, 0.002]);
}, 60_000);

test('what is left after a part was sold is protected and no more, and the part is not taken again', async () => {
  const user = await rich();
  await user.enter();
  await dieAfterSale(user, 'target', 0.5);
  await user.look();
  expect(await protectiveQuantities(user)).toEqual([0.001, 0.001]);
  expect(await open(user)).toMatchObject([{ quantity: '0.00100799', partialTaken: true }]);
  expect(await trades(user)).toEqual([]);
});

/** Its target trades in part while the price passes by, and the price is back when this returns. */
async function touchTarget(user: OrderUser): Promise<string> {
  const target = async () => (await user.orders()).find(({ type }) => type === 'LIMIT_MAKER')!;
  await faults({ endpoint: 'matching', kind: 'partial-fills', fraction: 0.02, account: user.id });
  await jump(2.5, 'spike', { durationMs: 50 });
  expect(await target()).toMatchObject({ status: 'PARTIALLY_FILLED' });
  let filled = '';
  for (let before = null; before !== filled; filled = (await target()).executedQty) {
    before = filled;
    await new Promise((next) => setTimeout(next, 150));
  }
  return filled;
}

test('a target that filled in part has taken its stop along: what is left gets a list of its own', async () => {
  const user = await rich();
  await user.enter();
  const filled = await touchTarget(user);
  expect(await user.resting()).toHaveLength(1);
  await user.look();
  const left = Number((0.002 - Number(filled)).toFixed(5));
  expect(await protectiveQuantities(user)).toEqual([left, left]);
  expect(new Set((await user.resting()).map(({ type }) => type))).toEqual(new Set(['STOP_LOSS', 'LIMIT_MAKER']));
  expect(await open(user)).toMatchObject([{ protection: { quantity: String(left), kind: 'OCO' } }]);
});

test('a holding that is closed by hand after its target filled in part was closed by hand', async () => {
  const user = await rich();
  await user.enter();
  await touchTarget(user);
  const [position] = await open(user);
  await lab.control.clearFaults();
  expect(await user.run((desk) => sellPosition(desk, position!, 'manual'))).toBe('closed');
  expect(await user.resting()).toEqual([]);
  expect(await trades(user)).toMatchObject([{ exitReason: 'manual', quantity: 0.002 }]);
});

test('a limit of requests is no reason to sell: the holding is protected as soon as it may be', async () => {
  const user = await rich();
  await faults({ endpoint: 'POST /api/v3/orderList/oco', kind: '429', retryAfter: 1, count: 4, account: user.id });
  await user.enter();
  for (let looks = 0; (await user.resting()).length === 0 && looks < 10; looks++) await user.look();
  expect(await protectiveQuantities(user)).toEqual([0.002, 0.002]);
  expect((await user.orders()).filter(({ side, type }) => side === 'SELL' && type === 'MARKET')).toEqual([]);
}, 60_000);

test('a bare holding is protected before anybody asks what became of an entry', async () => {
  const user = await rich();
  await user.enter();
  await user.byHand('DELETE /api/v3/openOrders', { symbol: 'BTCUSDT' });
  // Sent by an attempt that died, and lost on its way: nobody can say so before its fence has passed.
  await lab.repositories.orders.insertIntent({
    ...{ userId: user.id, intentId: 'lost', clientOrderId: `ctp-e-${'l'.repeat(24)}`, symbol: 'BTC/USDT', side: 'BUY' },
    ...{ type: 'MARKET', purpose: 'ENTRY', quantity: '0.001', mode: 'paper', positionId: 'p-lost' },
    ...{ fenceTimestamp: Date.now(), recvWindow: 3_000 },
  });
  const looking = user.look();
  await new Promise((next) => setTimeout(next, 1_500));
  expect(await protectiveQuantities(user)).toEqual([0.002, 0.002]);
  // It may appear all the same, and is asked for a while longer.
  expect(await looking).toMatchObject({ unresolved: 0, late: 1 });
  expect(await stop(user)).toMatchObject({ openPositions: 1, attention: true });
}, 60_000);

test('books that do not add up keep no other holding from its protection', async () => {
  const user = await rich();
  await user.enter();
  await user.enter();
  const [broken, sound] = await open(user);
  await user.byHand('DELETE /api/v3/openOrders', { symbol: 'BTCUSDT' });
  // A sale that counts as executed, and that the exchange does not know.
  await lab.repositories.orders.insertIntent({
    ...{
      userId: user.id,
      intentId: 'none',
      clientOrderId: `ctp-x-${'n'.repeat(24)}`,
      symbol: 'BTC/USDT',
      side: 'SELL',
    },
    ...{ type: 'MARKET', purpose: 'EXIT', quantity: '0.001', mode: 'paper', positionId: broken!.id },
  });
  await lab.database.models.orders.updateOne(
    { userId: user.id, intentId: 'none' },
    { $set: { status: 'FILLED', exchangeOrderId: '999999', filledQuantity: 0.001 } },
  );
  await expect(user.look()).rejects.toThrow('the exchange does not show it now');
  expect(await open(user)).toMatchObject([
    { id: broken!.id, protection: null },
    { id: sound!.id, protection: { quantity: '0.002' } },
  ]);
  expect(await protectiveQuantities(user)).toEqual([0.002, 0.002]);
}, 60_000);

test('a protection that the exchange has forgotten is placed again', async () => {
  const user = await rich();
  await user.enter();
  await user.byHand('DELETE /api/v3/openOrders', { symbol: 'BTCUSDT' });
  // As after a test network was reset: of these ids and this list it knows nothing.
  const { orders, positions } = lab.database.models;
  const ids = { stop: `ctp-s-${user.id}`.slice(0, 36), target: `ctp-t-${user.id}`.slice(0, 36) };
  const long = { orderListId: '999999', exchangeOrderId: '999999', updatedAt: new Date(Date.now() - 600_000) };
  const renamed = async (purpose: string, clientOrderId: string, updatedAt: Date) =>
    orders.updateOne({ userId: user.id, purpose }, { $set: { ...long, clientOrderId, updatedAt } });
  const protection = { stopClientOrderId: ids.stop, targetClientOrderId: ids.target, orderListId: '999999' };
  for (const [field, value] of Object.entries(protection))
    await positions.updateOne({ userId: user.id }, { $set: { [`protection.${field}`]: value } });
  // A moment after it has told of them it may be a reading that lags behind.
  await renamed('STOP', ids.stop, new Date());
  await renamed('TARGET', ids.target, new Date());
  await user.look();
  expect(await user.resting()).toEqual([]);
  await renamed('STOP', ids.stop, long.updatedAt);
  await renamed('TARGET', ids.target, long.updatedAt);
  await user.look();
  expect(await protectiveQuantities(user)).toEqual([0.002, 0.002]);
}, 60_000);

test('a bare holding is protected though nobody can tell what rests', async () => {
  const user = await rich();
  await user.enter();
  const [position] = await open(user);
  await user.run((desk) => takeProtectionOff(desk, position!));
  expect(await user.resting()).toEqual([]);
  await faults({ endpoint: 'GET /api/v3/openOrders', kind: '5xx', account: user.id });
  await user.look();
  await lab.control.clearFaults();
  expect(await protectiveQuantities(user)).toEqual([0.002, 0.002]);
});

test('a stop of trading tells what it leaves bare or could not ask for, and nothing else', async () => {
  const user = await rich();
  await user.enter();
  expect(await stop(user)).toEqual({ cancelled: [], adopted: 0, openPositions: 1 });
  await faults({ endpoint: 'GET /api/v3/openOrders', kind: '5xx', account: user.id });
  expect(await stop(user)).toEqual({ cancelled: [], adopted: 0, openPositions: 1, attention: true });
  await lab.control.clearFaults();
  const [position] = await open(user);
  await user.run((desk) => takeProtectionOff(desk, position!));
  expect(await stop(user)).toEqual({ cancelled: [], adopted: 0, openPositions: 1, attention: true });
});

test('a bare holding that the exchange lists no more keeps no emergency stop from ending, and is told', async () => {
  const user = await rich();
  await user.enter();
  await user.enter();
  const [position] = await open(user);
  await user.run((desk) => takeProtectionOff(desk, position!));
  const { exchange, ...venue } = user.deps.venue('paper');
  const market = { ...exchange.market, symbolRules: async () => new Map() };
  const deps = { ...user.deps, venue: () => ({ ...venue, exchange: { ...exchange, market } }) } as typeof user.deps;
  const exposure = await user.run(() => verifyExposure(deps, user.id));
  expect(exposure).toMatchObject({ unprotected: 1, openOrdersAfter: 0 });
  expect(exposure.positionsAfter).toHaveLength(2);
  // Nor does it fail the look at all others.
  const rules = () => Promise.reject(new InvariantBroken('the exchange does not list BTC/USDT'));
  const report = await user.run((desk) => managePositions({ ...desk, rules }, []));
  expect(report).toMatchObject({ openPositions: 2, unprotected: 0 });
  expect(report.events[0]).toMatchObject({ eventId: `unlisted-${position!.id}`, data: { code: 'UNLISTED' } });
  const closing = [{ positionId: position!.id, symbol: position!.symbol, reason: 'manual' as const }];
  await expect(user.run((desk) => managePositions({ ...desk, rules }, closing))).rejects.toThrow('does not list');
  await user.look();
});

test('a stop that filled is recorded before other holdings are looked over', async () => {
  const user = await rich();
  const far = await user.plan();
  await user.enter({ ...far, stopPrice: '50000' });
  const near = await user.plan();
  await user.enter(near);
  await jump(-2);
  await user.look('manual');
  const told = (await trades(user)).sort((a, b) => a.recordedAt.getTime() - b.recordedAt.getTime());
  expect(told.map(({ exitReason }) => exitReason)).toEqual(['stop', 'manual']);
});
