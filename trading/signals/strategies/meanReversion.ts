import { bollingerReach, bollingerStream } from '../../indicators/bollinger.js';
import { rsiStream } from '../../indicators/rsi.js';
import { sma } from '../../indicators/sma.js';
import { sharedIndicators } from '../shared.js';
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
  create({ period, rsiPeriod, from, full, rsiMargin }) {
    const fullExcess = Math.max(full! - from!, 1e-9);
    const vote = (close: number, middle: number, deviation: number, strength: number): number => {
      const lean = strength - 50;
      if (Number.isNaN(lean + deviation)) return Number.NaN;
      const distance = deviation === 0 ? 0 : (close - middle) / deviation;
      if (!(distance * lean > 0 && Math.abs(lean) >= rsiMargin!)) return 0;
      return -Math.sign(distance) * Math.max(0, graded(Math.abs(distance) - from!, fullExcess));
    };
    return {
      warmUp: Math.max(period! - 1, rsiPeriod!),
      votes(candles, shared = sharedIndicators(candles)) {
        const { close } = candles;
        const middle = sma(close, period!);
        const votes = bollingerReach(close, middle, period!);
        const strength = shared.rsi(rsiPeriod!);
        for (let index = 0; index < votes.length; index++)
          votes[index] = vote(close[index]!, middle[index]!, votes[index]!, strength[index]!);
        return votes;
      },
      stream() {
        const [bands, strength] = [bollingerStream(period, 1), rsiStream(rsiPeriod)];
        return (_open, _high, _low, close) => {
          const { middle, reach } = bands(close);
          return vote(close, middle, reach, strength(close));
        };
      },
    };
  },
};
