import { preparePlainRun } from '../../trading/backtest/plainRun.js';
import type { MeasurableRun } from '../../trading/backtest/run.js';
import { UsageError } from '../usage.js';
import type { LoadedMarket } from './load.js';
import type { ModelUse } from './model.js';
import type { BacktestOptions } from './options.js';

export interface BacktestRun extends MeasurableRun {
  /** The engine's own time, the best of the runs. */
  seconds: number;
  /** The models that were asked, where there were any. */
  models?: ModelUse[];
}

/** One strategy on one symbol by the contract's plain rules: all of it from the indicators to the last trade is timed. */
export function runPlain(
  markets: LoadedMarket[],
  options: BacktestOptions,
  say: (line: string) => unknown,
): BacktestRun {
  if (markets.length !== 1)
    throw new UsageError('--rules plain takes one --data; several symbols share their cash with --rules live');
  const { candles } = markets[0]!;
  const prepared = preparePlainRun(markets[0]!, options);
  if (candles.length <= prepared.strategyWarmUp + 1)
    say(`${candles.length} candles are too few for ${options.strategy}: it needs ${prepared.strategyWarmUp + 2}`);
  const { result, seconds } = bestOf(prepared.once, options.repeat, say);
  return { ...prepared.complete(result), seconds };
}

/** The best of `repeat` runs after one to warm up. */
export function bestOf<Result>(
  once: () => Result,
  repeat: number,
  say: (line: string) => unknown,
): { result: Result; seconds: number } {
  once();
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
