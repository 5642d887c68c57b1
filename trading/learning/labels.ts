import type { CandleColumns } from '../types.js';

/** Where a trade entered at a candle's close would end. Percent of the entry price; `feePct` per side. */
export interface BarrierSettings {
  takeProfitPct: number;
  stopLossPct: number;
  horizonBars: number;
  feePct: number;
}

export const DEFAULT_BARRIERS: BarrierSettings = { takeProfitPct: 2, stopLossPct: 1, horizonBars: 48, feePct: 0.1 };

export const UNRESOLVED = 255;

export interface BarrierLabels {
  /** 1: the target came before the stop within the horizon; 0: it did not; 255: the data ends before it is known. */
  label: Uint8Array;
  /** The candle at whose close the label is known; the data's length where it is not. */
  resolvedAt: Int32Array;
  /** What the trade would have brought after fees on both sides, in percent; at the horizon it sells at the close. */
  netReturnPct: Float32Array;
}

/**
 * Triple barrier (Lopez de Prado, Advances in Financial Machine Learning, 2018, ch. 3): entry at the candle's close,
 * barriers watched from the next candle on; where one candle touches both, the stop is taken to have come first.
 * The last `horizonBars` rows stay unresolved even where a barrier was already touched: keeping only those that
 * touched one would favour volatile rows.
 */
export function tripleBarrier(candles: CandleColumns, settings: BarrierSettings = DEFAULT_BARRIERS): BarrierLabels {
  const { length, high, low, close } = candles;
  const label = new Uint8Array(length).fill(UNRESOLVED);
  const resolvedAt = new Int32Array(length).fill(length);
  const netReturnPct = new Float32Array(length).fill(NaN);
  const up = 1 + settings.takeProfitPct / 100;
  const down = 1 - settings.stopLossPct / 100;
  const fee = settings.feePct / 100;
  const net = (factor: number) => (factor * (1 - fee) - (1 + fee)) * 100;
  for (let i = 0; i < length - settings.horizonBars; i++) {
    const entry = close[i]!;
    const target = entry * up;
    const stop = entry * down;
    const end = i + settings.horizonBars;
    let j = i + 1;
    while (j < end && low[j]! > stop && high[j]! < target) j++;
    const stopped = low[j]! <= stop;
    const reached = !stopped && high[j]! >= target;
    label[i] = reached ? 1 : 0;
    resolvedAt[i] = j;
    netReturnPct[i] = net(reached ? up : stopped ? down : close[j]! / entry);
  }
  return { label, resolvedAt, netReturnPct };
}
