import { adx } from '../../indicators/adx.js';
import { atr } from '../../indicators/atr.js';
import { ema } from '../../indicators/ema.js';
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
  create: ({ fast, slow, period, weakAdx, strongAdx, fullDistance }) => ({
    warmUp: Math.max(slow! - 1, fast! - 1, 2 * period! - 1),
    votes(candles) {
      const quick = ema(candles.close, fast!);
      const lazy = ema(candles.close, slow!);
      const range = atr(candles, period);
      const strength = adx(candles, period).adx;
      const fullForce = Math.max(strongAdx! - weakAdx!, 1e-9);
      for (let index = 0; index < quick.length; index++) {
        const distance = graded(quick[index]! - lazy[index]!, range[index]! * fullDistance!);
        const force = graded(strength[index]! - weakAdx!, fullForce);
        quick[index] = distance * Math.max(0, force);
      }
      return quick;
    },
  }),
};
