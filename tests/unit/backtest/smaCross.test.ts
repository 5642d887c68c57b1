import fc from 'fast-check';
import { equityCurve, runSingle } from '../../../trading/backtest/index.js';
import { candlesFromRows } from '../../../trading/market/columns.js';
import { createStrategy } from '../../../trading/signals/index.js';
import type { CandleColumns, CandleRow } from '../../../trading/types.js';
import { candlesArbitrary, recordedCandles } from '../../support/candles.js';
import { referenceSmaCross } from './reference.js';

const DEFAULTS = { cash: 10_000, fee: 0.1, slippage: 0, stop: 1, target: 2, size: 100, fast: 10, slow: 30 };

function engine(candles: CandleColumns, rules = DEFAULTS) {
  const votes = createStrategy('sma-cross', { fast: rules.fast, slow: rules.slow }).votes(candles);
  return runSingle(candles, votes, {
    symbol: 'BTC/USDT',
    cash: rules.cash,
    sizePct: rules.size,
    feePct: rules.fee,
    slippagePct: rules.slippage,
    stopLossPct: rules.stop,
    takeProfitPct: rules.target,
    buyFrom: 0.5,
    sellFrom: Number.NEGATIVE_INFINITY,
  });
}

function expectEqual(candles: CandleColumns, rules = DEFAULTS): number {
  const found = engine(candles, rules);
  const expected = referenceSmaCross(candles, rules);
  const close = (a: number, b: number) => Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(b));
  const places = found.trades.map(({ entryTime, exitTime, exitReason }) => [entryTime, exitTime, exitReason]);
  expect(places).toEqual(
    expected.trades.map(({ entry, exit, reason }) => [candles.timestamp[entry], candles.timestamp[exit], reason]),
  );
  found.trades.forEach((trade, index) => {
    const other = expected.trades[index]!;
    const pairs = [
      [trade.entryPrice, other.entryPrice],
      [trade.exitPrice, other.exitPrice],
      [trade.quantity, other.quantity],
      [trade.pnl, other.pnl],
    ];
    for (const [a, b] of pairs) if (!close(a!, b!)) throw new Error(`trade ${index}: ${a} is not ${b}`);
  });
  expect(Math.abs(found.finalEquity / expected.equity - 1)).toBeLessThan(1e-9);
  return found.trades.length;
}

/** 29 candles at 100, one below, one far above: the averages cross at index 30 and the entry is at index 31. */
function crossingThen(...later: [open: number, high: number, low: number, close: number][]): CandleColumns {
  const quiet = Array.from({ length: 29 }, (): [number, number, number, number] => [100, 100, 100, 100]);
  const rows = [...quiet, [100, 100, 99, 99], [99, 104, 99, 104], ...later] as [number, number, number, number][];
  return candlesFromRows(
    rows.map(([open, high, low, close], index): CandleRow => [index * 60_000, open, high, low, close, 1]),
  );
}

describe('sma-cross against the slow reference', () => {
  test.each([
    ['BTC', 'data/BTCUSDT-1m-2024-07-26_08-25.csv.gz'],
    ['ETH', 'data/ETHUSDT-1m-2024-07-26_08-25.csv.gz'],
  ])('agrees trade for trade on 30 days of %s', (_name, path) => {
    expect(expectEqual(recordedCandles(path))).toBeGreaterThan(100);
  });

  test('agrees with other fees, sizes, levels and averages, with and without slippage', () => {
    const candles = recordedCandles('data/BTCUSDT-1m-2024-07-26_08-25.csv.gz');
    for (const change of [
      { fee: 0 },
      { size: 33, slippage: 0.05 },
      { stop: 0.2, target: 0.3 },
      { stop: 0 },
      { target: 0, stop: 2 },
      { fast: 5, slow: 12, stop: 0.3, target: 0.5 },
    ])
      expectEqual(candles, { ...DEFAULTS, ...change });
  });

  test('agrees on any candles', () => {
    let trades = 0;
    fc.assert(
      fc.property(
        fc.oneof(candlesArbitrary(1, 12), candlesArbitrary(80, 150)),
        fc.constantFrom(0, 0.1),
        fc.constantFrom(0.3, 1),
        fc.constantFrom(0.4, 2),
        (candles, fee, stop, target) => {
          trades += expectEqual(candles, { ...DEFAULTS, fast: 2, slow: 4, fee, stop, target });
        },
      ),
      { numRuns: 120 },
    );
    expect(trades).toBeGreaterThan(200);
  });
});

