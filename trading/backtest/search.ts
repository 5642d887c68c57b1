import { deflatedSharpe, drawdown, type EquityCurve, simpleReturns } from '../metrics/index.js';
import { deviation, mean } from '../metrics/statistics.js';
import { firstAtOrAfter } from '../market/columns.js';
import type { CandleColumns } from '../types.js';
import type { MeasurableRun } from './run.js';
import { combination, type Grid } from './trials.js';

/** Everything that says what a search does; each part of it can be computed again anywhere from this. */
export interface SearchShape {
  grid: Grid;
  /** The trials' places in the grid. */
  indices: number[];
  /** Opening times, ms UTC, at which the walk-forward folds begin; a fold is chosen for on all candles before it. */
  boundaries: number[];
  /** Returns are taken over this, ms: the same for all trials and folds. */
  periodMs: number;
  /** Later trials are chosen by the scores of earlier ones (see ./guided.ts); `indices` are those to begin with. */
  guided?: boolean;
}

/** One trial on all candles, and on each fold what chose (before) and what came of it (within). null: not defined. */
export interface TrialFindings {
  index: number;
  /** Mean / deviation of the periods' returns, not annualised; null without trades or where parameters exclude each other. */
  score: number | null;
  returnPct: number;
  maxDrawdownPct: number;
  trades: number;
  folds: { before: number | null; within: number | null; returnPct: number }[];
}

/** Without its folds, so that a history stays small; of a guided search with the scores that chose for them. */
export interface TrialSummary extends Omit<TrialFindings, 'folds'> {
  before?: (number | null)[];
}

export interface BatchFindings {
  trials: TrialSummary[];
  /** Of a guided search: how much was known to what proposed these trials (see `Tried`). */
  knows?: number;
  /** Of each fold, the batch's own choice. */
  choices: FoldChoice[];
}

export type FoldChoice = { index: number; before: number; within: number | null; returnPct: number } | null;

export const trialParams = ({ grid }: Pick<SearchShape, 'grid'>, index: number): Record<string, number> =>
  combination(grid, index);

/** Prepares one trial; what it returns runs it on the candles before `end`, trading from `warmUp` on. */
export type OpenTrial = (index: number) => (end: number, warmUp: number) => MeasurableRun;

/** Walk-forward: what is chosen by the candles before a fold is judged on the fold, from a fresh account. */
export function judgeTrials(
  candles: CandleColumns,
  shape: SearchShape,
  indices: readonly number[],
  open: OpenTrial,
): BatchFindings {
  const starts = shape.boundaries.map((time) => firstAtOrAfter(candles.timestamp, time));
  const trials = indices.map((index) => judgeTrial(candles, shape, starts, index, open));
  return {
    trials: trials.map(({ folds, ...trial }) => ({
      ...trial,
      ...(shape.guided ? { before: folds.map(({ before }) => before) } : {}),
    })),
    choices: starts.map((_, fold) =>
      trials.reduce<FoldChoice>((best, { index, folds }) => {
        const found = folds[fold];
        return !found || found.before === null ? best : better(best, { ...found, index, before: found.before });
      }, null),
    ),
  };
}

function judgeTrial(
  candles: CandleColumns,
  { periodMs }: SearchShape,
  starts: readonly number[],
  index: number,
  open: OpenTrial,
): TrialFindings {
  try {
    const run = open(index);
    const whole = run(candles.length, 0);
    return {
      index,
      score: score(whole.equity, periodMs),
      returnPct: growthPct(whole.equity),
      maxDrawdownPct: 100 * drawdown(whole.equity).depth,
      trades: whole.trades.length,
      folds: starts.map((start, fold) => {
        const before = run(start, 0);
        const within = run(starts[fold + 1] ?? candles.length, start);
        return {
          before: score(before.equity, periodMs),
          within: score(within.equity, periodMs),
          returnPct: growthPct(within.equity),
        };
      }),
    };
  } catch (error) {
    // Parameters that exclude each other (a fast average above the slow one) are a combination without a result.
    if (!(error instanceof Error && error.name === 'StrategyError')) throw error;
    return { index, score: null, returnPct: 0, maxDrawdownPct: 0, trades: 0, folds: [] };
  }
}

/** The surer of two choices; equal ones by their place in the grid, so that the order of the batches plays no part. */
export function better(a: FoldChoice, b: FoldChoice): FoldChoice {
  if (!a || !b) return a ?? b;
  return b.before > a.before || (b.before === a.before && b.index < a.index) ? b : a;
}

