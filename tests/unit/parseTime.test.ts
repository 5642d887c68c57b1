import { parseTime } from '../../trading/parseTime.js';
import { moment } from '../../api/schemas/common.js';

const august = Date.UTC(2024, 7, 1);

describe('a time that a person writes', () => {
  test.each([
    ...['2024-08', '2024-08-01', '2024-08-01T00:00', '2024-08-01 00:00', '2024-08-01 00:00:00', '2024-08-01t00:00:00z'],
    ...['2024-08-01T00:00:00Z', '2024-08-01T00:00:00.000Z', '2024-08-01T00:00:00,000000Z', '2024-08-01T02:00:00+02:00'],
    ...['2024-08-01T02:00+0200', '2024-08-01T02:00:00+02', '2024-07-31T14:30-09:30', '2024-07-31T24:00:00Z'],
  ])('as %s is the first moment of August in UTC, whatever the zone of the machine', (text) => {
    expect(parseTime(text)).toBe(august);
  });

  test('keeps what is below a second, down to the millisecond', () => {
    expect(parseTime('2024-08-01T00:00:59.123999Z')).toBe(august + 59_123);
  });

  test('may be a leap day, and of any year of four digits', () => {
    expect(parseTime('2024-02-29')).toBe(Date.UTC(2024, 1, 29));
    expect(parseTime('0001-01-01')).toBe(Date.parse('0001-01-01T00:00:00Z'));
  });

  test.each([
    ...['2024-02-30', '2023-02-29', '2024-06-31T00:00:00Z', '2024-13-01', '2024-00-01', '2024-01-00', '2024-8-1'],
    ...['2024-08-15 (hello)', '2024-08-15T10', '2024-08-15T25:00', '2024-08-15T10:60', '2024-08-15T10:00:60Z'],
    ...[
      '2024-08-15T10:00.5',
      '2024-08-15T10:00:00 UTC',
      '2024-08-15T10:00+25:00',
      'June 2024',
      '2024',
      '',
      '1722470400000',
    ],
  ])('is none as %s', (text) => {
    expect(parseTime(text)).toBeNaN();
  });

  test('is refused by the API, too, where there is no such day', () => {
    expect(moment.parse('2024-08-01T02:00:00+02:00')).toEqual(new Date(august));
    for (const text of ['2024-02-30', '2024-02-30T00:00:00Z', '2023-02-29', '2024-08-01T25:00:00Z'])
      expect(moment.safeParse(text).error?.issues).toMatchObject([
        { message: expect.stringContaining('must be a time such as') as string },
      ]);
  });
});
