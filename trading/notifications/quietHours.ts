/** Local times of day, "22:00" to "07:00"; over midnight where `to` is not after `from`. The same twice is no quiet. */
export interface QuietHours {
  from: string;
  to: string;
}

/** The real ms at which the quiet hours end that `now` lies in, or null. Throws RangeError for a time that is none. */
export function quietUntil(now: number, hours: QuietHours | null, timeZone: string): number | null {
  if (!hours) return null;
  const from = minutesOf(hours.from);
  const to = minutesOf(hours.to);
  const at = localMinutes(now, timeZone);
  const quiet = from <= to ? from <= at && at < to : at >= from || at < to;
  if (!quiet) return null;
  const start = Math.floor(now / MINUTE) * MINUTE;
  // Minute by minute on the wall, so that a change of the clocks in the night ends the quiet when the wall says so.
  for (let ahead = 1; ahead <= 25 * 60; ahead++) {
    const minute = localMinutes(start + ahead * MINUTE, timeZone);
    if (from <= to ? minute >= to || minute < from : minute >= to && minute < from) return start + ahead * MINUTE;
  }
  return null;
}

const MINUTE = 60_000;

function minutesOf(time: string): number {
  const match = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(time);
  if (!match) throw new RangeError(`a time of day is HH:MM from 00:00 to 23:59, got ${JSON.stringify(time)}`);
  return Number(match[1]) * 60 + Number(match[2]);
}

function localMinutes(time: number, timeZone: string): number {
  let format = formats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
    formats.set(timeZone, format);
  }
  return minutesOf(format.format(time));
}

const formats = new Map<string, Intl.DateTimeFormat>();
