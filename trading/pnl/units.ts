/**
 * An account counted in units, as a fund counts its shares: who deposits or withdraws makes or takes units at their value
 * of that moment, so that the value of one unit tells what trading made and nothing else. Its returns are time-weighted.
 */

/** Kept from look to look. */
export interface Units {
  count: number;
  /** Market time, ms, of the count's beginning; values of one unit with another beginning are not to be compared. */
  since: number;
}

export interface CountedUnits extends Units {
  /** Of one unit, quote units; what the account was worth when the count began, so that it goes on from there. */
  value: number;
}

/**
 * @param look.equity quote units, without what nobody has explained yet
 * @param look.transfer what others moved since the last look, part of the equity already
 * @param look.marketTime ms
 */
export function countUnits(
  known: Units | undefined,
  { equity, transfer, marketTime }: { equity: number; transfer: number; marketTime: number },
): CountedUnits {
  const begun = { count: 1, since: marketTime, value: equity };
  if (!known) return begun;
  const value = (equity - transfer) / known.count;
  if (transfer === 0) return { ...known, value };
  // An account that was emptied, and what is then put into it, begins anew.
  return value > 0 && equity > 0 ? { count: equity / value, since: known.since, value } : begun;
}

/** A point of the equity's curve; without a unit's value where it was written before these were counted. */
export interface EquityPoint {
  equity: number;
  unitValue?: number | null | undefined;
  unitsSince?: number | null | undefined;
}

/** How many times what it was a thing is worth at `point` that was held since `before`: deposits and withdrawals apart. */
export function growth(before: EquityPoint, point: EquityPoint): number {
  const [from, to] = [before.unitValue ?? null, point.unitValue ?? null];
  // Of these nobody knows what was moved; but nobody trades an account down to nothing.
  if (from === null || to === null) return point.equity > 0 ? ratio(before.equity, point.equity) : 1;
  return before.unitsSince === point.unitsSince ? ratio(from, to) : 1;
}

const ratio = (from: number, to: number): number => (from > 0 ? to / from : 1);
