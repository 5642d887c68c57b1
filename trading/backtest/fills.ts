import type { CandleColumns, ExitReason } from '../types.js';

/** Prices of stop and target; 0 and Infinity stand for none. */
export interface Levels {
  stop: number;
  target: number;
}

/** From the entry's fill, percent; 0 means none. */
export function levelsFrom(entryPrice: number, stopLossPct: number, takeProfitPct: number): Levels {
  return {
    stop: stopLossPct > 0 ? entryPrice * (1 - stopLossPct / 100) : 0,
    target: takeProfitPct > 0 ? entryPrice * (1 + takeProfitPct / 100) : Number.POSITIVE_INFINITY,
  };
}

/** The first candle from `start` on that touches a level; `candles.length` if none does. */
export function firstTouch({ low, high, length }: CandleColumns, start: number, { stop, target }: Levels): number {
  for (let index = start; index < length; index++) if (low[index]! <= stop || high[index]! >= target) return index;
  return length;
}

export interface LevelExit {
  price: number;
  reason: Extract<ExitReason, 'stop' | 'target'>;
}

/**
 * How a position leaves in a candle that touches a level. A candle after the entry that opens beyond a level fills there,
 * at its open; otherwise the level itself is paid, and where both lie inside the candle the stop wins, since the order
 * within a candle is not known. null where neither is touched.
 */
export function exitInside(
  candles: CandleColumns,
  index: number,
  levels: Levels,
  isEntryCandle: boolean,
): LevelExit | null {
  return (isEntryCandle ? null : exitAtOpen(candles.open[index]!, levels)) ?? exitWithin(candles, index, levels);
}

/** A candle that opens beyond a level. */
export function exitAtOpen(open: number, { stop, target }: Levels): LevelExit | null {
  if (open <= stop) return { price: open, reason: 'stop' };
  return open >= target ? { price: open, reason: 'target' } : null;
}

/** A level that is reached after the open. */
export function exitWithin({ low, high }: CandleColumns, index: number, { stop, target }: Levels): LevelExit | null {
  if (low[index]! <= stop) return { price: stop, reason: 'stop' };
  return high[index]! >= target ? { price: target, reason: 'target' } : null;
}

/** Slippage worsens what is bought or sold at the market; a target is a resting limit order and pays its level. */
export const buyPrice = (price: number, slippagePct: number): number => price * (1 + slippagePct / 100);
export const sellPrice = (price: number, reason: ExitReason, slippagePct: number): number =>
  reason === 'target' ? price : price * (1 - slippagePct / 100);
