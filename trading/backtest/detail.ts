import { firstAtOrAfter } from '../market/columns.js';
import { type CandleColumns, TIMEFRAME_MS, type Timeframe } from '../types.js';

/** Smaller candles of a market, on which stop and target are looked for; their timeframe divides the market's. */
export interface Detail {
  candles: CandleColumns;
  timeframe: Timeframe;
}

/** How many smaller candles are missing of the candles that are traded. */
export function missingDetail(
  { candles: { timestamp }, timeframe: smaller }: Detail,
  { candles, warmUp, timeframe }: { candles: CandleColumns; warmUp: number; timeframe: Timeframe },
): number {
  const length = TIMEFRAME_MS[timeframe];
  let present = 0;
  for (let index = warmUp; index < candles.length; index++) {
    const opening = candles.timestamp[index]!;
    present += firstAtOrAfter(timestamp, opening + length) - firstAtOrAfter(timestamp, opening);
  }
  return (candles.length - warmUp) * (length / TIMEFRAME_MS[smaller]) - present;
}
