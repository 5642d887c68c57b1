import type { CandleRow } from '../../../../trading/types.js';

/** Equal parts of `start` in each symbol's close, by the last candle opened at or before each time. */
export function holdValues(
  times: readonly number[],
  candles: readonly (readonly CandleRow[])[],
  start: number,
): (number | null)[] {
  const used = candles.filter((rows) => rows.length > 0);
  if (used.length === 0) return times.map(() => null);
  const next = used.map(() => 0);
  const firstPrice = used.map((rows) => rows[0]![4]);
  return times.map((time) => {
    let growth = 0;
    used.forEach((rows, symbol) => {
      while (next[symbol]! + 1 < rows.length && rows[next[symbol]! + 1]![0] <= time) next[symbol]! += 1;
      growth += rows[next[symbol]!]![4] / firstPrice[symbol]!;
    });
    return (start * growth) / used.length;
  });
}
