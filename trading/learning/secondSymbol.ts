import { firstAtOrAfter, otherSpacing, sliceCandles, smallestStep } from '../market/columns.js';
import { type CandleColumns, TIMEFRAME_MS, type Timeframe } from '../types.js';
import { LearningDataError } from './dataset.js';

/**
 * Refuses a second symbol whose candles say something else than its features' names: those of another timeframe, and
 * those that stop for more than `mostMissing` candles while the first symbol goes on, where the last one would be taken
 * for news for ever. Before its first candle nothing is learnt, so a late begin is fine.
 */
export function checkSecondSymbol(
  cross: CandleColumns,
  { candles, timeframe, mostMissing }: { candles: CandleColumns; timeframe: Timeframe; mostMissing: number },
): void {
  const spacing = otherSpacing(cross, timeframe);
  if (spacing !== undefined)
    throw new LearningDataError(
      `--cross: its candles are ${spacing} minutes apart, those of --timeframe ${timeframe} are needed`,
    );
  const stale = firstStale(cross, candles, mostMissing * TIMEFRAME_MS[timeframe]);
  if (stale)
    throw new LearningDataError(
      `--cross: it has no candles from ${iso(stale.from)} to ${iso(stale.to)}, while --data goes on; end --data there or fill it in`,
    );
}

/** Where the first symbol has a candle that opens more than `most` ms after the second one's newest. */
function firstStale(cross: CandleColumns, { timestamp, length }: CandleColumns, most: number) {
  let known = 0;
  for (let row = firstAtOrAfter(timestamp, cross.timestamp[0] ?? Number.POSITIVE_INFINITY); row < length; row++) {
    while (known < cross.length && cross.timestamp[known]! <= timestamp[row]!) known += 1;
    if (timestamp[row]! - cross.timestamp[known - 1]! > most)
      return { from: cross.timestamp[known - 1]!, to: cross.timestamp[known] ?? timestamp[length - 1]! };
  }
  return undefined;
}

/** The second symbol as it was known when the last of these candles had closed, whatever its own candles' length. */
export function knownWith(candles: CandleColumns, step: number, cross: CandleColumns): CandleColumns {
  const now = candles.timestamp[candles.length - 1]! + step;
  return sliceCandles(cross, 0, firstAtOrAfter(cross.timestamp, now - smallestStep(cross) + 1));
}

const iso = (time: number): string => new Date(time).toISOString();
