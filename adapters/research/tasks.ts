/** What a research thread can be asked for. Candles come by file, so that all trials of a search share them. */
import { prepareLiveRun } from '../../trading/backtest/liveRun.js';
import { preparePlainRun } from '../../trading/backtest/plainRun.js';
import { type RunReport, runReport } from '../../trading/backtest/report.js';
import type { MeasurableRun, PreparedRun, RunMarket, RunSetup } from '../../trading/backtest/run.js';
import {
  type BatchFindings,
  deflatedScore,
  judgeTrials,
  type SearchShape,
  trialParams,
} from '../../trading/backtest/search.js';
import type { BacktestResult } from '../../trading/backtest/types.js';
import { sliceCandles } from '../../trading/market/columns.js';
import { createStrategy } from '../../trading/signals/registry.js';
import type { CandleColumns, SymbolRules, Timeframe, TradingConfig } from '../../trading/types.js';
import { readCandles } from '../training/files.js';

/** One market and how it is traded; everything that a run's outcome depends on but the candles. */
export interface RunSpec {
  symbol: string;
  timeframe: Timeframe;
  setup: RunSetup;
  rules: 'plain' | 'live';
  /** The user's limits with the setup's stop, target and size laid over them; asked by the live rules. */
  config: TradingConfig;
  symbolRules: SymbolRules;
}

interface TaskData {
  /** Path of the candle file, and how many candles the plan was made on. */
  file: string;
  candles: number;
  spec: RunSpec;
}

export type ResearchTask =
  | ({ kind: 'backtest' } & TaskData)
  | ({ kind: 'trials'; shape: SearchShape; indices: number[] } & TaskData)
  | ({ kind: 'best'; periodMs: number; trials: number; scoreVariance: number } & TaskData);

export interface BestReport {
  report: RunReport;
  deflatedSharpe: number | null;
}

interface Answers {
  backtest: RunReport;
  trials: BatchFindings;
  best: BestReport;
}
export type ResearchAnswer<Task extends ResearchTask> = Answers[Task['kind']];

export function runTask(task: ResearchTask): Answers[keyof Answers] {
  const candles = candlesOf(task.file);
  if (candles.length !== task.candles)
    throw new Error(`the exchange gave ${candles.length} candles here, and ${task.candles} when the run was planned`);
  if (task.kind === 'backtest') return backtest(candles, task.spec).report;
  if (task.kind === 'best') {
    const { run, report } = backtest(candles, task.spec);
    return { report, deflatedSharpe: deflatedScore(run.equity, task.periodMs, task.trials, task.scoreVariance) };
  }
  return judgeTrials(candles, task.shape, task.indices, (index) =>
    trialOn(candles, specOfTrial(task.spec, task.shape, index)),
  );
}

function backtest(candles: CandleColumns, spec: RunSpec): { run: MeasurableRun; report: RunReport } {
  const prepared = prepare(candles, 0, spec);
  const started = performance.now();
  const result = prepared.once();
  const seconds = (performance.now() - started) / 1000;
  const run = prepared.complete(result);
  return { run, report: runReport(run, { ...spec, candles, seconds }) };
}

/** A trial's parameters over the setup's; stop and target may be searched too. */
export function specOfTrial(spec: RunSpec, shape: SearchShape, index: number): RunSpec {
  const { stopLossPct, takeProfitPct, ...params } = trialParams(shape, index);
  const exits = {
    stopLossPct: stopLossPct ?? spec.setup.stopLossPct,
    takeProfitPct: takeProfitPct ?? spec.setup.takeProfitPct,
  };
  return { ...spec, setup: { ...spec.setup, ...exits, params }, config: { ...spec.config, ...exits } };
}

/** The votes are computed once, and all folds take their part of them. */
function trialOn(candles: CandleColumns, spec: RunSpec): (end: number, warmUp: number) => MeasurableRun {
  const votes = createStrategy(spec.setup.strategy, spec.setup.params).votes(candles);
  return (end, warmUp) => {
    const prepared = prepare(sliceCandles(candles, 0, end), warmUp, spec, votes.subarray(0, end));
    return prepared.complete(prepared.once());
  };
}

/** The two sets of rules as one: each completes the result that it made itself. */
function prepare(
  candles: CandleColumns,
  warmUp: number,
  spec: RunSpec,
  votes?: Float64Array,
): PreparedRun<BacktestResult> {
  const market: RunMarket = { ...spec, candles, warmUp, votes, rules: spec.symbolRules };
  if (spec.rules === 'plain') return preparePlainRun(market, spec.setup);
  return prepareLiveRun([market], spec.setup, spec.config) as PreparedRun<BacktestResult>;
}

/** The candle file of the last task. */
let kept: { path: string; candles: CandleColumns } | null = null;

function candlesOf(path: string): CandleColumns {
  if (kept?.path !== path) kept = { path, candles: readCandles(path) };
  return kept.candles;
}
