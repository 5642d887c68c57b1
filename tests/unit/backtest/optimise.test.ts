import fc from 'fast-check';
import {
  proposeRound,
  type Proposal,
  roundSizes,
  startupTrials,
  type Tried,
  triedOf,
} from '../../../trading/backtest/guided.js';
import { type Judged, proposeTrials } from '../../../trading/backtest/optimise.js';
import { type BatchFindings, mergeFindings } from '../../../trading/backtest/search.js';
import { chooseTrials, combination, combinations, type Grid } from '../../../trading/backtest/trials.js';

const values = (count: number): number[] => Array.from({ length: count }, (_, place) => place);
const gridOf = (...sizes: number[]): Grid => Object.fromEntries(sizes.map((size, p) => [`p${p}`, values(size)]));

/** Hills of which one is the highest: what a few parameters of a strategy look like without the noise. */
const hills = ([a = 0, b = 0, c = 0]: number[]): number =>
  -((a - 17) ** 2 + (b - a + 9) ** 2 + (c - 4) ** 2) / 60 + Math.cos(a * 2) / 3;

function optimised(grid: Grid, scoreOf: (index: number) => number | null, trials: number, seed: number): Judged[] {
  const judge = (index: number): Judged => ({ index, score: scoreOf(index) });
  const judged = chooseTrials(combinations(grid), startupTrials(trials), seed).map(judge);
  for (let round = 0; judged.length < trials; round++)
    judged.push(...proposeTrials(grid, judged, Math.min(10, trials - judged.length), seed + round).map(judge));
  return judged;
}

const best = (judged: readonly Judged[]): number => Math.max(...judged.map(({ score }) => score ?? -Infinity));

describe('the optimiser', () => {
  test('finds better places than as many drawn at random, nearly every time', () => {
    const grid = gridOf(25, 25, 25);
    const scoreOf = (index: number) => hills(Object.values(combination(grid, index)));
    let won = 0;
    for (let seed = 1; seed <= 20; seed++) {
      const random = Math.max(...chooseTrials(combinations(grid), 150, 1_000 + seed).map(scoreOf));
      if (best(optimised(grid, scoreOf, 150, seed)) > random) won += 1;
    }
    expect(won).toBeGreaterThanOrEqual(18);
  });

  test('finds the best of 400 places, of which half have no score, within 60 trials', () => {
    const grid = gridOf(20, 20);
    const scoreOf = (index: number) => {
      const [a = 0, b = 0] = Object.values(combination(grid, index));
      return a >= b ? null : -Math.abs(a - 5) - Math.abs(b - 9);
    };
    for (let seed = 1; seed <= 10; seed++) expect(best(optimised(grid, scoreOf, 60, seed))).toBeCloseTo(0, 12);
  });

  test('proposes trials that are inside the grid, new and all different, as many as there are, the same for a seed', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 4 }),
        fc.array(fc.tuple(fc.nat(1_300), fc.option(fc.double({ min: -5, max: 5, noNaN: true }))), { maxLength: 40 }),
        fc.integer({ min: 1, max: 30 }),
        fc.nat(),
        (sizes, tried, count, seed) => {
          const grid = gridOf(...sizes);
          const total = combinations(grid);
          const judged = [...new Map(tried.map(([index, score]) => [index % total, score]))].map(
            ([index, score]): Judged => ({ index, score }),
          );
          const proposed = proposeTrials(grid, judged, count, seed);
          expect(proposed).toHaveLength(Math.min(count, total - judged.length));
          expect(new Set([...proposed, ...judged.map(({ index }) => index)]).size).toBe(
            proposed.length + judged.length,
          );
          expect(proposed.every((index) => Number.isInteger(index) && index >= 0 && index < total)).toBe(true);
          expect(proposeTrials(grid, [...judged].reverse(), count, seed)).toEqual(proposed);
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('a guided search', () => {
  const grid = gridOf(12, 12, 12);
  const search = { grid, folds: 3, seed: 5 };
  const trial = (index: number): Tried['trials'][number] => {
    const score = hills(Object.values(combination(grid, index)));
    return [index, score, -score, score / 2, score];
  };
  const drawn: Tried = { knows: 0, trials: chooseTrials(1_728, 40, 1).map(trial) };
  const later = (proposals: Proposal[]): Tried[] =>
    proposals.map(({ knows, indices }) => ({ knows, trials: indices.map(trial) }));

  test('makes as many trials as asked, a fifth of them drawn', () => {
    fc.assert(
      fc.property(fc.integer({ min: 10, max: 2_000 }), fc.integer({ min: 1, max: 12 }), (trials, folds) => {
        const sizes = roundSizes(trials, folds);
        expect(startupTrials(trials) + sizes.reduce((a, b) => a + b, 0)).toBe(trials);
        expect(sizes.length).toBeLessThanOrEqual(12);
      }),
    );
  });

  test('asks an optimiser for each fold and one for all candles, and tries nothing twice in a round', () => {
    const round = proposeRound(search, [drawn], 24, 0);
    expect(round.map(({ knows, indices }) => [knows, indices.length])).toEqual([1, 2, 3, 4].map((each) => [each, 6]));
    expect(new Set(round.flatMap(({ indices }) => indices)).size).toBe(24);
    expect(proposeRound(search, [drawn], 24, 0)).toEqual(round);
    expect(proposeRound(search, [drawn], 24, 1)).not.toEqual(round);
  });

  test('tells the optimiser of a fold nothing that was found by looking at later candles', () => {
    const tried = [drawn, ...later(proposeRound(search, [drawn], 40, 0))];
    const next = proposeRound(search, tried, 40, 1);
    const others = tried.map((each) =>
      each.knows <= 2 ? each : { ...each, trials: each.trials.map(([index]) => trial((index + 7) % 1_728)) },
    );
    const changed = proposeRound(search, others, 40, 1);
    expect(changed.slice(0, 2)).toEqual(next.slice(0, 2));
    expect(changed.slice(2)).not.toEqual(next.slice(2));
    // And none of the scores that later folds or the whole gave.
    const blind = tried.map((each) => ({
      ...each,
      trials: each.trials.map(([index, first]): Tried['trials'][number] => [index, first!, 9, index % 5, -index]),
    }));
    expect(proposeRound(search, blind, 40, 1)[0]).toEqual(next[0]);
  });

  test('chooses for a fold among trials that no one proposed who knew it', () => {
    const batch = (knows: number, index: number, before: number): BatchFindings => ({
      knows,
      trials: [{ index, score: before, returnPct: 0, maxDrawdownPct: 0, trades: 1, before: [before, before] }],
      choices: [0, 1].map(() => ({ index, before, within: null, returnPct: 0 })),
    });
    const verdict = mergeFindings([
      batch(0, 1, 0.1),
      batch(0, 4, 0.2),
      batch(1, 2, 0.3),
      batch(2, 3, 0.5),
      batch(3, 2, 0.3),
    ]);
    expect(verdict.walkForward.map((choice) => choice?.index)).toEqual([2, 3]);
    expect(verdict.ranked.map(({ index }) => index)).toEqual([3, 2, 4, 1]);
    expect(verdict).toMatchObject({ trials: 4, scored: 4 });
    // Of the two that were drawn.
    expect(verdict.scoreVariance).toBeCloseTo(0.005, 12);
    expect(triedOf(batch(2, 3, 0.123456789))).toEqual({ knows: 2, trials: [[3, 0.123457, 0.123457, 0.123457]] });
  });
});
