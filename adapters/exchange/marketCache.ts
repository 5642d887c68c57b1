import { type CandleColumns, TIMEFRAME_MS, type Timeframe } from '../../trading/types.js';
import { append, closedOnly, lastClosedOpen } from './candleWindow.js';
import { BadExchangeAnswer } from './errors.js';
import type { MarketExchange, Ticker } from './port.js';
import { createTickerCache } from './tickerCache.js';

export interface MarketCacheOptions {
  /** Closed candles kept per symbol and timeframe, 500 by default. */
  window?: number;
  /** How long a ticker is current, ms of real time; 500 by default. */
  tickerTtlMs?: number;
  /** Least time between two looks for the same candles, ms of real time; half of that by default. */
  candleRetryMs?: number;
  /** Real time, ms. */
  now?: () => number;
}

export interface MarketCache {
  /**
   * The newest closed candles, oldest first, at most `window`. Never the forming one.
   * @throws the exchange's error; nothing old is given in place of what could not be fetched
   */
  candles(symbol: string, timeframe: Timeframe): Promise<CandleColumns>;
  tickers(symbols: readonly string[]): Promise<Map<string, Ticker>>;
  /** A price that a stream brought: it serves until the time-to-live has passed. */
  learn(ticker: Ticker): void;
  /** Streams broke: what they brought is not to be trusted any more. */
  distrust(): void;
}

interface Entry {
  candles: CandleColumns | null;
  fetching: Promise<CandleColumns> | null;
  fetchedAt: number;
}

/**
 * One fetch for all users: candles are asked for only when the market's own clock has passed the close of the next one,
 * and only the new ones; tickers of all wanted symbols go in one request.
 */
export function createMarketCache(market: MarketExchange, options: MarketCacheOptions = {}): MarketCache {
  const { window = 500, tickerTtlMs = 500, candleRetryMs = tickerTtlMs / 2, now = Date.now } = options;
  const entries = new Map<string, Entry>();
  const tickers = createTickerCache(market, { ttlMs: tickerTtlMs, now });

  async function candles(symbol: string, timeframe: Timeframe): Promise<CandleColumns> {
    const marketTime = (await tickers.get([symbol])).get(symbol)!.marketTime;
    const entry = entryOf(`${symbol} ${timeframe}`);
    const newest = entry.candles?.timestamp.at(-1);
    const wanted = lastClosedOpen(marketTime, timeframe);
    if (entry.candles && newest !== undefined && newest >= wanted) {
      // The market's clock went back (a simulator that was reset): what is kept is of another time.
      if (newest <= wanted + TIMEFRAME_MS[timeframe]) return entry.candles;
      entry.candles = null;
    }
    // The exchange has not made the candle yet, or nothing traded in it: don't ask on every call.
    if (entry.candles && now() - entry.fetchedAt < candleRetryMs) return entry.candles;
    entry.fetching ??= refresh(entry, symbol, timeframe, marketTime).finally(() => {
      entry.fetching = null;
    });
    return entry.fetching;
  }

  async function refresh(
    entry: Entry,
    symbol: string,
    timeframe: Timeframe,
    marketTime: number,
  ): Promise<CandleColumns> {
    const newest = entry.candles?.timestamp.at(-1);
    const missing = newest === undefined ? window : Math.ceil((marketTime - newest) / TIMEFRAME_MS[timeframe]);
    const whole = entry.candles === null || newest === undefined || missing >= window;
    const fetched = await market.candles(
      symbol,
      timeframe,
      whole ? { limit: window + 1 } : { since: newest + TIMEFRAME_MS[timeframe], limit: missing + 1 },
    );
    const closed = closedOnly(fetched, timeframe, marketTime);
    if (whole && closed.length === 0)
      throw new BadExchangeAnswer(`candles: ${symbol} ${timeframe}: the exchange has no closed candle`);
    entry.candles = whole ? closed : append(entry.candles!, closed, window);
    entry.fetchedAt = now();
    return entry.candles;
  }

  function entryOf(id: string): Entry {
    let entry = entries.get(id);
    if (!entry) {
      entry = { candles: null, fetching: null, fetchedAt: 0 };
      entries.set(id, entry);
    }
    return entry;
  }

  return { candles, tickers: tickers.get, learn: tickers.learn, distrust: tickers.clear };
}
