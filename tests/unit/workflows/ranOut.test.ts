import fc from 'fast-check';
import { ranOut } from '../../../workflows/taskBoundary.js';

const LIMIT = 5_000;

describe('a task that ran out of its time while local activities were under way', () => {
  test.each([
    ['at once, with nothing else', { events: 3, ms: 5_001 }, 0],
    ['after some had ended', { events: 3, ms: 5_009 }, 3],
    ['after many had ended, with messages meanwhile', { events: 5, ms: 5_009 }, 7],
    ['twice', { events: 6, ms: 10_020 }, 1],
  ])('is seen: %s', (_, since, ended) => {
    expect(ranOut(since, ended, LIMIT)).toBe(true);
  });

  test('is never seen in one that was completed, however often it was prolonged and whatever came meanwhile', () => {
    const honest = fc.record({
      tasks: fc.integer({ min: 1, max: 20 }),
      lasted: fc.double({ min: 0, max: 0.999, noNaN: true }),
      ended: fc.nat(12),
      messages: fc.nat(12),
    });
    fc.assert(
      fc.property(honest, ({ tasks, lasted, ended, messages }) => {
        const since = { events: 3 * tasks + ended + messages, ms: LIMIT * tasks * lasted };
        expect(ranOut(since, ended, LIMIT)).toBe(false);
      }),
    );
  });
});
