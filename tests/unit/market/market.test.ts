import fc from 'fast-check';
import {
  aggregateCandles,
  ANOMALY_LIMITS,
  candleRow,
  candlesFromRows,
  closedCandles,
  findGaps,
  inferTimeframe,
  MarketDataError,
  marketSnapshot,
  sliceCandles,
} from '../../../trading/market/index.js';
import type { CandleColumns, CandleRow } from '../../../trading/types.js';
import { candlesArbitrary, recordedCandles } from '../../support/candles.js';

const bitcoin = sliceCandles(recordedCandles('data/BTCUSDT-1m-2024-07-26_08-25.csv.gz'), 0, 400);
const rows = (candles: CandleColumns): CandleRow[] =>
  Array.from({ length: candles.length }, (_, index) => candleRow(candles, index));
const calm = (length = 60): CandleRow[] =>
  Array.from({ length }, (_, index): CandleRow => [1_700_000_040_000 + index * 60_000, 100, 101, 99, 100, 10]);
const ticker = (candles: CandleColumns, change = {}) => ({
  last: 100,
  bid: 99.99,
  ask: 100.01,
  marketTime: candles.timestamp[candles.length - 1]! + 60_000,
  ...change,
});
const codes = (list: CandleRow[], change = {}) => {
  const candles = candlesFromRows(list);
  return marketSnapshot(candles, ticker(candles, change), 'BTC/USDT', '1m').anomalies.map(({ code }) => code);
};

describe('candle columns', () => {
  test('a larger candle holds exactly what its minutes hold', () => {
    const five = aggregateCandles(bitcoin, '1m', '5m');
    const minutes = rows(bitcoin);
    expect(five.length).toBeGreaterThan(70);
    for (const [time, open, high, low, close, volume] of rows(five)) {
      const inside = minutes.filter(([at]) => at >= time && at < time + 300_000);
      expect(inside).toHaveLength(5);
      expect([open, high, low, close]).toEqual([
        inside[0]![1],
        Math.max(...inside.map((row) => row[2])),
        Math.min(...inside.map((row) => row[3])),
        inside[4]![4],
      ]);
      expect(volume).toBeCloseTo(
        inside.reduce((sum, row) => sum + row[5], 0),
        9,
      );
    }
    expect(() => aggregateCandles(bitcoin, '3m', '5m')).toThrow(MarketDataError);
  });
  test('gaps are found where candles are left out, and nowhere else', () => {
    fc.assert(
      fc.property(candlesArbitrary(3, 40), fc.integer({ min: 1, max: 38 }), (candles, place) => {
        const at = Math.min(place, candles.length - 2);
        const holed = rows(candles).filter((_, index) => index !== at);
        expect(findGaps(candles, '1m')).toEqual([]);
        expect(findGaps(candlesFromRows(holed), '1m')).toEqual([
          { index: at - 1, from: at * 60_000, to: at * 60_000, missing: 1 },
        ]);
      }),
    );
    expect(inferTimeframe(bitcoin)).toBe('1m');
  });
  test('the forming candle is not a closed one', () => {
    const last = bitcoin.timestamp[399]!;
    expect(closedCandles(bitcoin, '1m', last + 59_999).length).toBe(399);
    expect(closedCandles(bitcoin, '1m', last + 60_000).length).toBe(400);
  });
});

describe('the market snapshot', () => {
  test('tells price, spread, age and range', () => {
    const candles = candlesFromRows(calm());
    expect(
      marketSnapshot(candles, ticker(candles, { marketTime: candles.timestamp[59]! + 75_000 }), 'BTC/USDT', '1m'),
    ).toMatchObject({
      price: 100,
      spreadPct: expect.closeTo(0.02, 9),
      ageSeconds: 15,
      candleTime: candles.timestamp[59],
      atr: 2,
      atrPct: 2,
      atrPercentile: 100,
      anomalies: [],
    });
  });
  test('names what is unusual', () => {
    const last = calm().at(-1)!;
    expect(codes(calm(), { last: 115 })).toEqual(['PRICE_JUMP']);
    expect(codes([...calm().slice(0, -1), [last[0], 100, 101, 99, 100, 10 * ANOMALY_LIMITS.volumeSpike + 1]])).toEqual([
      'VOLUME_SPIKE',
    ]);
    expect(codes(calm(), { marketTime: last[0] + 60_000 * (2 + ANOMALY_LIMITS.staleCandles) })).toEqual(['STALE_DATA']);
    expect(codes(calm().filter((_, index) => index !== 40))).toEqual(['GAPPED_DATA']);
    expect(codes(calm(), { bid: 99, ask: 101 })).toEqual(['WIDE_SPREAD']);
  });
  test('says where nothing was traded in the last twelve candles and the price stood still', () => {
    const still = (row: CandleRow): CandleRow => [row[0], 100, 100, 100, 100, 0];
    const frozen = (last: number, change = still) =>
      calm().map((row, index) => (index === 60 - last ? change(row) : index > 60 - last ? still(row) : row));
    expect(codes(frozen(12))).toEqual(['FROZEN_MARKET']);
    expect(codes(frozen(50))).toEqual(['FROZEN_MARKET']);
    expect(codes(frozen(11))).toEqual([]);
    expect(codes(frozen(12, (row) => [row[0], 100, 100, 100, 100, 0.001]))).toEqual([]);
    expect(codes(frozen(12, (row) => [row[0], 100, 101, 100, 100, 0]))).toEqual([]);
    expect(codes(frozen(12, (row) => [row[0], 100, 100, 99, 100, 0]))).toEqual([]);
    expect(codes(frozen(12, (row) => [row[0], 99, 99, 99, 99, 0]))).toEqual([]);
  });
  test.each([
    ['too few candles', () => codes(calm(10)), 'TOO_FEW_CANDLES'],
    ['no price', () => codes(calm(), { last: Number.NaN }), 'BAD_TICKER'],
    ['a crossed book', () => codes(calm(), { bid: 101, ask: 100 }), 'BAD_TICKER'],
    ['a candle without a close', () => codes([...calm(), [1_800_000_000_000, 1, 1, 1, Number.NaN, 1]]), 'BAD_CANDLE'],
    ['candles out of order', () => codes([...calm(), calm()[0]!]), 'BAD_ORDER'],
    ['a candle from the future', () => codes(calm(), { marketTime: 1_700_000_000_000 }), 'BAD_ORDER'],
  ])('fails on %s instead of guessing', (_name, act, code) => {
    expect(act).toThrow(expect.objectContaining({ name: 'MarketDataError', code }));
  });
});
