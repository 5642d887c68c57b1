import { checkLearner } from '../../../commands/check-learner.js';
import { featureColumns } from '../../../trading/learning/features/columns.js';
import { findLookahead } from '../../../trading/signals/lookahead.js';
import { recordedCandles } from '../../support/candles.js';
import { firstCandles } from './markets.js';

/** The analysis that `npm run check-strategy -- learner` runs, on all the recorded candles of a symbol. */
describe('the lookahead analysis over the learner', () => {
  test('finds that no feature, label or probability changes when later candles arrive', () => {
    const candles = recordedCandles('data/BTCUSDT-1m-2024-07-26_08-25.csv.gz');
    const { columns, scored, findings } = checkLearner(candles, 2);
    expect(columns).toEqual(expect.arrayContaining(['volatility48', 'label', 'netReturnPct', 'probability']));
    expect(candles.length).toBeGreaterThan(43_000);
    expect(scored).toBeGreaterThan(25_000);
    expect(findings).toEqual([]);
  });

  test('finds nothing in any feature on the candles of the other symbol', () => {
    const candles = recordedCandles('data/ETHUSDT-1m-2024-07-26_08-25.csv.gz');
    const columnsOf = (known: typeof candles) => {
      const { names, values, rows } = featureColumns(known);
      return Object.fromEntries(
        names.map((name, f) => [
          name,
          Float64Array.from({ length: rows }, (_, row) => values[row * names.length + f]!),
        ]),
      );
    };
    expect(findLookahead(columnsOf, candles, 2)).toEqual([]);
  });

  test('would find a column that peeks one candle ahead', () => {
    const few = firstCandles(recordedCandles('data/BTCUSDT-1m-2024-07-26_08-25.csv.gz'), 0, 400);
    const peeking = (known: typeof few) => ({
      next: known.close.map((_, i) => known.close[Math.min(i + 1, known.length - 1)]!),
    });
    expect(findLookahead(peeking, few, 5).length).toBeGreaterThan(0);
  });
});
