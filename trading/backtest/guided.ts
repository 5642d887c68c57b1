/**
 * A search whose later trials are chosen by what the earlier ones showed, without spoiling its own walk-forward: what
 * chose a trial may not be judged by it. So each fold has an optimiser that looks only at candles before the fold, another
 * one looks at all, and a trial is told apart by how much its proposer knew. A fold's choice is made among trials that were
 * proposed by no more than was known then.
 */
import { type Judged, proposeTrials } from './optimise.js';
import type { BatchFindings } from './search.js';
import type { Grid } from './trials.js';

/** What has been tried, as small as it can be told: the trial, then its score before each fold and on all candles. */
export interface Tried {
  /** How much the proposer knew: 0 nothing, f the candles before fold f (1 is the first), one more than the folds all. */
  knows: number;
  trials: [index: number, ...scores: (number | null)[]][];
}

/** Trials to make together, and what their proposer knew. */
export interface Proposal {
  knows: number;
  indices: number[];
}

/** Share of the trials that are drawn at random to begin with, and how often the optimisers are asked at most. */
const STARTUP_SHARE = 0.2;
const LEAST_STARTUP = 10;
const MOST_ROUNDS = 12;
/** Trials of one optimiser in one round, where the rounds allow it. */
const ROUND = 6;

/** How many of so many trials are drawn at random. */
export const startupTrials = (trials: number): number =>
  Math.min(trials, Math.max(LEAST_STARTUP, Math.ceil(STARTUP_SHARE * trials)));

/** Trials of each round, of all optimisers together; their sum is what the startup leaves. */
export function roundSizes(trials: number, folds: number): number[] {
  const left = trials - startupTrials(trials);
  const rounds = Math.min(MOST_ROUNDS, Math.ceil(left / ((folds + 1) * ROUND)));
  return shares(left, rounds);
}

/** The next round of a search with `folds` folds: each optimiser's proposals, the least knowing first. */
export function proposeRound(
  search: { grid: Grid; folds: number; seed: number },
  tried: readonly Tried[],
  size: number,
  round: number,
): Proposal[] {
  const { grid, folds, seed } = search;
  const proposals: Proposal[] = [];
  shares(size, folds + 1).forEach((count, optimiser) => {
    const knows = optimiser + 1;
    const allowed = tried.filter((each) => each.knows <= knows).flatMap(({ trials }) => trials);
    const judged = new Map(
      allowed.map(([index, ...scores]): [number, Judged] => [index, { index, score: scores[optimiser] ?? null }]),
    );
    // What less knowing ones propose in this very round is not to be tried twice.
    for (const { indices } of proposals)
      for (const index of indices) if (!judged.has(index)) judged.set(index, { index, score: null });
    const indices = proposeTrials(grid, [...judged.values()], count, seed + 7919 * (round * (folds + 1) + knows));
    if (indices.length > 0) proposals.push({ knows, indices });
  });
  return proposals;
}

/** A batch as the next proposals need it. Six digits are enough to say which of two scores is better. */
export const triedOf = ({ knows = 0, trials }: BatchFindings): Tried => ({
  knows,
  trials: trials.map(({ index, score, before = [] }) => [index, ...[...before, score].map(short)]),
});

const short = (score: number | null): number | null => (score === null ? null : Number(score.toPrecision(6)));

/** `total` in so many parts that differ by one at most. */
const shares = (total: number, parts: number): number[] =>
  Array.from(
    { length: parts },
    (_, part) => Math.floor(((part + 1) * total) / parts) - Math.floor((part * total) / parts),
  );
