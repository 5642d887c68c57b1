import { otherSpacing } from '../trading/market/columns.js';
import type { CandleColumns, Timeframe } from '../trading/types.js';
import { UsageError } from './usage.js';

/**
 * Candles of an hour told to be of five minutes would be a file of gaps, and each would close 55 minutes too soon.
 * @throws UsageError
 */
export function checkSpacing(path: string, candles: CandleColumns, timeframe: Timeframe): void {
  const spacing = otherSpacing(candles, timeframe);
  if (spacing !== undefined)
    throw new UsageError(`${path}: its candles are ${spacing} minutes apart, --timeframe says ${timeframe}`);
}
