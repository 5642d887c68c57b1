import fc from 'fast-check';
import { Decimal } from '../../../trading/orders/decimal.js';
import {
  type AccountBook,
  type Amounts,
  capitalOf,
  CONFIRM_MS,
  differenceOf,
  effectOf,
  type Evidence,
  isNothing,
  heldBy,
  openBook,
  plus,
  reconcile,
  remaindersOf,
  sumOf,
  totalsOf,
  type TransferRecord,
} from '../../../trading/reconcile/index.js';
import type { Fill } from '../../../trading/types.js';

const fill = (side: Fill['side'], quantity: string, price: string, fee = '0', feeAsset = 'USDT', id = '1'): Fill => ({
  tradeId: id,
  orderId: id,
  symbol: 'BTC/USDT',
  side,
  price,
  quantity,
  fee,
  feeAsset,
  time: 0,
});
const transfer = (id: string, asset: string, amount: string): TransferRecord => ({ id, asset, amount, time: 0 });
const begin = (totals: Amounts, ownFills: Fill[] = [], transfers: TransferRecord[] = []): AccountBook =>
  openBook({ totals, ownFills, transfers }).book;
const look = (totals: Amounts, more: Partial<Evidence> = {}): Evidence => ({
  totals,
  reading: 1_000,
  ownFills: [],
  foreignTrades: [],
  transfers: null,
  held: {},
  quiet: true,
  ...more,
});
const codes = (result: { findings: { code: string }[] }): string[] => result.findings.map(({ code }) => code);

describe('amounts', () => {
  test('a buy takes quote and its fee, a sale gives them back', () => {
    expect(effectOf(fill('BUY', '0.01', '60000', '0.00001', 'BTC'))).toEqual({ BTC: '0.00999', USDT: '-600' });
    expect(effectOf(fill('SELL', '0.01', '60000', '0.6'))).toEqual({ BTC: '-0.01', USDT: '599.4' });
    expect(effectOf(fill('SELL', '0.01', '60000', '0.001', 'BNB'))).toEqual({
      BTC: '-0.01',
      USDT: '600',
      BNB: '-0.001',
    });
  });
  test('what adds up to nothing is absent, and free and locked are one', () => {
    expect(plus({ BTC: '0.1' }, { BTC: '-0.10' })).toEqual({});
    expect(
      totalsOf([
        { asset: 'BTC', free: '0.1', locked: '0.2' },
        { asset: 'X', free: '0', locked: '0.00' },
      ]),
    ).toEqual({
      BTC: '0.3',
    });
  });
});

describe('the first look', () => {
  test('what is there is the user’s own, but for what our orders had moved', () => {
    const { book, findings } = openBook({
      totals: { USDT: '9399.4', BTC: '0.51' },
      ownFills: [fill('BUY', '0.01', '60000', '0.6')],
      transfers: [transfer('deposit-1', 'USDT', '10000'), transfer('deposit-2', 'USDT', '0')],
    });
    expect(book.before).toEqual({ USDT: '10000', BTC: '0.5' });
    expect(capitalOf(book)).toEqual({ USDT: '10000', BTC: '0.5' });
    expect(findings).toEqual([
      { code: 'PRIOR_HOLDING', id: 'before-USDT', asset: 'USDT', amount: '10000' },
      { code: 'PRIOR_HOLDING', id: 'before-BTC', asset: 'BTC', amount: '0.5' },
    ]);
  });
  test('a transfer of before is not counted again, one that was on its way is', () => {
    const before = [transfer('deposit-1', 'USDT', '100'), transfer('deposit-2', 'USDT', '0')];
    const book = begin({ USDT: '100' }, [], before);
    const now = [before[0]!, transfer('deposit-2', 'USDT', '50')];
    const result = reconcile(book, look({ USDT: '150' }, { transfers: now }));
    expect(codes(result)).toEqual(['DEPOSIT']);
    expect(result.book.deposits).toEqual({ USDT: '50' });
  });
});

