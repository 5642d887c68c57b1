import fc from 'fast-check';
import { Decimal } from '../../../trading/orders/decimal.js';
import {
  applyFills,
  closeTrade,
  costOf,
  dayEnd,
  dayKey,
  dayStart,
  feeInQuote,
  rollDay,
  trackPeak,
  valuation,
} from '../../../trading/pnl/index.js';
import type { Fill, Position } from '../../../trading/types.js';
import { position } from '../risk/fixtures.js';

let trades = 0;
const fill = (
  side: 'BUY' | 'SELL',
  quantity: string,
  price: string,
  fee = '0',
  feeAsset = 'USDT',
  time = 1000,
): Fill => ({
  tradeId: String(++trades),
  orderId: '1',
  symbol: 'BTC/USDT',
  side,
  quantity,
  price,
  fee,
  feeAsset,
  time,
});
const empty: Position = position({
  quantity: '0',
  entryQuantity: '0',
  entryPrice: '0',
  entryFee: '0',
  highestPrice: '0',
  entryTime: 0,
});

describe('fills', () => {
  test('buys average the entry and keep the fee taken in the base asset out of the holding', () => {
    const held = applyFills(empty, [
      fill('BUY', '1', '100', '0.001', 'BTC', 5),
      fill('BUY', '1', '200', '0.001', 'BTC', 6),
    ]);
    expect(held).toMatchObject({
      quantity: '1.998',
      entryQuantity: '1.998',
      entryPrice: '150',
      entryFee: '0.3',
      entryTime: 5,
      highestPrice: '200',
    });
  });

  test('sells realise their share of the entry, fees included', () => {
    const bought = applyFills(empty, [fill('BUY', '2', '100', '0.2')]);
    const half = applyFills(bought, [fill('SELL', '1', '110', '0.11', 'USDT', 2000)]);
    expect(half).toMatchObject({ quantity: '1', realizedPnl: '9.79', entryQuantity: '2', entryTime: 1000 });
    expect(applyFills(half, [fill('SELL', '1', '90', '0.09', 'USDT', 3000)])).toMatchObject({
      quantity: '0',
      realizedPnl: '-0.4',
    });
  });

  test('are taken in the order of their time', () => {
    const held = applyFills(empty, [fill('SELL', '1', '110', '0', 'USDT', 2), fill('BUY', '1', '100', '0', 'USDT', 1)]);
    expect(held).toMatchObject({ quantity: '0', realizedPnl: '10', entryTime: 1 });
  });

  test('a fee in a third asset needs its price', () => {
    const paid = fill('BUY', '1', '100', '0.01', 'BNB');
    expect(feeInQuote(paid, { BNB: '500' }).toFixed()).toBe('5');
    expect(() => feeInQuote(paid)).toThrow('paid its fee in BNB, whose price in USDT is not known');
  });

  test('a fee in the base asset of a sell shrinks the holding and is counted once', () => {
    const held = applyFills(applyFills(empty, [fill('BUY', '2', '100')]), [
      fill('SELL', '1', '100', '0.5', 'BTC', 2000),
    ]);
    expect(held).toMatchObject({ quantity: '0.5', realizedPnl: '-50' });
  });
});

