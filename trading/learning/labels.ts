import { type CandleColumns, TIMEFRAME_MS, type Timeframe } from '../types.js';

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

/** Hours that a target may take: 48 candles of 5 minutes. */
const HORIZON_HOURS = 4;
const LEAST_HORIZON_BARS = 4;

/**
 * The barriers of a timeframe, so that all ask the same question: does the target come before the stop within four
 * hours? (Within 48 candles of an hour one of a 1 % stop and a 2 % target is nearly always reached, and which one
 * first is a coin that nothing foretells.) At least four candles.
 */
export const barriersOf = (timeframe: Timeframe): BarrierSettings => ({
  ...DEFAULT_BARRIERS,
  horizonBars: Math.max(LEAST_HORIZON_BARS, Math.round((HORIZON_HOURS * 3_600_000) / TIMEFRAME_MS[timeframe])),
});

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

/**
 * Labels of both sides at once: 0, 0.5 or 1 for none, one or both of the trade and its mirror image (a short with the
 * same distances) reaching the target. How far prices will move is what can be foretold; the way they went in the
 * training months is not, and a level learnt from one side alone carries that trend into months to come. To fit these
 * shares is to fit both labels at once. 0 for rows whose label is not known.
 */
export function bothSides(candles: CandleColumns, label: Uint8Array, settings: BarrierSettings): Float32Array {
  const mirrored = tripleBarrier(mirror(candles), settings).label;
  return Float32Array.from(label, (own, row) => (own === UNRESOLVED ? 0 : (own + mirrored[row]!) / 2));
}

/** Prices turned upside down: what rose falls by as much. */
function mirror(candles: CandleColumns): CandleColumns {
  const inverse = (values: Float64Array) => values.map((value) => 1 / value);
  const { open, high, low, close } = candles;
  return { ...candles, open: inverse(open), high: inverse(low), low: inverse(high), close: inverse(close) };
}
