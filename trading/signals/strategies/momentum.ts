import { atr } from '../../indicators/atr.js';
import { macd } from '../../indicators/macd.js';
import { rsi } from '../../indicators/rsi.js';
import { amount, candleCount, graded, type StrategyFactory } from '../strategy.js';

/** The MACD histogram and the RSI on the same side: the move goes on. */
export const momentum: StrategyFactory = {
  description: 'MACD histogram in ATRs and RSI, where both agree',
  meaning: { buy: 'MACD rising and RSI above the middle', sell: 'MACD falling and RSI below the middle' },
  exitsOnSignal: true,
  parameters: {
    fast: candleCount(12, "candles of the MACD's fast average"),
    slow: candleCount(26, "candles of the MACD's slow average"),
    signal: candleCount(9, "candles of the MACD's signal line"),
    period: candleCount(14, 'candles of RSI and ATR'),
    fullHistogram: amount(0.2, 0.001, 10, 'histogram, in ATRs, that counts fully'),
    fullRsi: amount(15, 1, 50, 'points of RSI from 50 that count fully'),
  },
  create: ({ fast, slow, signal, period, fullHistogram, fullRsi }) => ({
    warmUp: Math.max(slow! + signal! - 2, period!),
    votes(candles) {
      const { histogram } = macd(candles.close, fast, slow, signal);
      const strength = rsi(candles.close, period);
      const range = atr(candles, period);
      for (let index = 0; index < histogram.length; index++) {
        const speed = graded(histogram[index]!, range[index]! * fullHistogram!);
        const lean = graded(strength[index]! - 50, fullRsi!);
        histogram[index] = speed * lean < 0 ? 0 : (speed + lean) / 2;
      }
      return histogram;
    },
  }),
};
