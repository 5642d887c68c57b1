import { allocateCandles, sliceCandles } from '../../trading/market/columns.js';
import { type CandleColumns, TIMEFRAME_MS, type Timeframe } from '../../trading/types.js';
import type { MarketExchange } from '../exchange/port.js';

const PAGE = 1000;

export interface HistoryRequest {
  symbol: string;
  timeframe: Timeframe;
  /** Openings from `from` up to, not including, `to`; ms UTC. */
  from: number;
  to: number;
  /** Told the candles so far after each page; throws to stop. */
  onPage?: (candles: number) => void;
}

/** Closed candles of a span, page by page, oldest first. Ends early where the exchange has no more. */
export async function collectHistory(
  market: Pick<MarketExchange, 'candles'>,
  { symbol, timeframe, from, to, onPage }: HistoryRequest,
): Promise<CandleColumns> {
  const step = TIMEFRAME_MS[timeframe];
  const pages: CandleColumns[] = [];
  let total = 0;
  for (let since = from; since < to; ) {
    const page = await market.candles(symbol, timeframe, { since, until: to - 1, limit: PAGE });
    const fresh = within(page, since, to);
    if (fresh.length === 0) break;
    pages.push(fresh);
    total += fresh.length;
    since = fresh.timestamp[fresh.length - 1]! + step;
    onPage?.(total);
  }
  return joined(pages, total);
}

function within(page: CandleColumns, from: number, to: number): CandleColumns {
  let start = 0;
  let end = page.length;
  while (start < end && page.timestamp[start]! < from) start++;
  while (end > start && page.timestamp[end - 1]! >= to) end--;
  return sliceCandles(page, start, end);
}

function joined(pages: readonly CandleColumns[], total: number): CandleColumns {
  const all = allocateCandles(total);
  let at = 0;
  for (const page of pages) {
    for (const field of ['timestamp', 'open', 'high', 'low', 'close', 'volume'] as const)
      all[field].set(page[field], at);
    at += page.length;
  }
  return all;
}
