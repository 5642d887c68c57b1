import { checkLearner } from '../../../commands/check-learner.js';
import { findLookahead } from '../../../trading/signals/lookahead.js';
import { recordedCandles } from '../../support/candles.js';
import { firstCandles } from './markets.js';

/** The analysis that `npm run check-strategy -- learner` runs, on the recorded candles that ship. */
describe('the lookahead analysis over the learner', () => {
  const candles = firstCandles(recordedCandles('data/BTCUSDT-1m-2024-07-26_08-25.csv.gz'), 0, 9_000);

  test('finds that no feature, label or probability changes when later candles arrive', () => {
    const { columns, scored, findings } = checkLearner(candles, 8);
    expect(columns).toEqual(expect.arrayContaining(['volatility48', 'label', 'netReturnPct', 'probability']));
    expect(scored).toBeGreaterThan(5_000);
    expect(findings).toEqual([]);
  });

  test('would find a column that peeks one candle ahead', () => {
    const peeking = (known: typeof candles) => ({
      next: known.close.map((_, i) => known.close[Math.min(i + 1, known.length - 1)]!),
    });
    const few = firstCandles(candles, 0, 400);
    expect(findLookahead(peeking, few, 5).length).toBeGreaterThan(0);
  });
});