export interface SearchVerdict {
  trials: number;
  /** Trials with a defined score: those that the deflated Sharpe ratio counts. */
  scored: number;
  /** Best first; without a score last. */
  ranked: TrialSummary[];
  /** Variance of the scores per period, over the trials that were drawn and not chosen by others' scores. */
  scoreVariance: number;
  walkForward: FoldChoice[];
}

/** All batches together. A fold is chosen for among trials that nobody proposed who knew it or what came after. */
export function mergeFindings(batches: readonly BatchFindings[]): SearchVerdict {
  const byIndex = new Map(batches.flatMap(({ trials }) => trials.map((trial) => [trial.index, trial] as const)));
  const ranked = [...byIndex.values()];
  ranked.sort(
    (a, b) => (b.score ?? Number.NEGATIVE_INFINITY) - (a.score ?? Number.NEGATIVE_INFINITY) || a.index - b.index,
  );
  const folds = batches[0]?.choices.length ?? 0;
  const isDrawn = new Set(
    batches.flatMap(({ knows = 0, trials }) => (knows === 0 ? trials.map(({ index }) => index) : [])),
  );
  const drawn = scoresOf(ranked.filter(({ index }) => isDrawn.has(index)));
  return {
    trials: ranked.length,
    scored: scoresOf(ranked).length,
    ranked,
    scoreVariance: drawn.length < 2 ? 0 : deviation(drawn) ** 2,
    walkForward: Array.from({ length: folds }, (_, fold) =>
      batches
        .filter(({ knows = 0 }) => knows <= fold + 1)
        .map(({ choices }) => choices[fold] ?? null)
        .reduce(better, null),
    ),
  };
}

const scoresOf = (trials: readonly TrialSummary[]): number[] =>
  trials.flatMap(({ score: each }) => (each === null ? [] : [each]));

/**
 * Probability that the best trial's true Sharpe ratio exceeds what the best of so many without skill would show
 * (Bailey and López de Prado 2014), on returns over `periodMs`; null where it is not defined.
 */
export function deflatedScore(
  equity: EquityCurve,
  periodMs: number,
  trials: number,
  scoreVariance: number,
): number | null {
  const value = deflatedSharpe(returnsOver(equity, periodMs), trials, scoreVariance);
  return Number.isFinite(value) ? value : null;
}

const MINUTE = 60_000;
const PERIODS = [1_440, 240, 60, 15, 5, 1].map((minutes) => minutes * MINUTE);
/** Below this a Sharpe ratio says nothing. */
const LEAST_PERIODS = 40;

/** The longest period, up to a day, of which the first fold's candles hold enough; never shorter than a candle. */
export function scorePeriod(spanMs: number, candleMs: number): number {
  return PERIODS.find((period) => period <= candleMs || spanMs / period >= LEAST_PERIODS) ?? candleMs;
}

/** Equal parts; the first is only chosen on, each other one is judged on. Opening times of the others. */
export function foldBoundaries({ timestamp, length }: CandleColumns, folds: number): number[] {
  return Array.from(
    { length: folds },
    (_, fold) => timestamp[Math.min(length - 1, Math.floor(((fold + 1) * length) / (folds + 1)))]!,
  );
}

function score(equity: EquityCurve, periodMs: number): number | null {
  const returns = returnsOver(equity, periodMs);
  const value = mean(returns) / deviation(returns);
  return Number.isFinite(value) ? value : null;
}

/** Simple returns between the last values of the periods, on the grid of UTC; the first value of all in front. */
function returnsOver({ time, equity }: EquityCurve, periodMs: number): Float64Array {
  const values: number[] = time.length > 0 ? [equity[0]!] : [];
  for (let index = 1; index < time.length; index++) {
    const ends = index === time.length - 1 || periodOf(time[index + 1]!) !== periodOf(time[index]!);
    if (ends) values.push(equity[index]!);
  }
  return simpleReturns(values);

  /** A value at a period's end belongs to it. */
  function periodOf(at: number): number {
    return Math.floor((at - 1) / periodMs);
  }
}

function growthPct({ equity }: EquityCurve): number {
  return equity.length < 1 ? 0 : 100 * (equity[equity.length - 1]! / equity[0]! - 1);
}
