import { useRef } from 'react';
import { useMarket } from '../../api/queries.js';

/**
 * The market's time (ms) when the page was opened: trades and equity are told in it, and recorded candles run in
 * another year than the clock on the wall. Fixed for the page's life, so that queries made from it stay the same.
 */
export function useMarketTime(): number {
  const market = useMarket().data?.items;
  const first = useRef<number | null>(null);
  if (first.current === null && market && market.length > 0)
    first.current = Math.max(...market.map(({ marketTime }) => Date.parse(marketTime)));
  return first.current ?? Math.floor(Date.now() / 60_000) * 60_000;
}
