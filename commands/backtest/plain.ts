import { equityCurve, holdingCurve, runSingle } from '../../trading/backtest/index.js';
import type { BacktestResult } from '../../trading/backtest/types.js';
import { sliceCandles } from '../../trading/market/columns.js';
import type { EquityCurve } from '../../trading/metrics/returns.js';
import { createStrategy, STRATEGIES, type StrategyName } from '../../trading/signals/registry.js';
import type { StrategyFactory } from '../../trading/signals/strategy.js';
import { TIMEFRAME_MS } from '../../trading/types.js';
import { UsageError } from '../usage.js';
import type { LoadedMarket } from './load.js';
import type { BacktestOptions } from './options.js';

export interface BacktestRun extends BacktestResult {
  params: Record<string, number>;
  candles: number;
  seconds: number;
  equity: EquityCurve;
  benchmark: Float64Array;
  /** Refused entries by code, where the live rules were asked. */
  refusals?: Record<string, number>;
}

/** Confidence, as a fraction, from which a graded strategy buys or, on the other side, leaves. */
const ACTS_FROM = 0.5;

/** One strategy on one symbol by the contract's plain rules: all of it from the indicators to the last trade is timed. */
export function runPlain(
  markets: LoadedMarket[],
  options: BacktestOptions,
  say: (line: string) => unknown,
): BacktestRun {
  if (markets.length !== 1)
    throw new UsageError('--rules plain takes one --data; several symbols share their cash with --rules live');
  const { symbol, candles, warmUp, timeframe } = markets[0]!;
  const strategy = createStrategy(options.strategy, options.params);
  if (candles.length <= strategy.warmUp + 1)
    say(`${candles.length} candles are too few for ${options.strategy}: it needs ${strategy.warmUp + 2}`);
  const { exitsOnSignal }: StrategyFactory = STRATEGIES[options.strategy as StrategyName];
  const rules = {
    ...options,
    symbol,
    buyFrom: ACTS_FROM,
    sellFrom: exitsOnSignal ? -ACTS_FROM : Number.NEGATIVE_INFINITY,
  };
  const once = (): BacktestResult => {
    const votes = strategy.votes(candles);
    if (warmUp > 0) votes.fill(0, 0, warmUp - 1);
    return runSingle(candles, votes, rules);
  };
  const { result, seconds } = bestOf(once, options.repeat, say);
  const candleMs = TIMEFRAME_MS[timeframe];
  return {
    ...result,
    params: { ...strategy.params },
    candles: candles.length - warmUp,
    seconds,
    equity: equityCurve(sliceCandles(candles, warmUp), result.trades, options.cash, {
      feePct: options.feePct,
      candleMs,
    }),
    benchmark: holdingCurve(sliceCandles(candles, warmUp)),
  };
}

/** The best of `repeat` runs after one to warm up; a single run without `--repeat`. */
export function bestOf<Result>(
  once: () => Result,
  repeat: number,
  say: (line: string) => unknown,
): { result: Result; seconds: number } {
  if (repeat > 1) once();
  let seconds = Number.POSITIVE_INFINITY;
  let result: Result | undefined;
  let told = performance.now();
  for (let run = 1; run <= repeat; run++) {
    const started = performance.now();
    result = once();
    seconds = Math.min(seconds, (performance.now() - started) / 1000);
    if (performance.now() - told > 2000) {
      say(`run ${run} of ${repeat}, best ${seconds.toFixed(6)} s`);
      told = performance.now();
    }
  }
  return { result: result!, seconds };
}
