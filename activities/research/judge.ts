/** The end of a search: trials in order, what the walk-forward says, and how far the best may be believed. */
import { cancellationSignal } from '@temporalio/activity';
import { specOfTrial } from '../../adapters/research/tasks.js';
import {
  type BatchFindings,
  mergeFindings,
  type SearchShape,
  type SearchVerdict,
  trialParams,
} from '../../trading/backtest/search.js';
import type { ResearchDependencies } from './dependencies.js';
import { candlesFor, type SearchPlan } from './plan.js';

export interface SearchSummary {
  trials: number;
  /** null where no trial traded. */
  best: Record<string, number> | null;
  deflatedSharpe: number | null;
}

/** Of the trials in the stored result, the best first. */
const KEPT_RESULTS = 500;
const YEAR_MS = 365 * 86_400_000;

export async function judge(
  deps: ResearchDependencies,
  plan: SearchPlan,
  batches: readonly BatchFindings[],
): Promise<SearchSummary> {
  const { runId, spec, shape, candles } = plan;
  const verdict = mergeFindings(batches);
  const best = await reportBest(deps, plan, verdict);
  const result = {
    ...{ strategy: spec.setup.strategy, symbol: spec.symbol, timeframe: spec.timeframe, rules: spec.rules },
    ...{ from: iso(plan.from), to: iso(plan.to), candles },
    ...{ trials: verdict.trials, scored: verdict.scored, combinations: plan.combinations },
    method: shape.guided ? 'tpe' : 'sample',
    scorePeriodMinutes: shape.periodMs / 60_000,
    best,
    walkForward: walkForward(plan, verdict),
    results: verdict.ranked.slice(0, KEPT_RESULTS).map(({ index, score, returnPct, maxDrawdownPct, trades }) => ({
      params: trialParams(shape, index),
      metrics: { totalReturnPct: returnPct, maxDrawdownPct, sharpe: yearly(shape, score), trades },
    })),
  };
  await deps.repositories.backtests.finish(runId, { status: 'COMPLETED', result });
  deps.shelf.remove(runId);
  return { trials: verdict.trials, best: best?.params ?? null, deflatedSharpe: best?.deflatedSharpe ?? null };
}

/** The best trial's whole report, and the probability that it is more than the luck of so many trials. */
async function reportBest(deps: ResearchDependencies, plan: SearchPlan, verdict: SearchVerdict) {
  const [first] = verdict.ranked;
  if (!first || first.score === null) return null;
  const { candles, spec, shape } = plan;
  const { report, deflatedSharpe } = await deps.pool.run(
    {
      kind: 'best',
      file: await candlesFor(deps, plan),
      candles,
      spec: specOfTrial(spec, shape, first.index),
      periodMs: shape.periodMs,
      // A guided search could have gone anywhere in its grid: it is held to the best of all of it.
      trials: shape.guided ? plan.combinations : verdict.scored,
      scoreVariance: verdict.scoreVariance,
    },
    cancellationSignal(),
  );
  return { ...report, params: { ...report.params, ...trialParams(shape, first.index) }, deflatedSharpe };
}

/** Each fold: what was chosen by the candles before it, and what came of it. Sharpe ratios annualised. */
function walkForward({ shape, to }: SearchPlan, verdict: SearchVerdict) {
  const folds = verdict.walkForward.map((choice, fold) => ({
    from: iso(shape.boundaries[fold]!),
    to: iso(shape.boundaries[fold + 1] ?? to),
    params: choice ? trialParams(shape, choice.index) : null,
    sharpeBefore: yearly(shape, choice?.before ?? null),
    sharpeWithin: yearly(shape, choice?.within ?? null),
    returnPct: choice?.returnPct ?? null,
  }));
  const growth = folds.reduce((product, { returnPct }) => product * (1 + (returnPct ?? 0) / 100), 1);
  return { folds, returnPct: 100 * (growth - 1) };
}

const yearly = ({ periodMs }: SearchShape, score: number | null): number | null =>
  score === null ? null : score * Math.sqrt(YEAR_MS / periodMs);
const iso = (time: number): string => new Date(time).toISOString();
