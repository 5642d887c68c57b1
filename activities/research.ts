/** The steps of backtests and searches. Candles stay in files, reports go to the database; histories get figures. */
import { activityInfo, cancellationSignal, heartbeat } from '@temporalio/activity';
import { type Proposal, proposeRound, type Tried } from '../trading/backtest/guided.js';
import type { BatchFindings } from '../trading/backtest/search.js';
import type { ResearchRun } from '../workflows/researchMessages.js';
import { withFailures } from './failures.js';
import type { ResearchDependencies } from './research/dependencies.js';
import { judge, type SearchSummary } from './research/judge.js';
import { type BacktestPlan, candlesFor, planBacktest, planSearch, type SearchPlan } from './research/plan.js';

export type { SearchSummary } from './research/judge.js';
export type { BacktestPlan, SearchPlan } from './research/plan.js';

/** What a history keeps of a finished run; the report itself is in `backtests`. */
export interface BacktestSummary {
  candles: number;
  trades: number;
  finalEquity: number;
  seconds: number;
}

export interface ResearchActivities {
  prepareBacktest(run: ResearchRun): Promise<BacktestPlan>;
  runBacktest(plan: BacktestPlan): Promise<BacktestSummary>;
  prepareSearch(run: ResearchRun): Promise<SearchPlan>;
  /** @param input the part of the plan's trials, or the trials themselves; `done`: finished when they were handed out */
  runTrials(
    input: { plan: SearchPlan; done: number } & ({ first: number; count: number } | Proposal),
  ): Promise<BatchFindings>;
  /** The next trials of a guided search, by what the earlier ones showed. */
  proposeTrials(input: { plan: SearchPlan; tried: Tried[]; round: number }): Promise<Proposal[]>;
  judgeSearch(input: { plan: SearchPlan; findings: BatchFindings[] }): Promise<SearchSummary>;
  endRun(end: { runId: string; status: 'FAILED' | 'CANCELLED'; error?: string }): Promise<void>;
}

const HEARTBEAT_MS = 1_000;
/** How far a run counts as done once its candles are there, fractions. */
const COLLECTED = { backtest: 0.8, search: 0.1 };

export function createResearchActivities(deps: ResearchDependencies): ResearchActivities {
  const { backtests } = deps.repositories;
  const activities: ResearchActivities = {
    prepareBacktest: (run) => alive(() => planBacktest(deps, run, (share) => collected(run, share))),
    prepareSearch: (run) => alive(() => planSearch(deps, run, (share) => collected(run, share))),
    runBacktest: (plan) =>
      alive(async () => {
        const file = await candlesFor(deps, plan);
        const { candles, spec } = plan;
        const report = await deps.pool.run({ kind: 'backtest', file, candles, spec }, cancellationSignal());
        await backtests.finish(plan.runId, { status: 'COMPLETED', result: { ...report } });
        deps.shelf.remove(plan.runId);
        const { tradesTotal: trades, finalEquity, seconds } = report;
        return { candles, trades, finalEquity, seconds };
      }),
    runTrials: ({ plan, done, ...part }) =>
      alive(async () => {
        const { runId, candles, spec, shape, trials } = plan;
        await backtests.progress(runId, COLLECTED.search + (0.98 - COLLECTED.search) * (done / trials));
        const file = await candlesFor(deps, plan);
        const indices = 'knows' in part ? part.indices : shape.indices.slice(part.first, part.first + part.count);
        const found = await deps.pool.run(
          { kind: 'trials', file, candles, spec, shape, indices },
          cancellationSignal(),
        );
        return 'knows' in part ? { ...found, knows: part.knows } : found;
      }),
    proposeTrials: async ({ plan: { shape, seed, rounds = [] }, tried, round }) =>
      proposeRound({ grid: shape.grid, folds: shape.boundaries.length, seed }, tried, rounds[round] ?? 0, round),
    judgeSearch: ({ plan, findings }) => alive(() => judge(deps, plan, findings)),
    endRun: async ({ runId, ...end }) => {
      await backtests.finish(runId, end);
      deps.shelf.remove(runId);
    },
  };
  return withFailures({ ...activities } as never) as ResearchActivities;

  async function collected({ runId, kind }: ResearchRun, share: number): Promise<void> {
    await backtests.progress(runId, COLLECTED[kind] * share);
  }
}

/** Heartbeats while the step works, so that a cancellation is heard and a dead worker is noticed. */
async function alive<T>(step: () => Promise<T>): Promise<T> {
  const tell = () => heartbeat({ attempt: activityInfo().attempt });
  tell();
  const timer = setInterval(tell, HEARTBEAT_MS);
  try {
    return await step();
  } finally {
    clearInterval(timer);
  }
}
