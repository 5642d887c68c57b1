import { atrStream } from '../../indicators/atr.js';
import { highest, highestStream, lowest, lowestStream } from '../../indicators/extremes.js';
import { sharedIndicators } from '../shared.js';
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
  create({ period, atrPeriod, base, fullDistance }) {
    /** `top` and `bottom` of the candles before. */
    const vote = (close: number, top: number, bottom: number, range: number): number => {
      const above = close - top;
      const below = bottom - close;
      const beyond = Math.max(above, below);
      if (!(beyond > 0)) return Number.isNaN(beyond + range) ? Number.NaN : 0;
      const size = base! + (1 - base!) * graded(beyond, range * fullDistance!);
      return above > 0 ? size : -size;
    };
    return {
      warmUp: Math.max(period!, atrPeriod!),
      votes(candles, shared = sharedIndicators(candles)) {
        const { close } = candles;
        const top = highest(candles.high, period!);
        const bottom = lowest(candles.low, period!);
        const range = shared.atr(atrPeriod!);
        const votes = new Float64Array(candles.length).fill(Number.NaN, 0, 1);
        for (let index = 1; index < votes.length; index++)
          votes[index] = vote(close[index]!, top[index - 1]!, bottom[index - 1]!, range[index]!);
        return votes;
      },
      stream() {
        const [highs, lows, ranges] = [highestStream(period!), lowestStream(period!), atrStream(atrPeriod)];
        let [top, bottom] = [Number.NaN, Number.NaN];
        return (_open, high, low, close, volume) => {
          const answer = vote(close, top, bottom, ranges(high, low, close, volume));
          [top, bottom] = [highs(high), lows(low)];
          return answer;
        };
      },
    };
  },
};
