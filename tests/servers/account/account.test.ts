import { createAccountViews } from '../../../api/services/account.js';
import { performanceOf } from '../../../api/services/performance.js';
import { createExchange } from '../../../adapters/exchange/exchange.js';
import { createMarketCache } from '../../../adapters/exchange/marketCache.js';
import { createPaperAccounts } from '../../../adapters/exchange/paperAccounts.js';
import { isOwnOrder } from '../../../trading/orders/index.js';
import { type Amounts, effectOf, sumOf } from '../../../trading/reconcile/index.js';
import type { EmergencyReceipt, Fill } from '../../../trading/types.js';
import { eventually, type Lab, startLab, type TestUser } from '../../support/trading.js';
import { createScenarioTools } from '../scenarios/market.js';

describe('an account that is not ours alone', () => {
  let lab: Lab;
  let tools: ReturnType<typeof createScenarioTools>;
  let user: TestUser;
  let unknownOrder: string;
  beforeAll(async () => {
    lab = await startLab();
    tools = createScenarioTools(lab);
    user = await tools.user({ stopLossPct: 20, takeProfitPct: 60, maxPositions: 1 });
    await lab.control.account(user.id, { USDT: '20000', BTC: '0.7' });
  }, 120_000);
  afterAll(() => lab?.close(), 60_000);

  const book = async () => (await lab.repositories.accountBooks.get(user.id, 'paper'))!;
  const logged = (begin: string): Promise<string[]> =>
    eventually(
      () => tools.logs(user),
      (logs) => logs.some((line) => line.startsWith(begin)),
      30_000,
    );
  const move = (delta: string, asset = 'USDT') => tools.control('/balances', { account: user.id, asset, delta });
  const byHand = (order: Record<string, string>) => tools.orderByHand(user, { symbol: 'BTCUSDT', ...order });

  /** What our own orders did, from the exchange's ledger alone. */
  async function ownOnTheLedger(): Promise<Amounts> {
    const { orders, trades } = await lab.control.ledger(user.id);
    const own = new Set(orders.filter(({ clientOrderId }) => isOwnOrder(clientOrderId)).map(({ orderId }) => orderId));
    const fills = (trades as unknown as Record<string, unknown>[]).filter(({ orderId }) => own.has(orderId as never));
    return sumOf(
      fills.map((trade) =>
        effectOf({
          symbol: 'BTC/USDT',
          side: trade['isBuyer'] ? 'BUY' : 'SELL',
          price: String(trade['price']),
          quantity: String(trade['qty']),
          fee: String(trade['commission']),
          feeAsset: String(trade['commissionAsset']),
        } as Fill),
      ),
    );
  }

  test('what was there before is noted, and entries are made beside it', async () => {
    await tools.fast();
    await user.update('startTrading', { by: 'test' });
    await user.until(({ openPositions }) => openPositions === 1, 60_000);
    await tools.slow();
    await lab.repositories.config.put(user.id, { timeframe: '1d' });
    expect((await book()).book.before).toEqual({ USDT: '20000', BTC: '0.7' });
    expect(await logged('0.7 BTC were on the account before')).toContainEqual(
      expect.stringMatching(/^20000 USDT were on the account before/),
    );
  });

  test('deposits, withdrawals, orders and trades by hand are recognised at once and are no profit, loss or drawdown', async () => {
    const { dailyPnl } = await user.until((status) => status.dailyPnl !== 0);
    unknownOrder = `ctp-e-${'a'.repeat(24)}`;
    const resting = { side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: '0.001', price: '20000.00' };
    await byHand({ ...resting, newClientOrderId: 'by-hand-1' });
    await byHand({ ...resting, newClientOrderId: unknownOrder });
    await move('5000');
    await logged('Deposit of 5000 USDT');
    await logged('BTC/USDT: the open order by-hand-1 is not ours');
    await logged(`BTC/USDT: ${unknownOrder} carries our mark`);
    await move('-9000');
    await move('0.3', 'BTC');
    await byHand({ side: 'BUY', type: 'MARKET', quantity: '0.01', newClientOrderId: 'by-hand-2' });
    await logged('Withdrawal of 9000 USDT');
    await logged('Deposit of 0.3 BTC');
    await logged('Trade by hand seen: bought 0.01 BTC on BTC/USDT');

    const after = await user.until(({ refusals }) => !refusals.some(({ code }) => code === 'UNEXPLAINED_BALANCE'));
    expect(Math.abs(after.dailyPnl - dailyPnl)).toBeLessThan(20);
    expect(after.status).toBe('RUNNING');
    const worst = await lab.database.models.performance.find({ userId: user.id }).lean<{ drawdownPct: number }[]>();
    expect(Math.max(...worst.map(({ drawdownPct }) => drawdownPct))).toBeLessThan(1);
    const { metrics, equity } = await performanceOf(lab, user.id, {});
    expect(equity.at(-1)!.equity).toBeLessThan(17_500);
    expect(Math.abs(metrics['totalReturnPct']!)).toBeLessThan(1);
    expect(metrics['maxDrawdownPct']).toBeLessThan(1);
    const { deposits, withdrawals, unrecorded, own } = (await book()).book;
    expect({ deposits, withdrawals, unrecorded }).toEqual({
      deposits: { USDT: '5000', BTC: '0.3' },
      withdrawals: { USDT: '-9000' },
      unrecorded: {},
    });
    expect(own).toEqual(await ownOnTheLedger());
    const told = await tools.told(user, 'SYSTEM_ERROR');
    expect(told['SYSTEM_ERROR']).toBe(1);
  });

  test('GET /api/account shows what each balance is made of, to the last unit', async () => {
    const exchange = createExchange({ venue: 'simulator', url: lab.servers.exchangeUrl });
    const accounts = createPaperAccounts(lab.servers.controlUrl);
    const venue = { exchange, market: createMarketCache(exchange.market), key: (id: string) => accounts.key(id) };
    try {
      const { repositories, database } = lab;
      const view = createAccountViews({ repositories, database, venue: () => venue });
      const { transfers, explained, notices } = await view(user.id, 'paper');
      // By the exchange's own times, and by the time it was noticed where it keeps no record of it.
      expect(transfers.map(({ at }) => at)).toEqual(transfers.map(({ at }) => at).sort());
      expect(transfers.map(({ kind, asset, amount }) => `${kind} ${amount} ${asset}`).sort()).toEqual([
        'deposit 0.3 BTC',
        'deposit 5000 USDT',
        'withdrawal -9000 USDT',
      ]);
      expect(explained!.map(({ asset, before, difference }) => [asset, before, difference])).toEqual([
        ['BTC', '0.7', '0'],
        ['USDT', '20000', '0'],
      ]);
      expect(notices.map(({ code }) => code)).toEqual(
        expect.arrayContaining(['PRIOR_HOLDING', 'DEPOSIT', 'WITHDRAWAL']),
      );
      expect(notices.map(({ at }) => at)).toEqual(notices.map(({ at }) => at).sort((a, b) => b.localeCompare(a)));
    } finally {
      await exchange.close();
    }
  });

  test('a fill that the books have lost is found on the exchange and stored again', async () => {
    const stored = await book();
    const fills = await lab.repositories.fills.recordedSince(user.id, 'paper', null);
    await lab.database.models.fills.deleteMany({ userId: user.id });
    const { BTC: _base, USDT: _quote, ...own } = stored.book.own;
    // As if the worker had died before it wrote the fills, and before anything was counted.
    await lab.database.models.accountBooks.updateOne(
      { _id: stored._id },
      {
        $set: {
          book: { ...stored.book, own, foreign: {} },
          countedLately: [],
          tradeCursors: {},
          version: stored.version + 10,
        },
      },
    );
    // Whatever moves makes the account be looked at.
    await move('1');
    await logged('BTC/USDT: a fill of ctp-e-');
    await eventually(book, ({ book: { pending }, version }) => pending === null && version > stored.version + 10);
    expect((await book()).book.own).toEqual(stored.book.own);
    const again = await lab.repositories.fills.recordedSince(user.id, 'paper', null);
    expect(again.map(({ tradeId }) => tradeId).sort()).toEqual(fills.map(({ tradeId }) => tradeId).sort());
  });

  test('the result of a holding is current while trading is stopped', async () => {
    await user.update('stopTrading', { mode: 'now' });
    const { dailyPnl } = await user.status();
    await lab.prices({ symbol: 'BTC/USDT', changePct: -3, kind: 'gap' });
    const status = await user.until((now) => now.dailyPnl < dailyPnl - 1);
    expect(status).toMatchObject({ status: 'STOPPED', openPositions: 1 });
  });

  test('nothing but our own holding is sold, whatever is liquidated', async () => {
    const before = await user.status();
    const receipt = await user.update<EmergencyReceipt>('emergencyStop', { liquidate: true });
    expect(receipt).toMatchObject({ positionsAfter: [], protectiveOrders: [] });
    expect(await tools.balance(user, 'BTC')).toBeGreaterThanOrEqual(1.00999);
    expect(await tools.balance(user, 'BTC')).toBeLessThan(1.0101);
    // An entry order with our mark is cancelled in an emergency, whether the books know it or not.
    expect((await tools.resting(user)).map(({ clientOrderId }) => clientOrderId)).toEqual(['by-hand-1']);
    const after = await user.until(({ openPositions }) => openPositions === 0);
    expect(Math.abs(after.dailyPnl - before.dailyPnl)).toBeLessThan(20);
    await eventually(
      async () => [(await book()).book.own, await ownOnTheLedger()],
      ([counted, ledger]) => JSON.stringify(counted) === JSON.stringify(ledger),
    );
  });
});
