/** What a holding's protection has to outlast, one fault at a time; judged by the exchange's own ledger. */
import { type OrderLab, type OrderUser, startOrderLab } from '../../support/orderLab.js';

let lab: OrderLab;
beforeAll(async () => {
  lab = await startOrderLab({ BNBUSDT: 600 });
}, 60_000);
afterAll(() => lab?.close());
afterEach(() => lab.control.clearFaults());

const faults = (...list: object[]) => lab.control.faults(list, 1);
const sales = async (user: OrderUser) =>
  (await user.orders()).filter(
    ({ side, type, executedQty }) => side === 'SELL' && type === 'MARKET' && +executedQty > 0,
  );

test('a list that lagging reads do not show yet, and whose cancel was not answered, still rests: nothing is sold over it', async () => {
  // Other holdings on the account: without them the exchange itself would refuse a second sale.
  const user = await lab.user({ USDT: '10000', BTC: '1' });
  await user.enter();
  expect(await user.resting()).toHaveLength(2);
  await faults(
    { endpoint: 'DELETE /api/v3/orderList', kind: 'request-lost', count: 1, account: user.id },
    { endpoint: 'GET /api/v3/*', kind: 'lagging-reads', delayMs: 60_000, durationMs: 1_000, account: user.id },
  );
  const report = await user.look('manual');
  expect(report.closed).toMatchObject([{ reason: 'manual' }]);
  expect(await user.resting()).toEqual([]);
  expect(await sales(user)).toHaveLength(1);
  // The dust of the entry's fee aside, what was there before is there.
  const { free, locked } = await user.holds('BTC');
  expect(locked).toBe(0);
  expect(free).toBeGreaterThanOrEqual(1);
  expect(free).toBeLessThan(1.00002);
}, 60_000);

test('a fee that was paid in BNB is counted at its price, and the holding is protected like any other', async () => {
  const user = await lab.user({ USDT: '10000', BNB: '1' });
  await lab.ask('/permissions', { account: user.id, feesInBnb: true });
  const entry = await user.enter();
  expect(entry).toMatchObject({ outcome: 'FILLED', protected: true });
  const [position] = await lab.repositories.positions.open(user.id);
  // Nothing is taken from the base asset, so all of it is protected.
  expect(position).toMatchObject({ quantity: entry.quantity, protection: { quantity: entry.quantity } });
  const value = Number(entry.quantity) * Number(entry.averagePrice);
  expect(Number(position!.entryFee)).toBeCloseTo(value * 0.00075, 3);
  await user.look('manual');
  const [trade] = await lab.database.models.trades.find({ userId: user.id }).lean<{ fees: number; pnl: number }[]>();
  expect(trade!.fees).toBeCloseTo(value * 0.0015, 3);
  expect(await user.holds('BTC')).toEqual({ free: 0, locked: 0 });
}, 60_000);

const cancelByHand = (user: OrderUser) => user.byHand('DELETE /api/v3/openOrders', { symbol: 'BTCUSDT' });
const sellByHand = (user: OrderUser, quantity: string, more: Record<string, string> = { type: 'MARKET' }) =>
  user.byHand('POST /api/v3/order', { symbol: 'BTCUSDT', side: 'SELL', quantity, ...more });
const open = (user: OrderUser) => lab.repositories.positions.open(user.id);
const trades = (user: OrderUser) => lab.database.models.trades.find({ userId: user.id }).lean();

test('of a holding that is shorter than the books say, what is left is protected, sold and accounted for', async () => {
  const user = await lab.user();
  await user.enter();
  await cancelByHand(user);
  await sellByHand(user, '0.0008');
  await user.look();
  expect((await user.resting()).map(({ origQty }) => Number(origQty))).toEqual([0.0012, 0.0012]);
  expect(await open(user)).toMatchObject([{ quantity: '0.00120799', missing: '0.0008' }]);
  expect(user.events).toMatchObject([{ type: 'TRADE_EXECUTED' }, { data: { code: 'HOLDING_SHORT' } }]);
  expect((await user.look('manual')).closed).toMatchObject([{ reason: 'manual' }]);
  expect(await trades(user)).toMatchObject([{ quantity: 0.0012, exitReason: 'manual' }]);
  expect(await user.resting()).toEqual([]);
}, 60_000);

test('a holding that is gone altogether closes without a sale of ours', async () => {
  const user = await lab.user();
  await user.enter();
  await cancelByHand(user);
  await sellByHand(user, '0.002');
  await user.look();
  expect(await open(user)).toEqual([]);
  expect(await trades(user)).toMatchObject([{ exitReason: 'dust', quantity: 0 }]);
  expect(await sales(user)).toMatchObject([{ clientOrderId: expect.not.stringMatching(/^ctp-/) }]);
}, 60_000);

test('what somebody else has put up for sale is not missing: it is protected again once it is free', async () => {
  const user = await lab.user();
  await user.enter();
  await cancelByHand(user);
  await sellByHand(user, '0.0015', { type: 'LIMIT', timeInForce: 'GTC', price: '66000.00' });
  expect((await user.look()).unprotected).toBe(1);
  expect(await open(user)).toMatchObject([{ quantity: '0.00200799', protection: null }]);
  await cancelByHand(user);
  expect((await user.look()).unprotected).toBe(0);
  expect((await user.resting()).map(({ origQty }) => Number(origQty))).toEqual([0.002, 0.002]);
}, 60_000);
