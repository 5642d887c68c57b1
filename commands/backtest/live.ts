import { readFileSync } from 'node:fs';
import { prepareLiveRun } from '../../trading/backtest/liveRun.js';
import { type ExitSettings, type RiskSettings, TIMEFRAME_MS, type TradingConfig } from '../../trading/types.js';
import { UsageError } from '../usage.js';
import type { LoadedMarket } from './load.js';
import { loadModels } from './model.js';
import type { BacktestOptions } from './options.js';
import { bestOf, type BacktestRun } from './plain.js';

/** Any strategy on any number of symbols by the rules of the trading loop, from the indicators to the last trade. */
export function runLive(
  markets: LoadedMarket[],
  options: BacktestOptions,
  say: (line: string) => unknown,
  limits: RiskDefaults = shippedLimits(),
): BacktestRun {
  const config = configOf(markets, options, limits);
  const models = loadModels(markets, options, say);
  const prepared = prepareLiveRun(models.markets, options, config);
  const { result, seconds } = bestOf(prepared.once, options.repeat, say);
  return { ...prepared.complete(result), seconds, ...models.used() };
}

/** New users' limits as config/risk_config.json has them. */
export interface RiskDefaults {
  risk_limits: object;
  exits: object;
}

// The path from where this file is compiled to.
const shippedLimits = (): RiskDefaults =>
  JSON.parse(readFileSync(new URL('../../../config/risk_config.json', import.meta.url), 'utf8')) as RiskDefaults;

/** New users' risk limits with what the command was told laid over them. */
function configOf(markets: LoadedMarket[], options: BacktestOptions, defaults: RiskDefaults): TradingConfig {
  const { timeframe } = markets[0]!;
  const odd = markets.find((market) => market.timeframe !== timeframe);
  if (odd)
    throw new UsageError(
      `all symbols need the same timeframe: ${markets[0]!.symbol} has ${timeframe}, ${odd.symbol} ${odd.timeframe}`,
    );
  const step = TIMEFRAME_MS[timeframe];
  const openingOf = (market: LoadedMarket): number => market.candles.timestamp[0]! % step;
  const askew = markets.find((market) => openingOf(market) !== openingOf(markets[0]!));
  if (askew)
    throw new UsageError(
      `all symbols need candles that open together: those of ${askew.symbol} open ${Math.abs(openingOf(askew) - openingOf(markets[0]!)) / 60_000} minutes apart from those of ${markets[0]!.symbol}`,
    );
  if (options.stopLossPct <= 0 || options.takeProfitPct <= 0)
    throw new UsageError(
      '--rules live needs --stop-loss and --take-profit above 0: live enters nothing without protection',
    );
  return {
    tradingMode: options.mode,
    mode: 'paper',
    shadow: false,
    maxDailyLossPct: 3,
    maxPositions: 5,
    tradingInterval: TIMEFRAME_MS[timeframe] / 1000,
    symbols: markets.map(({ symbol }) => symbol),
    timeframe,
    entryPolicy: options.policy,
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
