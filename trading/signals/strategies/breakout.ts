import { atr } from '../../indicators/atr.js';
import { highest, lowest } from '../../indicators/extremes.js';
import { amount, candleCount, graded, type StrategyFactory } from '../strategy.js';

/** A close beyond the range of the candles before it (Donchian channel). */
export const breakout: StrategyFactory = {
  description: 'close beyond the highest high or the lowest low of the candles before',
  meaning: { buy: 'close above the range of the last candles', sell: 'close below the range of the last candles' },
  exitsOnSignal: true,
  parameters: {
    period: candleCount(20, 'candles of the range, the current one left out'),
    atrPeriod: candleCount(14, 'candles of the ATR'),
    base: amount(0.5, 0, 1, 'vote of a close just beyond the range'),
    fullDistance: amount(0.8, 0.01, 20, 'distance beyond, in ATRs, that counts fully'),
  },
  create: ({ period, atrPeriod, base, fullDistance }) => ({
    warmUp: Math.max(period!, atrPeriod!),
    votes(candles) {
      const top = highest(candles.high, period!);
      const bottom = lowest(candles.low, period!);
      const range = atr(candles, atrPeriod);
      const votes = new Float64Array(candles.length).fill(Number.NaN, 0, 1);
      for (let index = 1; index < votes.length; index++) {
        const above = candles.close[index]! - top[index - 1]!;
        const below = bottom[index - 1]! - candles.close[index]!;
        const beyond = Math.max(above, below);
        if (Number.isNaN(beyond + range[index]!)) votes[index] = Number.NaN;
        if (!(beyond > 0)) continue;
        const vote = base! + (1 - base!) * graded(beyond, range[index]! * fullDistance!);
        votes[index] = above > 0 ? vote : -vote;
      }
      return votes;
    },
  }),
};
