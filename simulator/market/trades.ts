import type { MarketSource } from './source.js';

export interface PublicTrade {
  id: number;
  price: number;
  quantity: number; // base
  time: number;
  buyerIsMaker: boolean;
}

/** One trade per second of market time stands for all that happened in it; its id is the second since the epoch. */
const GRID = 1_000;

/** Public trades in (from, to], at most `limit`, oldest first; the path gives the price, a mean minute's volume the size. */
export function tradesBetween(
  source: MarketSource,
  symbol: string,
  from: number,
  to: number,
  limit: number,
): PublicTrade[] {
  const first = Math.floor(from / GRID) + 1;
  const last = Math.min(Math.floor(to / GRID), first + limit - 1);
  const trades: PublicTrade[] = [];
  const quantity = Number((source.minuteVolume(symbol) / 60).toFixed(5));
  let previous = source.priceAt(symbol, (first - 1) * GRID);
  for (let id = first; id <= last; id++) {
    const price = source.priceAt(symbol, id * GRID);
    trades.push({ id, price, quantity, time: id * GRID, buyerIsMaker: price < previous });
    previous = price;
  }
  return trades;
}
