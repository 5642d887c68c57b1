import fc from 'fast-check';
import type { MeasurableRun } from '../../../trading/backtest/run.js';
import {
  deflatedScore,
  foldBoundaries,
  judgeTrials,
  mergeFindings,
  scorePeriod,
  type SearchShape,
} from '../../../trading/backtest/search.js';
import { chooseTrials, combination, combinations } from '../../../trading/backtest/trials.js';
import { candlesFromRows } from '../../../trading/market/columns.js';
import type { CandleRow } from '../../../trading/types.js';

const MINUTE = 60_000;
const candles = candlesFromRows(
  Array.from({ length: 600 }, (_, index): CandleRow => [index * MINUTE, 100, 101, 99, 100, 1]),
);

/** Equity that wanders by the trial's own sequence and drifts by `drift` a candle. */
function wander(seed: number, drift: number, end: number, warmUp: number): MeasurableRun {
  let state = seed * 7919 + 1;
  const time = Float64Array.from({ length: end - warmUp + 1 }, (_, index) => (warmUp + index) * MINUTE);
  const equity = new Float64Array(time.length).fill(1000);
  for (let index = 0; index < end; index++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    const place = index - warmUp + 1;
    if (place > 0) equity[place] = equity[place - 1]! * (1 + drift + (state / 0x7fffffff - 0.5) * 0.002);
  }
  const benchmark = new Float64Array(time.length).fill(1);
  return {
    trades: [],
    finalEquity: equity.at(-1)!,
    params: {},
    candles: end - warmUp,
    equity: { time, equity },
    benchmark,
  };
}

const shapeOf = (trials: number): SearchShape => ({
  grid: { n: Array.from({ length: trials }, (_, index) => index) },
  indices: Array.from({ length: trials }, (_, index) => index),
  boundaries: foldBoundaries(candles, 4),
  periodMs: MINUTE,
});

function search(trials: number, driftOf: (index: number) => number, batchSize = 7) {
  const shape = shapeOf(trials);
  const batches = [];
  for (let first = 0; first < trials; first += batchSize)
    batches.push(
      judgeTrials(
        candles,
        shape,
        shape.indices.slice(first, first + batchSize),
        (index) => (end, warmUp) => wander(index, driftOf(index), end, warmUp),
      ),
    );
  return { shape, batches, verdict: mergeFindings(batches) };
}

test('every combination of the grid has one place', () => {
  const grid = { a: [1, 2, 3], b: [10, 20], c: [5] };
  const all = Array.from({ length: combinations(grid) }, (_, index) => JSON.stringify(combination(grid, index)));
  expect(new Set(all).size).toBe(6);
  expect(combination(grid, 0)).toEqual({ a: 1, b: 10, c: 5 });
  expect(combination(grid, 5)).toEqual({ a: 3, b: 20, c: 5 });
});

test('a sample has as many different trials as asked, all inside the grid, the same for the same seed', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e12 }), fc.integer({ min: 1, max: 300 }), fc.nat(), (total, most, seed) => {
      const chosen = chooseTrials(total, most, seed);
      expect(new Set(chosen).size).toBe(Math.min(total, most));
      expect(chosen.every((index) => Number.isInteger(index) && index >= 0 && index < total)).toBe(true);
      expect(chooseTrials(total, most, seed)).toEqual(chosen);
    }),
    { numRuns: 100 },
  );
});

test('how the trials are batched, and in which order batches come back, plays no part', () => {
  const { verdict } = search(30, () => 0);
  expect(search(30, () => 0, 30).verdict).toEqual(verdict);
  expect(mergeFindings([...search(30, () => 0, 4).batches].reverse())).toEqual(verdict);
});

test('the best of many trials without skill is not believed, one with skill is', () => {
  const judged = (driftOf: (index: number) => number) => {
    const { verdict, shape } = search(200, driftOf);
    const best = verdict.ranked[0]!;
    const { equity } = wander(best.index, driftOf(best.index), candles.length, 0);
    return { best, deflated: deflatedScore(equity, shape.periodMs, verdict.scored, verdict.scoreVariance)! };
  };
  const lucky = judged(() => 0);
  expect(lucky.best.score).toBeGreaterThan(0.05);
  expect(lucky.deflated).toBeLessThan(0.9);
  const able = judged((index) => (index === 17 ? 0.0003 : 0));
  expect(able.best.index).toBe(17);
  expect(able.deflated).toBeGreaterThan(0.99);
});

test('a fold is judged by what the candles before it chose', () => {
  const { verdict, shape, batches } = search(40, (index) => (index === 3 ? 0.0004 : 0));
  expect(batches).toHaveLength(6);
  expect(verdict.walkForward.map((choice) => choice?.index)).toEqual([3, 3, 3, 3]);
  const start = shape.boundaries[1]! / MINUTE;
  const { finalEquity } = wander(3, 0.0004, shape.boundaries[2]! / MINUTE, start);
  expect(verdict.walkForward[1]!.returnPct).toBeCloseTo(100 * (finalEquity / 1000 - 1), 10);
});

test('combinations that exclude each other are listed without a score', () => {
  const findings = judgeTrials(candles, shapeOf(2), [0, 1], (index) => {
    if (index === 0) throw Object.assign(new Error('fast must be below slow'), { name: 'StrategyError' });
    return (end, warmUp) => wander(index, 0, end, warmUp);
  });
  const { ranked, scored, trials } = mergeFindings([findings]);
  expect({ trials, scored, last: ranked[1] }).toMatchObject({ trials: 2, scored: 1, last: { index: 0, score: null } });
});

test('scores are taken over the longest period of which there are enough', () => {
  expect(scorePeriod(100 * 1440 * MINUTE, MINUTE)).toBe(1440 * MINUTE);
  expect(scorePeriod(1200 * MINUTE, MINUTE)).toBe(15 * MINUTE);
  expect(scorePeriod(1200 * MINUTE, 240 * MINUTE)).toBe(240 * MINUTE);
});
