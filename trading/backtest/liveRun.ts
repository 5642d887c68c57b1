import { sliceCandles } from '../market/columns.js';
import { createStrategy } from '../signals/registry.js';
import { TIMEFRAME_MS, type TradingConfig } from '../types.js';
import { type PortfolioResult, runPortfolio } from './portfolio.js';
import type { PreparedRun, RunMarket, RunSetup } from './run.js';
import { spotRules } from './spotRules.js';

/**
 * Any strategy on any number of symbols by the rules of the trading loop; limits come from the configuration, stop,
 * target and size from it too, so the caller lays the setup's own over it.
 * @throws StrategyError on an unknown strategy, an unknown parameter or a value out of its range
 */
export function prepareLiveRun(
  markets: readonly RunMarket[],
  setup: RunSetup,
  config: TradingConfig,
): PreparedRun<PortfolioResult> {
  const strategy = createStrategy(setup.strategy, setup.params);
  const { feePct, slippagePct, cash, withoutModel, minNotional } = setup;
  return {
    strategyWarmUp: strategy.warmUp,
    once: () =>
      runPortfolio(
        markets.map(({ symbol, candles, warmUp, detail, rules, votes, probability }) => ({
          symbol,
          candles,
          warmUp,
          detail,
          votes: votes ?? strategy.votes(candles),
          ...(probability ? { probability: probability() } : {}),
          rules: rules ?? spotRules(symbol, { price: candles.close[0]!, feePct, minNotional }),
        })),
        { config, cash, feePct, slippagePct, withoutModel },
      ),
    complete: (result) => ({
      ...result,
      params: { ...strategy.params },
      candles: markets.reduce((sum, { candles, warmUp }) => sum + candles.length - warmUp, 0),
      equity: { time: result.time, equity: result.equity },
      benchmark: benchmarkOf(markets, result.time),
    }),
  };
}

/** Equal shares of all symbols, bought at their first open; before a symbol begins its share is cash. */
function benchmarkOf(markets: readonly RunMarket[], time: Float64Array): Float64Array {
  const out = new Float64Array(time.length);
  for (const { candles: all, warmUp, timeframe } of markets) {
    const candles = sliceCandles(all, warmUp);
    let cursor = -1;
    for (let index = 0; index < time.length; index++) {
      while (cursor + 1 < candles.length && candles.timestamp[cursor + 1]! + TIMEFRAME_MS[timeframe] <= time[index]!)
        cursor += 1;
      out[index] = out[index]! + (cursor < 0 ? 1 : candles.close[cursor]! / candles.open[0]!) / markets.length;
    }
  }
  return out;
}
