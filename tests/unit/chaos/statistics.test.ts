import fc from 'fast-check';
import { createRandom } from '../../../trading/learning/random.js';
import { cycleStep, growth, percentile, shuffledPlan, summarize } from '../../../commands/chaos/statistics.js';

describe('percentiles', () => {
  test('are the nearest rank', () => {
    const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect(summarize(hundred)).toEqual({ count: 100, p50: 50, p99: 99, max: 100 });
    expect(percentile([7], 1)).toBe(7);
    expect(summarize([])).toEqual({ count: 0, p50: 0, p99: 0, max: 0 });
  });

  test('are values that occurred, in rising order', () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 1 }), (values) => {
        const { p50, p99, max } = summarize(values);
        expect(values).toEqual(expect.arrayContaining([p50, p99, max]));
        expect(p50 <= p99 && p99 <= max && max === Math.max(...values)).toBe(true);
      }),
    );
  });
});

describe('a plan of kills', () => {
  test('names each process as often as asked, whatever the seed', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 20 }), (seed, times) => {
        const plan = shuffledPlan(['worker', 'api', 'mongodb'], times, createRandom(seed));
        expect([...plan].sort()).toEqual(shuffledPlan(['api', 'mongodb', 'worker'], times, () => 0.999).sort());
        expect(plan).toHaveLength(3 * times);
      }),
    );
  });

  test('is the same for the same seed and another for another', () => {
    const plan = (seed: number) => shuffledPlan([1, 2, 3, 4, 5], 10, createRandom(seed));
    expect(plan(4)).toEqual(plan(4));
    expect(plan(4)).not.toEqual(plan(5));
  });
});

describe('growth of memory', () => {
  const samples = (of: (second: number) => number) =>
    Array.from({ length: 101 }, (_, second) => ({ second, kilobytes: of(second) }));

  test('does not count the warm-up', () => {
    expect(growth(samples((second) => (second < 20 ? second * 50 : 1_000)))).toEqual({
      afterWarmUp: 1_000,
      atEnd: 1_000,
      changePct: 0,
    });
  });

  test('shows a leak', () => {
    expect(growth(samples((second) => 1_000 + 10 * second))?.changePct).toBeCloseTo((1_950 / 1_300 - 1) * 100, 0);
  });

  test('is not moved by a single high sample', () => {
    expect(growth(samples((second) => (second === 97 ? 9_000 : 1_000)))?.changePct).toBe(0);
  });

  test('is unknown without samples', () => {
    expect(growth([])).toBeNull();
  });
});

describe('a cycle between two looks', () => {
  const before = { cycle: 7, lastCycleAt: 10_000, nextCycleAt: 12_000 };

  test('is late by what passed since its promised time', () => {
    expect(cycleStep(before, { cycle: 8, lastCycleAt: 12_130, nextCycleAt: 14_000 }, 2_000)).toEqual({
      latenessMs: 130,
      skipped: 0,
    });
  });

  test('tells of times of the grid that passed while the one before ran', () => {
    const overran = { ...before, nextCycleAt: 16_000 };
    expect(cycleStep(overran, { cycle: 8, lastCycleAt: 16_010, nextCycleAt: 18_000 }, 2_000)).toEqual({
      latenessMs: 10,
      skipped: 2,
    });
  });

  test('says nothing where none ended or several did', () => {
    expect(cycleStep(before, before, 2_000)).toBeNull();
    expect(cycleStep(before, { cycle: 9, lastCycleAt: 14_000, nextCycleAt: 16_000 }, 2_000)).toBeNull();
    expect(cycleStep({ ...before, nextCycleAt: null }, { ...before, cycle: 8 }, 2_000)).toBeNull();
  });
});
