import { isPassing, waitAfter } from '../../../dashboard/src/api/backOff.js';
import { ApiError } from '../../../dashboard/src/api/client.js';

test('an attempt that failed is repeated after one second, two, four, and never later than half a minute', () => {
  expect([0, 1, 2, 3, 4, 5, 6, 60].map(waitAfter)).toEqual([1, 2, 4, 8, 16, 30, 30, 30].map((s) => s * 1_000));
});

test.each([
  [0, true],
  [429, true],
  [500, true],
  [503, true],
  [401, false],
  [404, false],
  [422, false],
])('an answer of %i is asked for again: %s', (status, again) => {
  expect(isPassing(new ApiError({ status, code: 'ANY' }))).toBe(again);
});
