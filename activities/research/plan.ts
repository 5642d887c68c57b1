/** From a request to a plan that any worker can carry out: checked, its span fixed, its candles on the shelf. */
import { cancellationSignal } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { loadDefaultConfig } from '../../adapters/config/defaults.js';
import type { RunSpec } from '../../adapters/research/tasks.js';
import { readCandles } from '../../adapters/training/files.js';
import { collectHistory } from '../../adapters/training/history.js';
import { roundSizes, startupTrials } from '../../trading/backtest/guided.js';
import { foldBoundaries, scorePeriod, type SearchShape } from '../../trading/backtest/search.js';
import { chooseTrials, combinations } from '../../trading/backtest/trials.js';
import { parseTime } from '../../trading/parseTime.js';
import { type Setup, setupProblems } from '../../trading/signals/setup.js';
import { type CandleColumns, TIMEFRAME_MS, type Timeframe } from '../../trading/types.js';
import type { ResearchRequest, ResearchRun } from '../../workflows/researchMessages.js';
import type { ResearchDependencies } from './dependencies.js';

export interface BacktestPlan {
  runId: string;
  /** Openings from `from` up to, not including, `to`; ms UTC. */
  from: number;
  to: number;
  candles: number;
  spec: RunSpec;
}

export interface SearchPlan extends BacktestPlan {
  shape: SearchShape;
  trials: number;
  /** Combinations in the grid; more than `trials` where not all are tried. */
  combinations: number;
  batchSize: number;
  seed: number;
  /** Of a guided search: how many trials each of its rounds makes. */
  rounds?: number[];
}

type Progress = (share: number) => Promise<void>;

/** Of a run without a beginning. */
const DEFAULT_CANDLES = 10_000;
const MOST_CANDLES = 1_000_000;
export const MOST_TRIALS = 10_000;
/** Of a guided search: all scores go into every round's question. */
const MOST_GUIDED = 2_000;
const USUAL_GUIDED = 200;
const MOST_FOLDS = 12;
/** So that a history has at most so many batches. */
const MOST_BATCHES = 100;
const LEAST_BATCH = 5;
/** Guided rounds are short, and all threads wait for their end. */
const MOST_GUIDED_BATCH = 4;
/** A fold shorter than this judges nothing. */
const LEAST_FOLD_CANDLES = 50;

export async function planBacktest(
  deps: ResearchDependencies,
  run: ResearchRun,
  progress: Progress,
): Promise<BacktestPlan> {
  const { strategy, params } = run.request;
  checkSetup({ strategy, params });
  return (await planRun(deps, run, progress)).plan;
}

export async function planSearch(
  deps: ResearchDependencies,
  run: ResearchRun,
  progress: Progress,
): Promise<SearchPlan> {
  const { strategy, grid = {}, method = 'sample', seed = 1, folds = 4 } = run.request;
  const guided = method === 'tpe';
  const maxTrials = run.request.maxTrials ?? (guided ? USUAL_GUIDED : undefined);
  const mostTrials = guided ? MOST_GUIDED : MOST_TRIALS;
  checkSetup({ strategy, grid });
  if (!Number.isInteger(folds) || folds < 1 || folds > MOST_FOLDS)
    throw wrong(`folds must be a whole number from 1 to ${MOST_FOLDS}, not ${folds}`);
  if (maxTrials !== undefined && !(Number.isInteger(maxTrials) && maxTrials >= 1 && maxTrials <= mostTrials))
    throw wrong(`maxTrials must be a whole number from 1 to ${mostTrials}, not ${maxTrials}`);
  const total = combinations(grid);
  if (!Number.isSafeInteger(total)) throw wrong('grid: there are more combinations than can be counted');
  if (maxTrials === undefined && total > MOST_TRIALS)
    throw wrong(
      `grid: ${total} combinations are more than ${MOST_TRIALS}; take fewer values, a random sample with maxTrials, or the method tpe`,
    );
  const { plan, candles } = await planRun(deps, run, progress);
  const least = LEAST_FOLD_CANDLES * (folds + 1);
  if (candles.length < least)
    throw wrong(`${candles.length} candles are too few for ${folds} folds: at least ${least} are needed`);
  const trials = Math.min(total, maxTrials ?? MOST_TRIALS);
  const chooses = guided && trials < total;
  const boundaries = foldBoundaries(candles, folds);
  const periodMs = scorePeriod(boundaries[0]! - plan.from, TIMEFRAME_MS[plan.spec.timeframe]);
  const indices = chooseTrials(total, chooses ? startupTrials(trials) : trials, seed);
  const batchSize = Math.max(LEAST_BATCH, Math.ceil(trials / MOST_BATCHES));
  return {
    ...plan,
    shape: { grid, indices, boundaries, periodMs, ...(chooses ? { guided: true } : {}) },
    ...{ trials, combinations: total, seed },
    batchSize: chooses ? Math.min(MOST_GUIDED_BATCH, batchSize) : batchSize,
    ...(chooses ? { rounds: roundSizes(trials, folds) } : {}),
  };
}

/** The run's candles on this worker, collected where they are not here yet. */
export async function candlesFor(
  { shelf, venue }: ResearchDependencies,
  {
    runId,
    from,
    to,
    spec: { symbol, timeframe },
  }: Pick<BacktestPlan, 'runId' | 'from' | 'to'> & {
    spec: Pick<RunSpec, 'symbol' | 'timeframe'>;
  },
  told: (candles: number) => void = () => undefined,
): Promise<string> {
  const signal = cancellationSignal();
  return shelf.ensure(runId, () =>
    collectHistory(venue().exchange.market, {
      ...{ symbol, timeframe, from, to },
      onPage(candles) {
        signal.throwIfAborted();
        told(candles);
      },
    }),
  );
}

