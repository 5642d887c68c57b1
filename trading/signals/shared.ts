import { atr } from '../indicators/atr.js';
import { rsi } from '../indicators/rsi.js';
import type { CandleColumns } from '../types.js';

/** Indicators that several strategies ask for: computed when first asked, once. Nobody may write to them. */
export interface SharedIndicators {
  atr(period: number): Float64Array;
  rsi(period: number): Float64Array;
}

export function sharedIndicators(candles: CandleColumns): SharedIndicators {
  const once = (compute: (period: number) => Float64Array) => {
    const known = new Map<number, Float64Array>();
    return (period: number): Float64Array => {
      const column = known.get(period) ?? compute(period);
      known.set(period, column);
      return column;
    };
  };
  return { atr: once((period) => atr(candles, period)), rsi: once((period) => rsi(candles.close, period)) };
}
