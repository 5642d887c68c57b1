import { parseTrainOptions } from '../../../commands/train/options.js';

test('a date to test from may be a day, a month, or a time with or without a zone, which then is UTC', () => {
  const at = (text: string) =>
    parseTrainOptions(['--data', 'f', '--symbol', 'S', '--timeframe', '5m', '--test-from', text]).testFrom;
  const june = Date.UTC(2024, 5, 1);
  for (const text of ['2024-06-01', '2024-06', '2024-06-01T00:00:00Z', '2024-06-01T00:00:00.000Z'])
    expect(at(text)).toBe(june);
  for (const text of ['2024-06-01T00:00', '2024-06-01 00:00:00', '2024-06-01T02:00:00+02:00', '2024-06-01T00:00Z'])
    expect(at(text)).toBe(june);
  expect(() => at('June 2024')).toThrow(/--test-from must be a time .*, not "June 2024"/);
  expect(() => at('2024-02-30')).toThrow(/--test-from must be a time/);
});
