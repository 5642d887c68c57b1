import { atr } from '../../indicators/atr.js';
import { sma } from '../../indicators/sma.js';
import { amount, candleCount, graded, type StrategyFactory } from '../strategy.js';

/** Much more volume than usual says that the candle's direction is meant. */
export const volume: StrategyFactory = {
  description: 'direction of a candle with unusual volume, by its body in ATRs',
  meaning: { buy: 'unusual volume on a rising candle', sell: 'unusual volume on a falling candle' },
  exitsOnSignal: true,
  parameters: {
    period: candleCount(20, 'candles of the usual volume, the current one left out'),
    atrPeriod: candleCount(14, 'candles of the ATR'),
    from: amount(1.2, 0, 100, 'multiple of the usual volume from which it counts'),
    full: amount(2.5, 0.1, 1000, 'multiple from which it counts fully'),
    fullBody: amount(0.8, 0.01, 20, 'body, in ATRs, that counts fully'),
  },
  create: ({ period, atrPeriod, from, full, fullBody }) => ({
    warmUp: Math.max(period!, atrPeriod!),
    votes(candles) {
      const usual = sma(candles.volume, period!);
      const range = atr(candles, atrPeriod);
      const votes = new Float64Array(candles.length).fill(Number.NaN, 0, 1);
      const fullExcess = Math.max(full! - from!, 1e-9);
      for (let index = 1; index < votes.length; index++) {
        const before = usual[index - 1]!;
        if (Number.isNaN(before + range[index]!)) votes[index] = Number.NaN;
        if (!(before > 0)) continue;
        const weight = graded(candles.volume[index]! / before - from!, fullExcess);
        const body = graded(candles.close[index]! - candles.open[index]!, range[index]! * fullBody!);
        if (weight > 0) votes[index] = body * weight;
      }
      return votes;
    },
  }),
};
