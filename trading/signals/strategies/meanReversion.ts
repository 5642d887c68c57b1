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
      return candles.close.map((close, index) => {
        const lean = strength[index]! - 50;
        const deviation = upper[index]! - middle[index]!;
        if (Number.isNaN(lean + deviation)) return Number.NaN;
        const distance = deviation === 0 ? 0 : (close - middle[index]!) / deviation;
        if (distance * lean <= 0 || Math.abs(lean) < rsiMargin!) return 0;
        const excess = graded(Math.abs(distance) - from!, Math.max(full! - from!, 1e-9));
        return excess <= 0 ? 0 : -Math.sign(distance) * excess;
      });
    },
  }),
};
