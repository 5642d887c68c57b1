import type { Settings } from '../adapters/settings.js';
import { whyUnreachable } from './resolve/reachable.js';

/** Where paper money trades, and what its prices are. */
export type Venue =
  | { kind: 'given'; url: string; controlUrl?: string }
  | { kind: 'recorded'; speed: number; reason: string }
  | { kind: 'live'; feedUrl: string };

/** Binance's public market data without an account, as its documents name it for this purpose. */
const PUBLIC_DATA = 'https://data-api.binance.vision';
const LIMIT = 2000;

/**
 * An exchange that was named is used as it is. Otherwise the local one is started: on the real exchange's prices where
 * they can be had within 2 s (`auto`) or must be (`binance`), else on recorded candles.
 * @throws Error for `binance` where the real exchange cannot be reached.
 */
export async function chooseVenue(settings: Settings): Promise<Venue> {
  const { exchange, exchangeUrl, exchangeControlUrl, simSpeed } = settings;
  if (exchangeUrl) return { kind: 'given', url: exchangeUrl, controlUrl: exchangeControlUrl };
  if (exchange === 'simulator') return { kind: 'recorded', speed: simSpeed, reason: 'as EXCHANGE says' };
  const problem = await whyNoPublicData();
  if (!problem) return { kind: 'live', feedUrl: PUBLIC_DATA };
  if (exchange === 'auto')
    return { kind: 'recorded', speed: simSpeed, reason: `the real exchange is out of reach: ${problem}` };
  throw new Error(
    `EXCHANGE: binance was asked for, and ${PUBLIC_DATA} cannot be reached: ${problem}; EXCHANGE=simulator takes recorded candles`,
  );
}

async function whyNoPublicData(): Promise<string | null> {
  const started = Date.now();
  const unreachable = await whyUnreachable(new URL(PUBLIC_DATA).hostname, 443, LIMIT);
  if (unreachable) return unreachable;
  try {
    const timeout = Math.max(1, LIMIT - (Date.now() - started));
    const answer = await fetch(`${PUBLIC_DATA}/api/v3/ping`, { signal: AbortSignal.timeout(timeout) });
    return answer.ok ? null : `it answered with ${answer.status}`;
  } catch (error) {
    return (error as Error).message;
  }
}
