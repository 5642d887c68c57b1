import { isCalendarDay } from './calendarDay.js';

/** Year and month, a day, a time with or without seconds, and a zone: UTC where none is said. */
const FORM = /^(\d{4}-\d{2})(-\d{2})?(?:[Tt ](\d{2}:\d{2})(:\d{2})?([.,]\d{1,9})?)?([Zz]|[+-]\d{2}(?::?\d{2})?)?$/;

/**
 * ms UTC of an ISO 8601 time, `2024-08-01T00:00:00Z`, or of the first moment of a day or month. A space may stand for the
 * T. Without a zone it is UTC, whatever the machine's own. NaN for everything else, and for a day that there is not,
 * such as 30 February, which engines take for 1 March.
 */
export function parseTime(text: string): number {
  const [all, month, day = '-01', minutes = '00:00', seconds, fraction = '', zone = 'Z'] = FORM.exec(text) ?? [];
  if (all === undefined || (fraction && !seconds)) return Number.NaN;
  const date = `${month}${day}`;
  if (!isCalendarDay(date)) return Number.NaN;
  return Date.parse(`${date}T${minutes}${seconds ?? ':00'}${fraction.replace(',', '.')}${offset(zone)}`);
}

/** As engines read it: Z, or hours and minutes with a colon. */
function offset(zone: string): string {
  if (/^z$/i.test(zone)) return 'Z';
  const digits = zone.slice(1).replace(':', '').padEnd(4, '0');
  return `${zone[0]}${digits.slice(0, 2)}:${digits.slice(2)}`;
}
