import { LearningDataError } from '../../../trading/learning/dataset.js';
import { featureColumns } from '../../../trading/learning/features/columns.js';
import { findLookahead } from '../../../trading/learning/quality/lookahead.js';
import { checkSecondSymbol, knownWith } from '../../../trading/learning/secondSymbol.js';
import { aggregateCandles, candlesFromRows, candleRow } from '../../../trading/market/columns.js';
import type { CandleColumns } from '../../../trading/types.js';
import { firstCandles, wavyMarket } from './markets.js';

const candles = wavyMarket(1_200);
const other = wavyMarket(1_200, 2);
const without = (from: number, to: number): CandleColumns =>
  candlesFromRows(Array.from({ length: 1_200 }, (_, i) => candleRow(other, i)).filter((_, i) => i < from || i >= to));
const check = (cross: CandleColumns) => () => checkSecondSymbol(cross, { candles, timeframe: '5m', mostMissing: 48 });

describe('the candles of a second symbol', () => {
  test('are taken with small gaps, from a late beginning and beyond the end of the first', () => {
    for (const cross of [other, without(0, 700), without(300, 348), wavyMarket(1_500, 2)])
      expect(check(cross)).not.toThrow();
  });

  test('are refused when they are of another timeframe', () => {
    expect(check(aggregateCandles(wavyMarket(9_000, 2), '5m', '1h'))).toThrow(/are 60 minutes apart, .* 5m are needed/);
    expect(check(wavyMarket(6_000, 2, 1))).toThrow(LearningDataError);
  });

  test('are refused when they end, or pause for hours, while the first symbol goes on', () => {
    expect(check(firstCandles(other, 0, 1_000))).toThrow(
      /no candles from 2023-11-18T09:30:00.000Z to 2023-11-19T02:10/,
    );
    expect(check(without(300, 360))).toThrow(/no candles from .* to .*, while --data goes on/);
  });

  test('are known with a candle of the first when they have closed by its close', () => {
    const hours = aggregateCandles(wavyMarket(9_000, 2), '5m', '1h');
    const known = knownWith(firstCandles(candles, 0, 600), 300_000, hours);
    const now = candles.timestamp[599]! + 300_000;
    expect(known.timestamp[known.length - 1]! + 3_600_000).toBeLessThanOrEqual(now);
    expect(hours.timestamp[known.length]! + 3_600_000).toBeGreaterThan(now);
    expect(knownWith(firstCandles(candles, 0, 600), 300_000, other).length).toBe(600);
  });

  test('counted by their openings are named by the lookahead analysis', () => {
    const long = wavyMarket(8_400);
    const hours = aggregateCandles(wavyMarket(9_000, 2), '5m', '1h');
    // Said to be so much earlier, an hour counts as known from its opening on.
    const early = (cross: CandleColumns) => ({ ...cross, timestamp: cross.timestamp.map((time) => time - 3_300_000) });
    const found = findLookahead(
      (cut) => featureColumns(cut, early(knownWith(cut, 300_000, hours))),
      long,
      featureColumns(long, early(hours)),
      24,
    );
    expect(found).toEqual(['otherReturn12', 'otherReturn48', 'otherVolatility48', 'relativeReturn48']);
  });
});
