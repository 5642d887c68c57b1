import { sliceCandles } from '../market/columns.js';
import { createStrategy, STRATEGIES, type StrategyName } from '../signals/registry.js';
import type { StrategyFactory } from '../signals/strategy.js';
import { TIMEFRAME_MS } from '../types.js';
import { equityCurve, holdingCurve } from './equity.js';
import type { PreparedRun, RunMarket, RunSetup } from './run.js';
import { runSingle } from './single.js';
import type { BacktestResult } from './types.js';

/** Confidence, as a fraction, from which a graded strategy buys or, on the other side, leaves. */
const ACTS_FROM = 0.5;

/**
 * One strategy on one symbol by the contract's plain rules.
 * @throws StrategyError on an unknown strategy, an unknown parameter or a value out of its range
 */
export function preparePlainRun(market: RunMarket, setup: RunSetup): PreparedRun<BacktestResult> {
  const { symbol, candles, warmUp, timeframe } = market;
  const strategy = createStrategy(setup.strategy, setup.params);
  const { exitsOnSignal }: StrategyFactory = STRATEGIES[setup.strategy as StrategyName];
  const rules = {
    ...setup,
    symbol,
    buyFrom: ACTS_FROM,
    sellFrom: exitsOnSignal ? -ACTS_FROM : Number.NEGATIVE_INFINITY,
  };
  return {
    strategyWarmUp: strategy.warmUp,
    once() {
      const votes = market.votes?.slice() ?? strategy.votes(candles);
      if (warmUp > 0) votes.fill(0, 0, warmUp - 1);
      return runSingle(candles, votes, rules);
    },
    complete(result) {
      const traded = sliceCandles(candles, warmUp);
      return {
        ...result,
        params: { ...strategy.params },
        candles: traded.length,
        equity: equityCurve(traded, result.trades, setup.cash, {
          feePct: setup.feePct,
          candleMs: TIMEFRAME_MS[timeframe],
        }),
        benchmark: holdingCurve(traded),
      };
    },
  };
}
