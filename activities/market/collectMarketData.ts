/**
 * Step 1: what the market looks like. One fetch per symbol and timeframe is shared by all users of the worker
 * (adapters/exchange/marketCache.ts). A symbol without usable data is named and left out; with none at all the step
 * reports a failure as a value, together with the settings, so that the loop can judge how long that may last.
 */
import { ExchangeError } from '../../adapters/exchange/errors.js';
import { isSymbolsOwn } from '../../adapters/exchange/tickerCache.js';
import type { StoredConfig } from '../../adapters/database/configRepository.js';
import { pendingStopOf } from '../../adapters/database/statusRepository.js';
import type { CycleReads } from '../cycleReads.js';
import type { ActivityDependencies } from '../dependencies.js';
import type { LoopSettings, MarketReport, StepInput } from '../types.js';
import { snapshotOf } from './snapshots.js';

export async function collectMarketData(
  deps: ActivityDependencies,
  reads: CycleReads,
  input: StepInput,
): Promise<MarketReport> {
  const at = deps.now();
  const config = await reads.begin(input);
  const report: MarketReport = {
    settings: loopSettings(config),
    at,
    marketTime: null,
    prices: {},
    anomalies: [],
    unavailable: [],
  };
  // A stop disables whom it halts: no cycle of the others asks for it.
  const pendingStop = config.isEnabled ? null : pendingStopOf(await deps.repositories.status.get(input.userId));
  if (pendingStop) return { ...report, pendingStop };
  let failure: MarketReport['failure'];
  try {
    const venue = deps.venue(config.mode);
    // One request for all; a symbol that spoils it is named below, and takes no other's price.
    await venue.market.tickers(config.symbols).catch((error: unknown) => {
      if (!isSymbolsOwn(error)) throw error;
    });
    await Promise.all(
      config.symbols.map(async (symbol) => {
        try {
          const snapshot = await snapshotOf(venue, symbol, config.timeframe);
          report.prices[symbol] = snapshot.price;
          report.marketTime = Math.max(report.marketTime ?? 0, snapshot.marketTime);
          report.anomalies.push(
            ...snapshot.anomalies.map(({ code, actual, limit, unit }) => ({
              code,
              symbol,
              actual: round(actual),
              limit,
              unit,
            })),
          );
        } catch (error) {
          report.unavailable.push({ symbol, reason: messageOf(error) });
          failure = failureOf(error);
        }
      }),
    );
  } catch (error) {
    failure = failureOf(error);
  }
  if (report.marketTime === null)
    report.failure = failure ?? { code: 'NO_DATA', message: 'no symbol has usable market data' };
  return report;
}

export const loopSettings = (config: StoredConfig): LoopSettings => ({
  interval: config.tradingInterval,
  mode: config.mode,
  tradingMode: config.tradingMode,
  symbols: config.symbols,
  apiConnectionLostAfter: config.apiConnectionLostAfter,
  systemErrorAfter: config.systemErrorAfter,
  liquidateOnEmergency: config.liquidateOnEmergency,
  autoResumeNextDay: config.autoResumeNextDay,
});

const round = (value: number): number => Math.round(value * 1000) / 1000;
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).slice(0, 200);
const failureOf = (error: unknown): { code: string; message: string } => ({
  code: error instanceof ExchangeError ? error.kind : error instanceof Error ? error.name : 'ERROR',
  message: messageOf(error),
});
