import type { CandleColumns } from '../types.js';

/** How a position that was never opened would have ended. */
export interface ShadowEnd {
  leg: 'stop' | 'target';
  /** Opening time of the candle in which it would have, market ms. */
  time: number;
}

/**
 * The first closed candle that begins at or after `since` (market ms) and reaches one of the levels; where both lie
 * inside one candle the stop wins. Null while neither was reached.
 */
export function shadowEnd(
  candles: CandleColumns,
  { since, stopPrice, targetPrice }: { since: number; stopPrice: number; targetPrice: number },
): ShadowEnd | null {
  for (let i = 0; i < candles.length; i++) {
    const time = candles.timestamp[i]!;
    if (time < since) continue;
    if (candles.low[i]! <= stopPrice) return { leg: 'stop', time };
    if (candles.high[i]! >= targetPrice) return { leg: 'target', time };
  }
  return null;
}
