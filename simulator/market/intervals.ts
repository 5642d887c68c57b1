/** Binance's candle intervals and where each candle begins. All times in ms UTC. */
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Length in ms; 1M stands for the calendar month and has no fixed length. */
export const INTERVAL_MS = {
  '1s': SECOND,
  '1m': MINUTE,
  '3m': 3 * MINUTE,
  '5m': 5 * MINUTE,
  '15m': 15 * MINUTE,
  '30m': 30 * MINUTE,
  '1h': HOUR,
  '2h': 2 * HOUR,
  '4h': 4 * HOUR,
  '6h': 6 * HOUR,
  '8h': 8 * HOUR,
  '12h': 12 * HOUR,
  '1d': DAY,
  '3d': 3 * DAY,
  '1w': 7 * DAY,
  '1M': 0,
} as const;
export type Interval = keyof typeof INTERVAL_MS;

export const isInterval = (text: string): text is Interval => Object.hasOwn(INTERVAL_MS, text);

/** Weeks begin on Monday; the epoch was a Thursday. */
const WEEK_OFFSET = 4 * DAY;

/** The opening of the candle that holds time `t`. */
export function openTime(t: number, interval: Interval): number {
  if (interval === '1M') {
    const date = new Date(t);
    return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
  }
  const length = INTERVAL_MS[interval];
  const offset = interval === '1w' ? WEEK_OFFSET : 0;
  return Math.floor((t - offset) / length) * length + offset;
}

/** The opening of the candle `count` after (or before, when negative) the one that opens at `open`. */
export function shiftOpen(open: number, interval: Interval, count: number): number {
  if (interval !== '1M') return open + INTERVAL_MS[interval] * count;
  const date = new Date(open);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + count, 1);
}
