/** The venues of a deployment: paper (the local exchange, or whatever EXCHANGE_URL names) and live (the real one). */
import type { VenueMode } from '../../trading/types.js';
import type { Repositories } from '../database/repositories.js';
import type { Settings } from '../settings.js';
import { AuthenticationFailed, NotSupportedByVenue } from './errors.js';
import { createExchange } from './exchange.js';
import type { ExchangeLog } from './log.js';
import { createMarketCache, type MarketCache } from './marketCache.js';
import { createPaperAccounts } from './paperAccounts.js';
import type { AccountKey, Exchange } from './port.js';

/** Where one mode's orders go: paper and live are two of these, of one code. */
export interface TradingVenue {
  exchange: Exchange;
  market: MarketCache;
  /** The user's key: the simulator's own for paper, the stored one for live. Throws AuthenticationFailed without one. */
  key(userId: string): Promise<AccountKey>;
}

export interface Venues {
  /** Made when first asked for. Throws NotSupportedByVenue for a mode that this deployment doesn't serve. */
  of(mode: VenueMode): TradingVenue;
  /** Those that were asked for. */
  made(): ReadonlyMap<VenueMode, TradingVenue>;
  close(): Promise<void>;
}

export interface VenueParts {
  settings: Pick<Settings, 'exchangeUrl' | 'exchangeControlUrl' | 'liveExchangeUrl' | 'marketCacheMs'>;
  credentials: Pick<Repositories['credentials'], 'reveal' | 'get'>;
  log: ExchangeLog;
  /** Of each address's request weight, above 0 and up to 1. */
  weightShare: number;
  /** Closed candles kept a symbol; the market cache's own number unless given. */
  candlesKept?: number;
  /** Least time between two looks for the same candles, ms; the market cache's own unless given. */
  candleRetryMs?: number;
  /** Prices of the real exchange come by streams, REST fills in. */
  streams?: boolean;
}

/** The name under which live keys are stored. */
export const LIVE_EXCHANGE = 'binance';

export function createVenues(parts: VenueParts): Venues {
  const made = new Map<VenueMode, TradingVenue>();
  const make = { paper: paperVenue, live: liveVenue } satisfies Record<VenueMode, (parts: VenueParts) => TradingVenue>;
  return {
    of(mode) {
      const known = made.get(mode) ?? make[mode](parts);
      made.set(mode, known);
      return known;
    },
    made: () => made,
    close: async () => void (await Promise.allSettled([...made.values()].map(({ exchange }) => exchange.close()))),
  };
}

const cacheOf = (exchange: Pick<Exchange, 'market'>, { settings, candlesKept, candleRetryMs }: VenueParts) =>
  createMarketCache(exchange.market, { window: candlesKept, candleRetryMs, tickerTtlMs: settings.marketCacheMs });

function paperVenue(parts: VenueParts): TradingVenue {
  const { settings, log, weightShare } = parts;
  const { exchangeUrl, exchangeControlUrl } = settings;
  if (!exchangeUrl)
    throw new NotSupportedByVenue('Paper trading needs the local exchange: set EXCHANGE_URL, or use npm start.');
  const exchange = createExchange({ venue: 'simulator', url: exchangeUrl, weightShare, log });
  const accounts = exchangeControlUrl ? createPaperAccounts(exchangeControlUrl) : null;
  return {
    exchange,
    market: cacheOf(exchange, parts),
    async key(userId) {
      if (!accounts)
        throw new NotSupportedByVenue('Paper accounts need the exchange control port: set EXCHANGE_CONTROL_URL.');
      return accounts.key(userId);
    },
  };
}

function liveVenue(parts: VenueParts): TradingVenue {
  const { settings, credentials, log, weightShare, streams } = parts;
  const exchange = createExchange({ venue: 'binance', url: settings.liveExchangeUrl, weightShare, log });
  const market = cacheOf(exchange, parts);
  return {
    exchange,
    market: streams ? streamed(exchange, market, log) : market,
    key: (userId) => liveKey(credentials, userId),
  };
}

/**
 * Keys that were verified once stay in use where a later check refuses them: what is held is still protected and sold
 * with them. Entries are what a refusal stops (activities/account/liveKeys.ts).
 */
async function liveKey(credentials: VenueParts['credentials'], userId: string): Promise<AccountKey> {
  const [keys, view] = await Promise.all([
    credentials.reveal(userId, LIVE_EXCHANGE),
    credentials.get(userId, LIVE_EXCHANGE),
  ]);
  if (!keys) throw new AuthenticationFailed('Live trading needs exchange keys: enter them in the settings.');
  if (!view?.verifiedAt)
    throw new AuthenticationFailed(`The exchange keys are not verified${view?.problem ? `: ${view.problem}` : '.'}`);
  return { id: `live:${userId}`, apiKey: keys.apiKey, secret: keys.secret };
}

/**
 * Prices of the real exchange come by one stream a symbol for all users; REST fills in where the stream is silent. The
 * local exchange runs faster than the clock on the wall, where a stream's second is a minute: it is asked by REST.
 */
function streamed(exchange: Exchange, market: MarketCache, log: ExchangeLog): MarketCache {
  const watched = new Set<string>();
  const watch = (symbol: string): void => {
    if (watched.has(symbol)) return;
    watched.add(symbol);
    exchange.watchTickers([symbol], market.learn).catch((error: unknown) => {
      log.warn({ symbol, error: String(error) }, 'no price stream; prices come by REST');
      setTimeout(() => watched.delete(symbol), STREAM_RETRY_MS).unref();
    });
  };
  return {
    ...market,
    tickers(symbols) {
      for (const symbol of symbols) watch(symbol);
      return market.tickers(symbols);
    },
  };
}

const STREAM_RETRY_MS = 60_000;
