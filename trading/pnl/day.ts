/** Which day a market time belongs to in a zone, as YYYY-MM-DD. Throws RangeError for a zone that does not exist. */
export function dayKey(marketTime: number, timeZone: string): string {
  if (timeZone === 'UTC') return utcDay(marketTime);
  const parts = Object.fromEntries(
    formatOf(timeZone)
      .formatToParts(marketTime)
      .map(({ type, value }) => [type, value]),
  );
  return `${parts['year']}-${parts['month']}-${parts['day']}`;
}

// A backtest asks for the same day thousands of times in a row.
let lastUtcDay = { number: Number.NaN, key: '' };

function utcDay(time: number): string {
  const number = Math.floor(time / UTC_DAY_MS);
  if (number !== lastUtcDay.number) lastUtcDay = { number, key: new Date(time).toISOString().slice(0, 10) };
  return lastUtcDay.key;
}

/** When that day ends: the first ms of the next one. Days of 23 and 25 hours are what they are. */
export function dayEnd(marketTime: number, timeZone: string): number {
  if (timeZone === 'UTC') return (Math.floor(marketTime / UTC_DAY_MS) + 1) * UTC_DAY_MS;
  return firstOfDay(dayKey(marketTime, timeZone), marketTime, marketTime + LONGEST_DAY_MS, timeZone, 'after');
}

/** When that day began: its first ms. */
export function dayStart(marketTime: number, timeZone: string): number {
  if (timeZone === 'UTC') return Math.floor(marketTime / UTC_DAY_MS) * UTC_DAY_MS;
  return firstOfDay(dayKey(marketTime, timeZone), marketTime - LONGEST_DAY_MS, marketTime, timeZone, 'from');
}

/** Bisects for the first ms at or after (`from`) the day `key`, or after it; the key only ever grows with time. */
function firstOfDay(key: string, low: number, high: number, timeZone: string, which: 'from' | 'after'): number {
  const reached = (time: number): boolean => {
    const at = dayKey(time, timeZone);
    return which === 'from' ? at >= key : at > key;
  };
  let before = low;
  let found = high;
  while (found - before > 1) {
    const middle = Math.floor((before + found) / 2);
    if (reached(middle)) found = middle;
    else before = middle;
  }
  return found;
}

const UTC_DAY_MS = 86_400_000;
const LONGEST_DAY_MS = 50 * 3_600_000;

// Making a formatter costs 50 µs and it holds no state that could differ between calls.
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  let format = formats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-CA', {
      timeZone,
      calendar: 'iso8601',
      numberingSystem: 'latn',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
    });
    formats.set(timeZone, format);
  }
  return format;
}
