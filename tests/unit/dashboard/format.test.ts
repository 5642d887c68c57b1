import { createFormat, gainClass, toNumber } from '../../../dashboard/src/format/format.js';

const english = createFormat('en', 'UTC');
const korean = createFormat('ko', 'Asia/Seoul');

test('money has two decimals and, where asked for, its sign', () => {
  expect(english.money(1234.5)).toBe('1,234.50');
  expect(english.signedMoney(12)).toBe('+12.00');
  expect(english.signedMoney(-0.5)).toBe('-0.50');
  expect(english.signedMoney(0)).toBe('0.00');
});

test('what is not known is a dash and never a zero', () => {
  for (const nothing of [null, undefined, '', Number.NaN, 'abc', Infinity]) {
    expect(english.money(nothing)).toBe('–');
    expect(english.percent(nothing)).toBe('–');
    expect(toNumber(nothing)).toBeNull();
  }
  expect(english.dateTime(null)).toBe('–');
  expect(english.duration(undefined)).toBe('–');
});

test('a price has as many decimals as its size calls for', () => {
  expect(english.price(64230.126)).toBe('64,230.13');
  expect(english.price('3.14159')).toBe('3.1416');
  expect(english.price(0.00001234)).toBe('0.00001234');
});

test('times are told in the language and zone of the reader', () => {
  const noon = '2024-08-01T12:00:00Z';
  expect(english.dateTime(noon)).toBe('01/08/2024, 12:00:00');
  expect(korean.dateTime(noon)).toContain('21:00:00');
  expect(korean.date('2024-08-01T16:00:00Z')).toContain('02');
});

test('a zone that does not exist is read as UTC', () => {
  expect(createFormat('en', 'Mars/Olympus').timeZone).toBe('UTC');
});

test('durations show their two largest units', () => {
  expect(english.duration(0)).toBe('0s');
  expect(english.duration(312)).toBe('5m 12s');
  expect(english.duration(90_000)).toBe('1d 1h');
  expect(korean.duration(3_660)).toBe('1시간 1분');
});

test('a gain, a loss and nothing are told apart', () => {
  expect([gainClass('1'), gainClass(-1), gainClass(0), gainClass(null)]).toEqual(['up', 'down', '', '']);
});
