import { adx, adxStream } from '../../indicators/adx.js';
import { atrStream } from '../../indicators/atr.js';
import { ema, emaStream } from '../../indicators/ema.js';
import { sharedIndicators } from '../shared.js';
import { amount, candleCount, graded, type StrategyFactory } from '../strategy.js';

/** Follows the side on which the fast average stands, the more the stronger the trend is (ADX). */
export const trend: StrategyFactory = {
  description: 'side and distance of two exponential averages, weighed by the ADX',
  meaning: { buy: 'fast average above the slow one in a trend', sell: 'fast average below the slow one in a trend' },
  exitsOnSignal: true,
  parameters: {
    fast: candleCount(12, 'candles of the fast average'),
    slow: candleCount(26, 'candles of the slow average'),
    period: candleCount(14, 'candles of ADX and ATR'),
    weakAdx: amount(12, 0, 100, 'ADX at and below which there is no trend'),
    strongAdx: amount(30, 1, 100, 'ADX from which the trend counts fully'),
    fullDistance: amount(0.8, 0.01, 20, 'distance of the averages, in ATRs, that counts fully'),
  },
  create({ fast, slow, period, weakAdx, strongAdx, fullDistance }) {
    const fullForce = Math.max(strongAdx! - weakAdx!, 1e-9);
    const vote = (quick: number, lazy: number, range: number, strength: number): number =>
      graded(quick - lazy, range * fullDistance!) * Math.max(0, graded(strength - weakAdx!, fullForce));
    return {
      warmUp: Math.max(slow! - 1, fast! - 1, 2 * period! - 1),
      votes(candles, shared = sharedIndicators(candles)) {
        const votes = ema(candles.close, fast!);
        const lazy = ema(candles.close, slow!);
        const range = shared.atr(period!);
        const strength = adx(candles, period).adx;
        for (let index = 0; index < votes.length; index++)
          votes[index] = vote(votes[index]!, lazy[index]!, range[index]!, strength[index]!);
        return votes;
      },
      stream() {
        const [quick, lazy] = [emaStream(fast!), emaStream(slow!)];
        const [range, strength] = [atrStream(period), adxStream(period)];
        return (_open, high, low, close, volume) =>
          vote(quick(close), lazy(close), range(high, low, close, volume), strength(high, low, close).adx);
      },
    };
  },
};
