import type { MarketSnapshot, Timeframe } from '../../trading/types.js';
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
  return marketSnapshot(candles, ticker, symbol, timeframe);
}