describe('a closed trade', () => {
  const entry = [fill('BUY', '2', '100', '0.002', 'BTC', 10)];
  const exits = [fill('SELL', '0.998', '120', '0.2', 'USDT', 30), fill('SELL', '1', '110', '0.1', 'USDT', 20)];

  test('is its sells against the entry, net of both sides’ fees', () => {
    expect(
      closeTrade({ position: applyFills(empty, entry), fills: [...entry, ...exits], exitReason: 'target' }),
    ).toEqual({
      positionId: 'p1',
      symbol: 'BTC/USDT',
      entryTime: 10,
      entryPrice: '100',
      exitTime: 30,
      exitPrice: new Decimal('229.76').div('1.998').toDecimalPlaces(16).toFixed(),
      quantity: '1.998',
      fees: '0.5',
      pnl: '29.46',
      pnlPct: expect.closeTo((100 * 29.46) / 199.8, 12),
      exitReason: 'target',
    });
  });

  test('has its result in percent of its quantity at the price of the entry, fees apart, as METRICS.md says', () => {
    const bought = [fill('BUY', '2', '100', '1')];
    const sold = [fill('SELL', '2', '105', '1', 'USDT', 2000)];
    const trade = closeTrade({ position: applyFills(empty, bought), fills: sold, exitReason: 'target' });
    expect(trade).toMatchObject({ pnl: '8', pnlPct: 4 });
  });

  test('leaves what became dust at its cost', () => {
    const trade = closeTrade({ position: applyFills(empty, entry), fills: [exits[1]!], exitReason: 'stop' });
    expect(Number(trade.pnl)).toBeCloseTo(110 - 0.1 - 200 / 1.998, 9);
    expect(Number(trade.fees)).toBeCloseTo(0.1 + 0.2 / 1.998, 9);
  });

  test('equals what the position realised, whatever its fills', () => {
    const amount = fc.integer({ min: 1, max: 1_000_000 }).map((n) => (n / 1000).toFixed(3));
    const side = fc.array(fc.tuple(amount, amount, fc.constantFrom('BTC', 'USDT')), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(
        side,
        fc.array(fc.tuple(fc.double({ min: 0.01, max: 1, noNaN: true }), amount), { minLength: 1, maxLength: 5 }),
        (buys, sells) => {
          const bought = buys.map(([q, p, asset], i) =>
            fill(
              'BUY',
              q,
              p,
              asset === 'BTC'
                ? new Decimal(q).times('0.001').toFixed()
                : new Decimal(q).times(p).times('0.001').toFixed(),
              asset,
              i,
            ),
          );
          let held = applyFills(empty, bought);
          const cost = bought.reduce(
            (sum, each) =>
              sum.plus(new Decimal(each.quantity).times(each.price)).plus(each.feeAsset === 'USDT' ? each.fee : 0),
            new Decimal(0),
          );
          expect(costOf(held, new Decimal(held.entryQuantity)).minus(cost).abs().lt('1e-25')).toBe(true);
          const sold = sells
            .map(([share, p], i) => {
              const q =
                i === sells.length - 1
                  ? held.quantity
                  : new Decimal(held.quantity).times(share.toFixed(4)).toFixed(8, Decimal.ROUND_DOWN);
              const each = fill('SELL', q, p, new Decimal(q).times(p).times('0.001').toFixed(), 'USDT', 100 + i);
              held = applyFills(held, [each]);
              return each;
            })
            .filter(({ quantity }) => Number(quantity) > 0);
          if (sold.length === 0) return;
          const received = sold.reduce(
            (sum, each) => sum.plus(new Decimal(each.quantity).times(each.price)).minus(each.fee),
            new Decimal(0),
          );
          const trade = closeTrade({ position: held, fills: sold, exitReason: 'signal' });
          expect(held.quantity).toBe('0');
          expect(new Decimal(trade.pnl).minus(held.realizedPnl).abs().lt('1e-15')).toBe(true);
          expect(received.minus(cost).minus(trade.pnl).abs().lt('1e-15')).toBe(true); // the change of balance, exactly
        },
      ),
    );
  });

  test('that never sold can only be dust', () => {
    const dust = closeTrade({ position: position(), fills: [], exitReason: 'dust', now: 77 });
    expect(dust).toMatchObject({ quantity: '0', exitPrice: '0', pnl: '0', pnlPct: 0, exitTime: 77 });
    expect(() => closeTrade({ position: position(), fills: entry, exitReason: 'stop' })).toThrow(
      'position p1 has no sell',
    );
  });
});

