import fc from 'fast-check';
import { putLatest } from '../../adapters/latest.js';

describe('a map of the latest', () => {
  test('forgets what was put longest ago, and keeps what was put again', () => {
    const map = new Map<string, number>();
    const puts = [
      ['a', 1],
      ['b', 2],
      ['a', 3],
      ['c', 4],
    ] as const;
    for (const [key, value] of puts) putLatest(map, key, value, 2);
    expect([...map]).toEqual([
      ['a', 3],
      ['c', 4],
    ]);
  });

  test('holds the last value of each of the last keys, however they come', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 9 })), fc.integer({ min: 1, max: 5 }), (keys, most) => {
        const map = new Map<number, number>();
        keys.forEach((key, at) => putLatest(map, key, at, most));
        const newestFirst = [...new Set([...keys].reverse())].slice(0, most);
        expect([...map.keys()].reverse()).toEqual(newestFirst);
        for (const [key, at] of map) expect(keys.lastIndexOf(key)).toBe(at);
      }),
    );
  });
});
