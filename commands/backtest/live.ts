import { readFileSync } from 'node:fs';
import { prepareLiveRun } from '../../trading/backtest/liveRun.js';
import { type ExitSettings, type RiskSettings, TIMEFRAME_MS, type TradingConfig } from '../../trading/types.js';
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
  const prepared = prepareLiveRun(markets, options, config);
  const { result, seconds } = bestOf(prepared.once, options.repeat, say);
  return { ...prepared.complete(result), seconds };
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
    shadow: false,
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
