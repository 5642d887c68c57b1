import type { Ticker } from '../../adapters/exchange/port.js';
import type { CandleColumns, MarketSnapshot, Timeframe } from '../../trading/types.js';
import { marketSnapshot } from '../../trading/market/snapshot.js';
import type { Venue } from '../dependencies.js';

/**
 * A feed that answers and whose own clock stands still for this long tells nothing new, real ms. No age in market time
 * can show it, for that time stands still as well.
 */
export const FROZEN_AFTER_MS = 20_000;

/**
 * A symbol's market as of now, from the worker's shared cache. Throws where data is missing or bad.
 * @param now real time, ms
 */
export async function snapshotOf(
  venue: Venue,
  symbol: string,
  timeframe: Timeframe,
  now = Date.now(),
): Promise<MarketSnapshot> {
  const [candles, tickers] = await Promise.all([
    venue.market.candles(symbol, timeframe),
    venue.market.tickers([symbol]),
  ]);
  const ticker = tickers.get(symbol);
  if (!ticker) throw new Error(`no price for ${symbol}`);
  return withStandstill(snapshotFrom(candles, ticker, symbol, timeframe), standstillOf(venue, ticker, now));
}

/** Three steps of every user's cycle ask for the same: what was made of the cache's very objects serves them all. */
const computed = new WeakMap<CandleColumns, { ticker: Ticker; snapshot: MarketSnapshot }>();

function snapshotFrom(candles: CandleColumns, ticker: Ticker, symbol: string, timeframe: Timeframe): MarketSnapshot {
  const known = computed.get(candles);
  if (known?.ticker === ticker) return known.snapshot;
  const snapshot = marketSnapshot(candles, ticker, symbol, timeframe);
  computed.set(candles, { ticker, snapshot });
  return snapshot;
}

/** By venue and symbol: the market's time as last seen to move, and when that was in real time. */
const lastMoves = new WeakMap<Venue, Map<string, { marketTime: number; at: number }>>();

function standstillOf(venue: Venue, { symbol, marketTime }: Ticker, now: number): number {
  const moves = lastMoves.get(venue) ?? new Map<string, { marketTime: number; at: number }>();
  lastMoves.set(venue, moves);
  const known = moves.get(symbol);
  if (known?.marketTime === marketTime) return now - known.at;
  moves.set(symbol, { marketTime, at: now });
  return 0;
}

function withStandstill(snapshot: MarketSnapshot, stoodStillMs: number): MarketSnapshot {
  if (stoodStillMs < FROZEN_AFTER_MS) return snapshot;
  const { symbol } = snapshot;
  const [actual, limit] = [stoodStillMs / 1000, FROZEN_AFTER_MS / 1000];
  return {
    ...snapshot,
    anomalies: [...snapshot.anomalies, { code: 'STALE_DATA', symbol, actual, limit, unit: 's' }],
  };
}
