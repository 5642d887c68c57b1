import { atrStream } from '../../indicators/atr.js';
import { macd, macdStream } from '../../indicators/macd.js';
import { rsiStream } from '../../indicators/rsi.js';
import { sharedIndicators } from '../shared.js';
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
  create({ fast, slow, signal, period, fullHistogram, fullRsi }) {
    const vote = (histogram: number, range: number, strength: number): number => {
      const speed = graded(histogram, range * fullHistogram!);
      const lean = graded(strength - 50, fullRsi!);
      return speed * lean < 0 ? 0 : (speed + lean) / 2;
    };
    return {
      warmUp: Math.max(slow! + signal! - 2, period!),
      votes(candles, shared = sharedIndicators(candles)) {
        const votes = macd(candles.close, fast, slow, signal).histogram;
        const strength = shared.rsi(period!);
        const range = shared.atr(period!);
        for (let index = 0; index < votes.length; index++)
          votes[index] = vote(votes[index]!, range[index]!, strength[index]!);
        return votes;
      },
      stream() {
        const [lines, range, strength] = [macdStream(fast, slow, signal), atrStream(period), rsiStream(period)];
        return (_open, high, low, close, volume) =>
          vote(lines(close).histogram, range(high, low, close, volume), strength(close));
      },
    };
  },
};
