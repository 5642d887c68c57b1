import type { CandleRow } from '../../../../trading/types.js';

/** `rows` with everything from the first of `newest` on replaced by `newest`; both are oldest first. */
export function continued(rows: readonly CandleRow[], newest: readonly CandleRow[]): readonly CandleRow[] {
  const from = newest[0]?.[0];
  const last = rows[rows.length - 1]?.[0] ?? 0;
  if (from === undefined || newest[newest.length - 1]![0] < last) return rows;
  return [...rows.filter(([time]) => time < from), ...newest];
}
