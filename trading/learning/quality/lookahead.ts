import type { CandleColumns } from '../../types.js';
import type { FeatureMatrix } from '../features/columns.js';

/** How much of the past a cut history keeps. More than any feature's memory. */
const KEPT = 1200;
/** Rounding of running sums stays far below this; a candle of the future does not. */
const TOLERANCE = 1e-3;

/**
 * Lookahead analysis: computes the features again on a history that ends at each probed row (and starts late), and
 * names those that come out differently. A feature that is named has seen candles after its own.
 */
export function findLookahead(
  compute: (candles: CandleColumns, offset: number) => FeatureMatrix,
  candles: CandleColumns,
  whole: FeatureMatrix,
  probes: number,
): string[] {
  const width = whole.names.length;
  const caught = new Set<string>();
  for (let k = 1; k <= probes; k++) {
    const row = Math.floor(whole.firstRow + ((candles.length - 1 - whole.firstRow) * k) / (probes + 1));
    const from = Math.max(0, row - KEPT);
    const cut = compute(sliceColumns(candles, from, row + 1), from);
    for (let f = 0; f < width; f++) {
      const expected = whole.values[row * width + f]!;
      const seen = cut.values[(row - from) * width + f]!;
      if (!(Math.abs(expected - seen) <= TOLERANCE * Math.max(1, Math.abs(expected)))) caught.add(whole.names[f]!);
    }
  }
  return [...caught];
}

export function sliceColumns(candles: CandleColumns, from: number, to: number): CandleColumns {
  const timestamp = candles.timestamp.subarray(from, to);
  return {
    length: timestamp.length,
    timestamp,
    open: candles.open.subarray(from, to),
    high: candles.high.subarray(from, to),
    low: candles.low.subarray(from, to),
    close: candles.close.subarray(from, to),
    volume: candles.volume.subarray(from, to),
  };
}
