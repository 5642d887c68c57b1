import { bollinger } from '../../indicators/bollinger.js';
import { rsi } from '../../indicators/rsi.js';
import { amount, candleCount, graded, type StrategyFactory } from '../strategy.js';

/** A price far outside its usual band, with the RSI at an extreme, tends back. */
export const meanReversion: StrategyFactory = {
  description: 'distance from the Bollinger middle in deviations, with the RSI at an extreme',
  meaning: { buy: 'price far below its band and RSI oversold', sell: 'price far above its band and RSI overbought' },
  exitsOnSignal: true,
  parameters: {
    period: candleCount(20, 'candles of the band'),
    rsiPeriod: candleCount(14, 'candles of the RSI'),
    from: amount(1.3, 0, 10, 'deviations from which the distance counts'),
    full: amount(2.3, 0.1, 20, 'deviations from which it counts fully'),
    rsiMargin: amount(12, 0, 50, 'points that the RSI must be away from 50'),
  },
  create: ({ period, rsiPeriod, from, full, rsiMargin }) => ({
    warmUp: Math.max(period! - 1, rsiPeriod!),
    votes(candles) {
      const { upper, middle } = bollinger(candles.close, period, 1);
      const strength = rsi(candles.close, rsiPeriod);
      const votes = new Float64Array(candles.length);
      const fullExcess = Math.max(full! - from!, 1e-9);
      for (let index = 0; index < votes.length; index++) {
        const lean = strength[index]! - 50;
        const deviation = upper[index]! - middle[index]!;
        const distance = deviation === 0 ? 0 : (candles.close[index]! - middle[index]!) / deviation;
        if (Number.isNaN(lean + deviation)) votes[index] = Number.NaN;
        else if (distance * lean > 0 && Math.abs(lean) >= rsiMargin!)
          votes[index] = -Math.sign(distance) * Math.max(0, graded(Math.abs(distance) - from!, fullExcess));
      }
      return votes;
    },
  }),
};