describe('sma-cross, case by case', () => {
  const quantity = 10_000 / (100 * 1.001);
  const only = (...later: Parameters<typeof crossingThen>) => {
    const candles = crossingThen(...later);
    const { trades, finalEquity } = engine(candles);
    expectEqual(candles);
    expect(trades).toHaveLength(1);
    return { ...trades[0]!, finalEquity };
  };

  test('enters at the next open, all cash with the fee included', () => {
    expect(only([100, 100.5, 99.5, 100], [100, 100.4, 99.6, 100])).toMatchObject({
      entryTime: 31 * 60_000,
      entryPrice: 100,
      exitReason: 'open',
      quantity: expect.closeTo(quantity, 9),
      finalEquity: expect.closeTo(quantity * 100, 9),
    });
  });
  test('takes the stop where both levels lie inside one candle', () => {
    expect(only([100, 100.5, 99.5, 100], [100, 103, 98, 101])).toMatchObject({
      exitReason: 'stop',
      exitPrice: 99,
      exitTime: 32 * 60_000,
    });
  });
  test('can be stopped in the entry candle itself', () => {
    expect(only([100, 100.5, 98.5, 100], [100, 100, 100, 100])).toMatchObject({
      exitReason: 'stop',
      exitPrice: 99,
      exitTime: 31 * 60_000,
      entryTime: 31 * 60_000,
    });
  });
  test('can reach the target in the entry candle, and a touch is enough', () => {
    expect(only([100, 102, 99.5, 101], [101, 101, 101, 101])).toMatchObject({
      exitReason: 'target',
      exitPrice: 102,
      exitTime: 31 * 60_000,
    });
  });
  test('fills at the open where a later candle opens beyond the stop', () => {
    expect(only([100, 100.5, 99.5, 100], [97, 98, 96, 97])).toMatchObject({ exitReason: 'stop', exitPrice: 97 });
  });
  test('fills at the open where a later candle opens beyond the target, even if it falls to the stop later', () => {
    expect(only([100, 100.5, 99.5, 100], [105, 106, 98, 99])).toMatchObject({ exitReason: 'target', exitPrice: 105 });
  });
  test('does not enter on a crossing of the last candle', () => {
    expect(engine(crossingThen()).trades).toEqual([]);
  });
  test('does not take equal averages of awkward prices for a crossing', () => {
    const flat = Array.from({ length: 400 }, (_, index): CandleRow => [index * 60_000, 100.1, 100.1, 100.1, 100.1, 1]);
    expect(engine(candlesFromRows(flat)).trades).toEqual([]);
  });
  test('does take averages for a crossing that a cent parts, over hundreds of candles at the price of a bitcoin', () => {
    // Whole cents, so that the averages are compared as integers: exactly.
    const [fast, slow] = [499, 500];
    let state = 7;
    const random = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
    let price = 6_000_001;
    const cents = Array.from({ length: 4_000 }, () => (price += Math.floor(random() * 3) - 1));
    const sum = (from: number, to: number) => cents.slice(from, to).reduce((a, b) => a + b, 0);
    const distances = cents.map(
      (_, index) => slow * sum(index + 1 - fast, index + 1) - fast * sum(index + 1 - slow, index + 1),
    );
    const crossed = distances.flatMap((distance, index) =>
      index >= slow && distance > 0 && distances[index - 1]! <= 0 ? [index] : [],
    );
    const votes = createStrategy('sma-cross', { fast, slow }).votes(
      candlesFromRows(
        cents.map((each, index): CandleRow => [index, each / 100, each / 100, each / 100, each / 100, 1]),
      ),
    );
    expect([...votes.keys()].filter((index) => votes[index] === 1)).toEqual(crossed);
    expect(crossed.length).toBeGreaterThan(15);
    expect(crossed.filter((index) => distances[index]! <= 10).length).toBeGreaterThan(0);
  });
});

describe('the equity curve', () => {
  test('begins with the cash, ends with the final equity and moves only while invested', () => {
    const candles = recordedCandles('data/ETHUSDT-1m-2024-07-26_08-25.csv.gz');
    const { trades, finalEquity } = engine(candles);
    const { time, equity } = equityCurve(candles, trades, 10_000, { feePct: 0.1, candleMs: 60_000 });
    expect(equity[0]).toBe(10_000);
    expect(Math.abs(equity.at(-1)! / finalEquity - 1)).toBeLessThan(1e-9);
    expect(time.at(-1)).toBe(candles.timestamp.at(-1)! + 60_000);
    const firstEntry = candles.timestamp.indexOf(trades[0]!.entryTime);
    expect(equity.subarray(0, firstEntry + 1).every((value) => value === 10_000)).toBe(true);
    const sum = trades.reduce((total, { pnl }) => total + pnl, 10_000);
    expect(sum).toBeCloseTo(finalEquity, 6);
  });
});