describe('what sales leave below a lot', () => {
  const bought = fill('BUY', '0.01', '60000', '0.00001', 'BTC');
  const sold = fill('SELL', '0.00998', '61000', '0.6', 'USDT', '2');
  const position = { symbol: 'BTC/USDT', quantity: '0.00999' };
  const own = [bought, sold];
  const totals: Amounts = { USDT: '1000', BTC: '0.50001', BNB: '1' };

  test.each<[string, Fill[], Amounts, { symbol: string; quantity: string }[], Amounts]>([
    ['is ours beside what was there before', own, totals, [], { BTC: '0.00001' }],
    ['is nothing while the position is held', [bought], plus(totals, { BTC: '0.00998' }), [position], {}],
    [
      'lies beside a position that came after it',
      [...own, bought],
      plus(totals, { BTC: '0.00999' }),
      [position],
      { BTC: '0.00001' },
    ],
    ['is no more than others left of it', own, { USDT: '1000', BTC: '0.000004' }, [], { BTC: '0.000004' }],
    [
      'is nothing where fees took more of the asset than was bought',
      [fill('SELL', '0.01', '60000', '0.1', 'BNB')],
      totals,
      [],
      {},
    ],
  ])('%s', (_, fills, now, positions, left) => {
    const { book } = openBook({ totals: now, ownFills: fills, transfers: [] });
    expect(remaindersOf(book, ['BTC', 'BNB'], now, heldBy(positions))).toEqual(left);
  });

  test('makes cash, positions and itself all that lies on an account of our own', () => {
    const trade = fc.record({ bought: fc.integer({ min: 1, max: 1e6 }), soldPct: fc.integer({ min: 0, max: 100 }) });
    fc.assert(
      fc.property(fc.array(trade, { maxLength: 12 }), fc.integer({ min: 0, max: 1e6 }), (trades, open) => {
        const units = (count: number): string => new Decimal(count).div(1e8).toFixed();
        const closed = trades.flatMap(({ bought, soldPct }, index) => [
          fill('BUY', units(bought), '60000', units(Math.floor(bought / 1000)), 'BTC', `b${index}`),
          fill('SELL', units(Math.floor((0.999 * bought * soldPct) / 100)), '60000', '0', 'USDT', `s${index}`),
        ]);
        const fills = [...closed, fill('BUY', units(open), '60000')];
        const now = plus({ USDT: '100000' }, sumOf(fills.map(effectOf)));
        const held = heldBy([{ symbol: 'BTC/USDT', quantity: units(open) }]);
        const { book } = openBook({ totals: now, ownFills: fills, transfers: [] });
        expect(plus(remaindersOf(book, ['BTC'], now, held), held)).toEqual(now['BTC'] ? { BTC: now['BTC'] } : {});
      }),
    );
  });
});

describe('a look', () => {
  const book = begin({ USDT: '1000', BTC: '0.5' });

  test('explains our fills and finds nothing', () => {
    const result = reconcile(
      book,
      look({ USDT: '399.4', BTC: '0.51' }, { ownFills: [fill('BUY', '0.01', '60000', '0.6')] }),
    );
    expect(result).toMatchObject({ unexplained: {}, findings: [] });
    expect(capitalOf(result.book)).toEqual(capitalOf(book));
  });

  test.each<[string, Amounts, Partial<Evidence>, string, Amounts]>([
    [
      'a deposit',
      { USDT: '1500', BTC: '0.5' },
      { transfers: [transfer('deposit-9', 'USDT', '500')] },
      'DEPOSIT',
      { USDT: '1500', BTC: '0.5' },
    ],
    [
      'a withdrawal with its fee',
      { USDT: '899', BTC: '0.5' },
      { transfers: [transfer('withdrawal-9', 'USDT', '-101')] },
      'WITHDRAWAL',
      { USDT: '899', BTC: '0.5' },
    ],
    [
      'a trade by hand',
      { USDT: '940', BTC: '0.501' },
      { foreignTrades: [fill('BUY', '0.001', '60000')] },
      'FOREIGN_TRADE',
      { USDT: '940', BTC: '0.501' },
    ],
  ])('recognises %s once, as capital and not as ours', (_, totals, evidence, code, capital) => {
    const result = reconcile(book, look(totals, evidence));
    expect(codes(result)).toEqual([code]);
    expect(result.unexplained).toEqual({});
    expect(capitalOf(result.book)).toEqual(capital);
    expect(result.book.own).toEqual({});
    const again = reconcile(result.book, look(totals, { ...evidence, foreignTrades: [] }));
    expect(again).toEqual({ book: result.book, findings: [], unexplained: {} });
  });

  test('a withdrawal that fails afterwards is counted back', () => {
    const gone = reconcile(
      book,
      look({ USDT: '900', BTC: '0.5' }, { transfers: [transfer('withdrawal-1', 'USDT', '-100')] }),
    );
    const back = reconcile(
      gone.book,
      look({ USDT: '1000', BTC: '0.5' }, { transfers: [transfer('withdrawal-1', 'USDT', '0')] }),
    );
    expect(codes(back)).toEqual(['WITHDRAWAL_RETURNED']);
    expect(back.unexplained).toEqual({});
    expect(capitalOf(back.book)).toEqual(capitalOf(book));
  });

  test('a difference without a record is accepted only after it lasted, in a new answer, and while nothing of ours is under way', () => {
    const totals = { USDT: '1000.00000001', BTC: '0.5' };
    const first = reconcile(book, look(totals));
    expect(codes(first)).toEqual(['UNEXPLAINED']);
    expect(first.unexplained).toEqual({ USDT: '0.00000001' });
    const soon = reconcile(first.book, look(totals, { reading: 1_000 + CONFIRM_MS - 1 }));
    expect(soon).toMatchObject({ findings: [], unexplained: { USDT: '0.00000001' } });
    const busy = reconcile(soon.book, look(totals, { reading: 1_000 + CONFIRM_MS, quiet: false }));
    expect(busy).toMatchObject({ findings: [], unexplained: { USDT: '0.00000001' } });
    const late = reconcile(busy.book, look(totals, { reading: 1_000 + CONFIRM_MS }));
    expect(codes(late)).toEqual(['UNRECORDED_TRANSFER']);
    expect(late.unexplained).toEqual({});
    expect(late.book.unrecorded).toEqual({ USDT: '0.00000001' });
    const other = reconcile(first.book, look({ USDT: '1001', BTC: '0.5' }, { reading: 1_000 + CONFIRM_MS }));
    expect(codes(other)).toEqual(['UNEXPLAINED']);
  });

  test('a difference that goes away leaves no trace', () => {
    const first = reconcile(book, look({ USDT: '1100', BTC: '0.5' }));
    const gone = reconcile(first.book, look({ USDT: '1000', BTC: '0.5' }, { reading: 5_000 }));
    expect(gone).toEqual({ book, findings: [], unexplained: {} });
  });

  test('a holding of ours that somebody sold is reported, one that we sold is not', () => {
    const bought = reconcile(
      book,
      look({ USDT: '400', BTC: '0.51' }, { ownFills: [fill('BUY', '0.01', '60000')] }),
    ).book;
    const byHand = reconcile(
      bought,
      look({ USDT: '30700', BTC: '0.005' }, { held: { BTC: '0.01' }, foreignTrades: [fill('SELL', '0.505', '60000')] }),
    );
    expect(byHand.findings).toContainEqual({
      code: 'HOLDING_SHORT',
      id: 'short-BTC--0.005',
      asset: 'BTC',
      amount: '-0.005',
    });
    const byUs = reconcile(
      bought,
      look({ USDT: '1000', BTC: '0.5' }, { held: { BTC: '0.01' }, ownFills: [fill('SELL', '0.01', '60000')] }),
    );
    expect(byUs.findings).toEqual([]);
  });
});

