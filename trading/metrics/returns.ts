/** Equity over time: times ascending in ms UTC, equity in quote units after everything up to that time. */
export interface EquityCurve {
  time: ArrayLike<number>;
  equity: ArrayLike<number>;
}

export const DAY_MS = 86_400_000;
/** Markets that never close: 365 days a year. */
export const DAYS_PER_YEAR = 365;

/**
 * The last value of each UTC day, with the first value of all in front, as the points between which daily returns are
 * taken. Days without any value are left out of the points, so their change falls to the next day that has one.
 */
export function dailyPoints({ time, equity }: EquityCurve): { time: number[]; equity: number[] } {
  const points = { time: [] as number[], equity: [] as number[] };
  if (time.length === 0) return points;
  points.time.push(time[0]!);
  points.equity.push(equity[0]!);
  for (let index = 1; index < time.length; index++) {
    const last = index === time.length - 1;
    const ends = last || dayOf(time[index + 1]!) !== dayOf(time[index]!);
    if (!ends) continue;
    points.time.push(time[index]!);
    points.equity.push(equity[index]!);
  }
  return points;
}

/** A value at midnight is the result of the day that ends there. */
const dayOf = (time: number): number => Math.floor((time - 1) / DAY_MS);

/** Simple returns between neighbours, fractions. */
export function simpleReturns(values: ArrayLike<number>): Float64Array {
  const out = new Float64Array(Math.max(0, values.length - 1));
  for (let index = 0; index < out.length; index++) out[index] = values[index + 1]! / values[index]! - 1;
  return out;
}
