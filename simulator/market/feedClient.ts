import { parseAmount } from '../amounts.js';
import type { Interval } from './intervals.js';
import type { Candle, DayStatistics } from './source.js';
import { rulesOf, type SymbolRules } from './symbols.js';

/** Public market data of a Binance-compatible address over REST. Every call has a deadline that covers the body. */
export interface FeedClient {
  rules(symbols: readonly string[]): Promise<SymbolRules[]>;
  day(symbols: readonly string[]): Promise<Map<string, DayStatistics>>;
  candles(
    symbol: string,
    interval: Interval,
    options: { from?: number; to?: number; limit: number },
  ): Promise<Candle[]>;
}

const DEADLINE = 5_000;

export function createFeedClient(url: string): FeedClient {
  const base = url.replace(/\/+$/, '').replace(/\/api\/v3$/, '');

  async function get(path: string, parameters: Record<string, string | number | undefined>): Promise<unknown> {
    const query = Object.entries(parameters)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`);
    const response = await fetch(`${base}/api/v3/${path}?${query.join('&')}`, {
      signal: AbortSignal.timeout(DEADLINE),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${text.slice(0, 120)}`);
    return JSON.parse(text);
  }

  return {
    async rules(symbols) {
      const answer = (await get('exchangeInfo', { symbols: JSON.stringify(symbols) })) as { symbols?: unknown };
      if (!Array.isArray(answer.symbols)) throw new Error('exchangeInfo carries no symbols');
      return answer.symbols.map((one) => rulesFrom(one as RawSymbol));
    },
    async day(symbols) {
      const answer = await get('ticker/24hr', { symbols: JSON.stringify(symbols) });
      if (!Array.isArray(answer)) throw new Error('ticker/24hr is no list');
      return new Map(answer.map((one: Record<string, string>) => [String(one.symbol), dayFrom(one)]));
    },
    async candles(symbol, interval, { from, to, limit }) {
      const rows = await get('klines', { symbol, interval, startTime: from, endTime: to, limit });
      if (!Array.isArray(rows)) throw new Error('klines is no list');
      return rows.map((row: unknown[]) => candleFrom(row));
    },
  };
}

const positive = (value: unknown, what: string): number => {
  const number = Number(value);
  if (!Number.isFinite(number) || number <= 0) throw new Error(`${what} of the feed is ${JSON.stringify(value)}`);
  return number;
};

const dayFrom = (one: Record<string, string>): DayStatistics => ({
  open: positive(one.openPrice, 'openPrice'),
  high: positive(one.highPrice, 'highPrice'),
  low: positive(one.lowPrice, 'lowPrice'),
  last: positive(one.lastPrice, 'lastPrice'),
  volume: Number(one.volume),
  quoteVolume: Number(one.quoteVolume),
  trades: Number(one.count),
  openTime: positive(one.openTime, 'openTime'),
  closeTime: positive(one.closeTime, 'closeTime'),
});

const candleFrom = (row: unknown[]): Candle => ({
  openTime: positive(row[0], 'openTime'),
  open: positive(row[1], 'open'),
  high: positive(row[2], 'high'),
  low: positive(row[3], 'low'),
  close: positive(row[4], 'close'),
  volume: Number(row[5]),
  closeTime: positive(row[6], 'closeTime'),
  quoteVolume: Number(row[7]),
  trades: Number(row[8]),
  closed: false,
});

interface RawSymbol {
  symbol: string;
  baseAsset: string;
  quoteAsset: string;
  filters: Record<string, string>[];
}

/** The feed's own filters; what it does not name keeps a plausible value. */
function rulesFrom(raw: RawSymbol): SymbolRules {
  const filter = (type: string) => raw.filters.find((one) => one.filterType === type);
  const amount = (type: string, field: string, fallback: bigint) => {
    const text = filter(type)?.[field];
    const value = text === undefined ? null : parseAmount(String(text));
    return value === null || value === 0n ? fallback : value;
  };
  const guess = rulesOf({ symbol: raw.symbol, priceDecimals: 2, volumeDecimals: 5 });
  return {
    ...guess,
    base: raw.baseAsset,
    quote: raw.quoteAsset,
    tick: amount('PRICE_FILTER', 'tickSize', guess.tick),
    minPrice: amount('PRICE_FILTER', 'minPrice', guess.minPrice),
    maxPrice: amount('PRICE_FILTER', 'maxPrice', guess.maxPrice),
    step: amount('LOT_SIZE', 'stepSize', guess.step),
    minQuantity: amount('LOT_SIZE', 'minQty', guess.minQuantity),
    maxQuantity: amount('LOT_SIZE', 'maxQty', guess.maxQuantity),
    marketMaxQuantity: amount('MARKET_LOT_SIZE', 'maxQty', guess.marketMaxQuantity),
    minNotional: amount('NOTIONAL', 'minNotional', guess.minNotional),
    maxNotional: amount('NOTIONAL', 'maxNotional', guess.maxNotional),
    multiplierUp: amount('PERCENT_PRICE_BY_SIDE', 'bidMultiplierUp', guess.multiplierUp),
    multiplierDown: amount('PERCENT_PRICE_BY_SIDE', 'askMultiplierDown', guess.multiplierDown),
    maxOrders: Number(filter('MAX_NUM_ORDERS')?.maxNumOrders ?? guess.maxOrders),
    maxAlgoOrders: Number(filter('MAX_NUM_ALGO_ORDERS')?.maxNumAlgoOrders ?? guess.maxAlgoOrders),
  };
}
