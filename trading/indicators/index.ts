import type { CandleColumns } from '../types.js';
import { adx } from './adx.js';
import { atr } from './atr.js';
import { bollinger } from './bollinger.js';
import { ema } from './ema.js';
import { macd } from './macd.js';
import { obv } from './obv.js';
import { rsi } from './rsi.js';
import { sma } from './sma.js';
import { stochastic } from './stochastic.js';

type IndicatorColumns = (candles: CandleColumns) => Record<string, Float64Array>;

/** Every indicator with the columns it gives, in the order of `npm run indicators`. NaN marks the warm-up. */
export const INDICATORS = {
  sma: ({ close }) => ({ sma10: sma(close, 10), sma30: sma(close, 30) }),
  ema: ({ close }) => ({ ema12: ema(close, 12), ema26: ema(close, 26) }),
  rsi: ({ close }) => ({ rsi14: rsi(close, 14) }),
  macd: ({ close }) => {
    const lines = macd(close, 12, 26, 9);
    return { macd: lines.macd, macd_signal: lines.signal, macd_hist: lines.histogram };
  },
  bollinger: ({ close }) => {
    const bands = bollinger(close, 20, 2);
    return { bb_upper: bands.upper, bb_middle: bands.middle, bb_lower: bands.lower };
  },
  atr: (candles) => ({ atr14: atr(candles, 14) }),
  adx: (candles) => {
    const lines = adx(candles, 14);
    return { adx14: lines.adx, plus_di14: lines.plusDi, minus_di14: lines.minusDi };
  },
  stochastic: (candles) => {
    const lines = stochastic(candles, 14, 3, 3);
    return { stoch_k: lines.k, stoch_d: lines.d };
  },
  obv: (candles) => ({ obv: obv(candles) }),
} satisfies Record<string, IndicatorColumns>;

/** All columns of all indicators, by their contract names and in the contract's order. */
export function indicatorColumns(candles: CandleColumns): Record<string, Float64Array> {
  return Object.assign({}, ...Object.values<IndicatorColumns>(INDICATORS).map((columns) => columns(candles)));
}
