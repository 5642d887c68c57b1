import type { CandleRow } from '../../../../trading/types.js';

/** `rows` with everything from the first of `newest` on replaced by `newest`; both are oldest first. */
export function continued(rows: readonly CandleRow[], newest: readonly CandleRow[]): readonly CandleRow[] {
  const from = newest[0]?.[0];
  const last = rows[rows.length - 1]?.[0] ?? 0;
  if (from === undefined || newest[newest.length - 1]![0] < last) return rows;
  return [...rows.filter(([time]) => time < from), ...newest];
}

/** How many candles a stream may run ahead of what was asked for; beyond it the next answer tells. */
const MOST_AHEAD = 5;

/**
 * The chart with the newest price in its forming candle, or in a new one where its time has come, so that the exchange
 * is asked for candles seldom.
 * @param step length of a candle, ms
 * @param marketTime of the price, ms
 */
export function withPrice(
  rows: readonly CandleRow[],
  step: number,
  price: number,
  marketTime: number,
): readonly CandleRow[] {
  const last = rows.at(-1);
  const open = marketTime - (marketTime % step);
  if (!last || open < last[0] || open - last[0] > MOST_AHEAD * step) return rows;
  if (open > last[0]) return [...rows, [open, price, price, price, price, 0]];
  const [time, first, high, low, , volume] = last;
  return [...rows.slice(0, -1), [time, first, Math.max(high, price), Math.min(low, price), price, volume]];
}