async function planRun(
  deps: ResearchDependencies,
  { runId, userId, request }: ResearchRun,
  progress: Progress,
): Promise<{ plan: BacktestPlan; candles: CandleColumns }> {
  await progress(0);
  const { symbol } = request;
  const { market } = deps.venue().exchange;
  const timeframe = timeframeOf(request.timeframe);
  const symbolRules = (await market.symbolRules()).get(symbol);
  if (!symbolRules) throw wrong(`symbol: the exchange does not list "${symbol}"`);
  const newest = (await market.tickers([symbol])).get(symbol)!.marketTime;
  const { from, to } = spanOf(request, timeframe, newest);
  const expected = (to - from) / TIMEFRAME_MS[timeframe];
  let told = Date.now();
  const file = await candlesFor(deps, { runId, from, to, spec: { symbol, timeframe } }, (candles) => {
    if (Date.now() - told < 500) return;
    told = Date.now();
    void progress(candles / expected).catch(() => undefined);
  });
  const candles = readCandles(file);
  if (candles.length < 2) {
    deps.shelf.remove(runId);
    throw wrong(`the exchange has no candles of ${symbol} ${timeframe} from ${iso(from)} to ${iso(to)}`);
  }
  await progress(1);
  const spec = { ...(await tradedBy(deps, userId, request)), symbol, timeframe, symbolRules };
  return { plan: { runId, from, to, candles: candles.length, spec }, candles };
}

/** The user's own limits, with what was asked laid over them. */
async function tradedBy(
  { repositories }: ResearchDependencies,
  userId: string,
  request: ResearchRequest,
): Promise<Pick<RunSpec, 'setup' | 'rules' | 'config'>> {
  const own = (await repositories.config.get(userId)) ?? loadDefaultConfig();
  const { strategy, params = {}, stopLossPct = 1, takeProfitPct = 2, cash = 10_000 } = request;
  const { feePct = 0.1, slippagePct = 0 } = request;
  const rules = strategy === 'ensemble' ? 'live' : 'plain';
  // Live refuses what is above its limits; asking for all of the cash means as much as they allow.
  const most = Math.min(own.risk.maxExposurePct, own.risk.maxCorrelatedExposurePct);
  const sizePct = rules === 'plain' ? (request.sizePct ?? 100) : Math.min(request.sizePct ?? own.positionSizePct, most);
  const config = {
    ...loadDefaultConfig(),
    ...{ tradingMode: own.tradingMode, maxDailyLossPct: own.maxDailyLossPct, maxPositions: own.maxPositions },
    ...{ timeZone: own.timeZone, risk: { ...own.risk }, exits: { ...own.exits } },
    ...{ mode: 'paper' as const, entryPolicy: 'ensemble' as const },
    ...{ symbols: [request.symbol], timeframe: request.timeframe as Timeframe },
    ...{ stopLossPct, takeProfitPct, positionSizePct: sizePct },
  };
  return {
    rules,
    config,
    setup: { strategy, params, stopLossPct, takeProfitPct, cash, sizePct, feePct, slippagePct },
  };
}

/** On the timeframe's grid, and of closed candles only. */
function spanOf(request: ResearchRequest, timeframe: Timeframe, newest: number): { from: number; to: number } {
  const step = TIMEFRAME_MS[timeframe];
  const closed = Math.floor(newest / step) * step;
  const asked = request.to === undefined ? closed : timeOf('to', request.to);
  const to = Math.min(closed, Math.ceil(asked / step) * step);
  const from =
    request.from === undefined ? to - DEFAULT_CANDLES * step : Math.ceil(timeOf('from', request.from) / step) * step;
  if (request.from !== undefined && timeOf('from', request.from) >= asked)
    throw wrong(`from (${request.from}) must be before to (${request.to ?? `now, ${iso(closed)}`})`);
  if (from >= to)
    throw wrong(
      `the exchange has no candles of ${request.symbol} ${timeframe} from ${iso(from)} on: its newest closed one ends at ${iso(closed)}`,
    );
  const candles = (to - from) / step;
  if (candles > MOST_CANDLES)
    throw wrong(`from ${iso(from)} to ${iso(to)} are ${candles} candles of ${timeframe}; at most ${MOST_CANDLES}`);
  return { from, to };
}

function timeframeOf(name: string): Timeframe {
  if (Object.hasOwn(TIMEFRAME_MS, name)) return name as Timeframe;
  throw wrong(`timeframe "${name}" is none of ${Object.keys(TIMEFRAME_MS).join(', ')}`);
}

function timeOf(name: string, text: string): number {
  const time = parseTime(text);
  if (Number.isNaN(time)) throw wrong(`${name} must be a time such as 2024-08-01T00:00:00Z, not "${text}"`);
  return time;
}

function checkSetup(setup: Setup): void {
  const [problem] = setupProblems(setup);
  if (problem) throw wrong(problem.message);
}

/** A request that is wrong stays wrong however often it is tried. */
const wrong = (message: string): ApplicationFailure => ApplicationFailure.nonRetryable(message, 'BadRequest');

const iso = (time: number): string => new Date(time).toISOString();
