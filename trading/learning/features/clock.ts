const DAY = 86_400_000;
const WEEK = 7 * DAY;
const MINUTE = 60_000;
const MINUTES = WEEK / MINUTE;

/** Numbers in a row of `WAVES`: sine and cosine of the time of day, of twice as fast a hand, and of the week; UTC. */
const WIDTH = 6;

/**
 * The waves of each minute of the week, filled where asked, and of one more moment: candles open on whole minutes, and
 * those of a year ask for the same few thousand.
 */
export const WAVES = new Float64Array((MINUTES + 1) * WIDTH).fill(Number.NaN);

/** Where in `WAVES` the six of a time (ms) stand until the next call. */
export function wavesAt(timestamp: number): number {
  const minute = timestamp / MINUTE;
  const whole = Math.floor(minute);
  if (whole !== minute) return fill(MINUTES * WIDTH, timestamp);
  const place = (whole % MINUTES) * WIDTH;
  const known = WAVES[place]!;
  return known === known ? place : fill(place, timestamp);
}

function fill(place: number, timestamp: number): number {
  const day = ((timestamp % DAY) / DAY) * 2 * Math.PI;
  const week = ((timestamp % WEEK) / WEEK) * 2 * Math.PI;
  [day, 2 * day, week].forEach((angle, pair) => {
    WAVES[place + 2 * pair] = Math.sin(angle);
    WAVES[place + 2 * pair + 1] = Math.cos(angle);
  });
  return place;
}