describe('valuation', () => {
  test('is cash and holdings at the market, unrealised profit after the entry’s fees and before the exit’s', () => {
    const positions = [position({ quantity: '0.005' }), position({ status: 'CLOSED' })];
    expect(valuation({ cash: '100.5', positions, prices: { 'BTC/USDT': 61_000 } })).toEqual({
      equity: 405.5,
      positionsValue: 305,
      unrealizedPnl: 4.7,
    });
  });
  test('has no float drift', () => {
    expect(
      valuation({
        cash: 0.1,
        positions: [position({ quantity: '0.2', entryPrice: '1', entryFee: '0' })],
        prices: { 'BTC/USDT': 1 },
      }).equity,
    ).toBe(0.3);
  });
  test('never invents a price', () => {
    expect(() => valuation({ cash: 1, positions: [position()], prices: {} })).toThrow(
      'no price for BTC/USDT, of which 0.01 is held',
    );
    expect(valuation({ cash: 1, positions: [position({ quantity: '0' })], prices: {} }).equity).toBe(1);
  });
});

describe('the day', () => {
  test('belongs to the zone of the user', () => {
    const late = Date.UTC(2024, 7, 5, 23, 59, 59, 999);
    expect([dayKey(late, 'UTC'), dayKey(late, 'Asia/Seoul'), dayKey(late + 1, 'UTC')]).toEqual([
      '2024-08-05',
      '2024-08-06',
      '2024-08-06',
    ]);
    expect(dayEnd(late, 'UTC')).toBe(late + 1);
    expect(dayStart(late, 'UTC')).toBe(Date.UTC(2024, 7, 5));
    expect(dayStart(late + 1, 'UTC')).toBe(late + 1);
    expect(() => dayKey(late, 'Mars/Base')).toThrow(RangeError);
  });
  test('has 23 hours in spring and 25 in autumn', () => {
    const length = (at: number) => (dayEnd(at, 'Europe/Berlin') - dayStart(at, 'Europe/Berlin')) / 3_600_000;
    expect([
      length(Date.UTC(2024, 2, 31, 12)),
      length(Date.UTC(2024, 9, 27, 12)),
      length(Date.UTC(2024, 5, 1)),
    ]).toEqual([23, 25, 24]);
  });
  test.each(['UTC', 'Asia/Seoul', 'America/New_York', 'Asia/Kathmandu', 'Pacific/Apia'])(
    'in %s its bounds are exact',
    (zone) => {
      fc.assert(
        fc.property(fc.integer({ min: Date.UTC(2010, 0), max: Date.UTC(2030, 0) }), (at) => {
          const [key, end, start] = [dayKey(at, zone), dayEnd(at, zone), dayStart(at, zone)];
          expect(start <= at && at < end).toBe(true);
          expect([dayKey(start, zone), dayKey(end - 1, zone)]).toEqual([key, key]);
          expect(dayKey(end, zone) > key && dayKey(start - 1, zone) < key).toBe(true);
        }),
        { numRuns: 15 },
      );
    },
  );
  test('opens with the equity it finds, and once', () => {
    const day = rollDay(null, '2024-08-05', 1000);
    expect(day).toEqual({ key: '2024-08-05', openingEquity: 1000 });
    expect(rollDay(day, '2024-08-05', 900)).toBe(day);
    expect(rollDay(day, '2024-08-06', 900)).toEqual({ key: '2024-08-06', openingEquity: 900 });
  });
  test('the peak moves with transfers and not with losses', () => {
    expect(trackPeak(1000, 900)).toEqual({ peakEquity: 1000, drawdownPct: expect.closeTo(10, 9) });
    expect(trackPeak(1000, 1400, 500)).toMatchObject({ peakEquity: 1500 });
    expect(trackPeak(1000, 1100)).toEqual({ peakEquity: 1100, drawdownPct: 0 });
    expect(trackPeak(0, 0)).toEqual({ peakEquity: 0, drawdownPct: 0 });
  });
});
