import { checkLearner } from '../../../commands/check-learner.js';
import { findLookahead, findUnlikeStream } from '../../../trading/signals/lookahead.js';
import { recordedCandles } from '../../support/candles.js';
import { firstCandles } from './markets.js';

/** The analysis that `npm run check-strategy -- learner` runs, on all the recorded candles. */
describe('the lookahead analysis over the learner', () => {
  test.each(['BTC', 'ETH'])(
    'finds that every feature, label and probability of %s is what was said at its candle, when no later one was known',
    (symbol) => {
      const candles = recordedCandles(`data/${symbol}USDT-1m-2024-07-26_08-25.csv.gz`);
      const { columns, scored, findings } = checkLearner(candles, 0);
      expect(columns).toEqual(expect.arrayContaining(['volatility48', 'label', 'netReturnPct', 'probability']));
      expect(candles.length).toBeGreaterThan(43_000);
      expect(scored).toBeGreaterThan(25_000);
      expect(findings).toEqual([]);
    },
  );

  const few = firstCandles(recordedCandles('data/BTCUSDT-1m-2024-07-26_08-25.csv.gz'), 0, 400);
  const peeking = (known: typeof few) => ({
    next: known.close.map((_, i) => known.close[Math.min(i + 1, known.length - 1)]!),
  });

  test('would find a column that peeks one candle ahead, by its stream and by cuts', () => {
    expect(findLookahead(peeking, few, 5).length).toBeGreaterThan(0);
    const found = findUnlikeStream(peeking(few), few.length, (index) => ({ next: few.close[index]! }));
    expect(found).toMatchObject([{ column: 'next', known: found[0]!.index + 1, full: few.close[found[0]!.index + 1] }]);
  });
});
