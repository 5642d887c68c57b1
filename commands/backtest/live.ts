import { readFileSync } from 'node:fs';
import { runPortfolio } from '../../trading/backtest/index.js';
import { sliceCandles } from '../../trading/market/columns.js';
import { createStrategy } from '../../trading/signals/registry.js';
import {
  type ExitSettings,
  type RiskSettings,
  type SymbolRules,
  TIMEFRAME_MS,
  type TradingConfig,
} from '../../trading/types.js';
import { UsageError } from '../usage.js';
import type { LoadedMarket } from './load.js';
import type { BacktestOptions } from './options.js';
import { bestOf, type BacktestRun } from './plain.js';

/** Any strategy on any number of symbols by the rules of the trading loop, from the indicators to the last trade. */
export function runLive(
  markets: LoadedMarket[],
  options: BacktestOptions,
  say: (line: string) => unknown,
): BacktestRun {
  const config = configOf(markets, options);
  const strategy = createStrategy(options.strategy, options.params);
  const costs = { feePct: options.feePct, slippagePct: options.slippagePct };
  const once = () =>
    runPortfolio(
      markets.map(({ symbol, candles, warmUp, detail }) => ({
        symbol,
        candles,
        warmUp,
        detail: detail?.candles,
        votes: strategy.votes(candles),
        rules: spotRules(symbol, candles.close[0]!, options.feePct),
      })),
      { config, cash: options.cash, ...costs },
    );
  const { result, seconds } = bestOf(once, options.repeat, say);
  return {
    ...result,
    params: { ...strategy.params },
    candles: markets.reduce((sum, { candles, warmUp }) => sum + candles.length - warmUp, 0),
    seconds,
    equity: { time: result.time, equity: result.equity },
    benchmark: benchmarkOf(markets, result.time),
  };
}

/** New users' risk limits (config/risk_config.json) with what the command was told laid over them. */
function configOf(markets: LoadedMarket[], options: BacktestOptions): TradingConfig {
  const { timeframe } = markets[0]!;
  const odd = markets.find((market) => market.timeframe !== timeframe);
  if (odd)
    throw new UsageError(
      `all symbols need the same timeframe: ${markets[0]!.symbol} has ${timeframe}, ${odd.symbol} ${odd.timeframe}`,
    );
  if (options.stopLossPct <= 0 || options.takeProfitPct <= 0)
    throw new UsageError(
      '--rules live needs --stop-loss and --take-profit above 0: live enters nothing without protection',
    );
  const file = new URL('../../../config/risk_config.json', import.meta.url);
  const defaults = JSON.parse(readFileSync(file, 'utf8')) as { risk_limits: object; exits: object };
  return {
    tradingMode: options.mode,
    mode: 'paper',
    maxDailyLossPct: 3,
    maxPositions: 5,
    tradingInterval: TIMEFRAME_MS[timeframe] / 1000,
    symbols: markets.map(({ symbol }) => symbol),
    timeframe,
    entryPolicy: 'ensemble',
    positionSizePct: options.sizePct,
    stopLossPct: options.stopLossPct,
    takeProfitPct: options.takeProfitPct,
    liquidateOnEmergency: false,
    apiConnectionLostAfter: 300,
    systemErrorAfter: 5,
    autoResumeNextDay: true,
    timeZone: 'UTC',
    notifications: { enabled: false, channels: [], tradeNotifications: false, errorNotifications: false },
    risk: camelCased(defaults.risk_limits) as unknown as RiskSettings,
    exits: camelCased(defaults.exits) as unknown as ExitSettings,
  };
}

const camelCased = (record: object): Record<string, number> =>
  Object.fromEntries(
    Object.entries(record).map(([name, value]) => [
      name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()),
      value as number,
    ]),
  );

/** Filters as Binance has them for its large pairs: a cent or a ten-thousandth of the price, a dollar's worth of lot. */
function spotRules(symbol: string, price: number, feePct: number): SymbolRules {
  const [base = symbol, quote = 'USDT'] = symbol.split('/');
  const digits = Math.max(0, Math.floor(Math.log10(price)));
  const stepSize = (10 ** -Math.min(8, digits + 1)).toFixed(Math.min(8, digits + 1));
  const tickSize =
    price >= 100
      ? '0.01'
      : (10 ** (Math.floor(Math.log10(price)) - 4)).toFixed(Math.min(12, 4 - Math.floor(Math.log10(price))));
  return {
    symbol,
    base,
    quote,
    tickSize,
    stepSize,
    minQuantity: stepSize,
    maxQuantity: '1000000000',
    marketMinQuantity: '0',
    marketMaxQuantity: '0',
    marketStepSize: '0',
    minNotional: '5',
    ocoAllowed: true,
    makerFee: feePct / 100,
    takerFee: feePct / 100,
  };
}

/** Equal shares of all symbols, bought at their first open; before a symbol begins its share is cash. */
function benchmarkOf(markets: LoadedMarket[], time: Float64Array): Float64Array {
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