describe('whatever happens on an account', () => {
  const amount = fc.integer({ min: 1, max: 10 ** 9 }).map((units) => new Decimal(units).div(10 ** 8).toFixed());
  const event = fc.oneof(
    fc.record({
      kind: fc.constant('own' as const),
      side: fc.constantFrom('BUY' as const, 'SELL' as const),
      quantity: amount,
      price: amount,
      fee: amount,
      feeAsset: fc.constantFrom('BTC', 'USDT', 'BNB'),
    }),
    fc.record({
      kind: fc.constant('foreign' as const),
      side: fc.constantFrom('BUY' as const, 'SELL' as const),
      quantity: amount,
      price: amount,
      fee: amount,
      feeAsset: fc.constantFrom('BTC', 'USDT', 'BNB'),
    }),
    fc.record({
      kind: fc.constant('transfer' as const),
      asset: fc.constantFrom('BTC', 'USDT', 'ETH'),
      amount,
      out: fc.boolean(),
    }),
    fc.record({
      kind: fc.constant('riddle' as const),
      asset: fc.constantFrom('BTC', 'USDT'),
      amount,
      out: fc.boolean(),
    }),
  );

  test('the parts always add up to the balance, and ours are what our fills made', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 25 }), fc.array(fc.nat(4), { maxLength: 25 }), (events, batches) => {
        let totals: Amounts = { USDT: '1000', BTC: '1' };
        let book = begin(totals);
        let own: Amounts = {};
        let riddles: Amounts = {};
        let reading = 0;
        const transfers: TransferRecord[] = [];
        let index = 0;
        for (const size of [...batches, 25]) {
          const evidence: { ownFills: Fill[]; foreignTrades: Fill[] } = { ownFills: [], foreignTrades: [] };
          for (const one of events.slice(index, index + size)) {
            index++;
            let moved: Amounts;
            if (one.kind === 'own' || one.kind === 'foreign') {
              const trade = fill(one.side, one.quantity, one.price, one.fee, one.feeAsset, String(index));
              moved = effectOf(trade);
              evidence[one.kind === 'own' ? 'ownFills' : 'foreignTrades'].push(trade);
              if (one.kind === 'own') own = plus(own, moved);
            } else {
              const signed = one.out ? `-${one.amount}` : one.amount;
              moved = { [one.asset]: signed };
              if (one.kind === 'transfer')
                transfers.push(transfer(`${one.out ? 'withdrawal' : 'deposit'}-${index}`, one.asset, signed));
              else riddles = plus(riddles, moved);
            }
            totals = plus(totals, moved);
          }
          const result = reconcile(book, look(totals, { ...evidence, transfers, reading: (reading += 1) }));
          expect(isNothing(plus(differenceOf(result.book, totals), negated(result.unexplained)))).toBe(true);
          expect(result.unexplained).toEqual(riddles);
          book = result.book;
        }
        expect(book.own).toEqual(own);
        const settled = reconcile(book, look(totals, { transfers, reading: reading + CONFIRM_MS }));
        expect(settled.unexplained).toEqual({});
        expect(sumOf([capitalOf(settled.book), own])).toEqual(totals);
      }),
      { numRuns: 150 },
    );
  });
  const negated = (amounts: Amounts): Amounts =>
    Object.fromEntries(Object.entries(amounts).map(([asset, each]) => [asset, new Decimal(each).neg().toFixed()]));
});
