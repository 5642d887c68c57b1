import fc from 'fast-check';
import { moment } from '../../api/schemas/common.js';
import { isCalendarDay } from '../../trading/calendarDay.js';

const GONE = ['2026-02-30', '2026-02-29', '2026-04-31', '2026-13-01', '2026-00-10', '2026-01-00', '2026-1-1', 'x'];

test('a day that the calendar does not have is none', () => {
  expect(GONE.filter(isCalendarDay)).toEqual([]);
  expect(['2024-02-29', '2000-02-29', '2026-12-31'].every(isCalendarDay)).toBe(true);
  const anyTime = fc.date({ min: new Date(0), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true });
  fc.assert(fc.property(anyTime, (time) => isCalendarDay(time.toISOString().slice(0, 10))));
});

test('a request takes no time on such a day, and every one on others', () => {
  const times = (day: string) => [day, `${day}T00:00:00Z`, `${day}T23:30:00+09:00`];
  const taken = (day: string) => times(day).filter((time) => moment.safeParse(time).success);
  for (const day of GONE) expect(taken(day)).toEqual([]);
  expect(taken('2024-02-29')).toEqual(times('2024-02-29'));
});
