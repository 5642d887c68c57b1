import type { Ticker } from '../../adapters/exchange/port.js';
import type { CandleColumns, MarketSnapshot, Timeframe } from '../../trading/types.js';
import { marketSnapshot } from '../../trading/market/snapshot.js';
import type { Venue } from '../dependencies.js';

/** A symbol's market as of now, from the worker's shared cache. Throws where data is missing or bad. */
export async function snapshotOf(venue: Venue, symbol: string, timeframe: Timeframe): Promise<MarketSnapshot> {
  const [candles, tickers] = await Promise.all([
    venue.market.candles(symbol, timeframe),
    venue.market.tickers([symbol]),
  ]);
  const ticker = tickers.get(symbol);
  if (!ticker) throw new Error(`no price for ${symbol}`);
  const known = computed.get(candles);
  if (known?.ticker === ticker) return known.snapshot;
  const snapshot = marketSnapshot(candles, ticker, symbol, timeframe);
  computed.set(candles, { ticker, snapshot });
  return snapshot;
}

/** Three steps of every user's cycle ask for the same: what was made of the cache's very objects serves them all. */
const computed = new WeakMap<CandleColumns, { ticker: Ticker; snapshot: MarketSnapshot }>();
