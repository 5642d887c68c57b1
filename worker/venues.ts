/** The venues of this deployment: paper (the local exchange, or whatever EXCHANGE_URL names) and live (the real one). */
import type { Repositories } from '../adapters/database/repositories.js';
import { AuthenticationFailed, NotSupportedByVenue } from '../adapters/exchange/errors.js';
import { createExchange } from '../adapters/exchange/exchange.js';
import { createMarketCache, type MarketCache } from '../adapters/exchange/marketCache.js';
import { createPaperAccounts } from '../adapters/exchange/paperAccounts.js';
import type { AccountKey, Exchange } from '../adapters/exchange/port.js';
import type { Settings } from '../adapters/settings.js';
import type { Log, Venue } from '../activities/dependencies.js';
import type { VenueMode } from '../trading/types.js';

export interface Venues {
  of(mode: VenueMode): Venue;
  close(): Promise<void>;
}

/** A model needs 580 closed candles, and learns from the outcomes of more. */
const CANDLES_KEPT = 1_000;

/** The name under which live keys are stored. */
export const LIVE_EXCHANGE = 'binance';

export function createVenues(settings: Settings, repositories: Repositories, log: Log): Venues {
  const made = new Map<VenueMode, Venue>();
  const make = (mode: VenueMode): Venue =>
    mode === 'paper' ? paperVenue(settings, log) : liveVenue(settings, repositories, log);
  return {
    of(mode) {
      const known = made.get(mode) ?? make(mode);
      made.set(mode, known);
      return known;
    },
    close: async () => void (await Promise.allSettled([...made.values()].map((venue) => venue.exchange.close()))),
  };
}

function paperVenue(settings: Settings, log: Log): Venue {
  const { exchangeUrl, exchangeControlUrl } = settings;
  if (!exchangeUrl || !exchangeControlUrl)
    throw new NotSupportedByVenue(
      'Paper trading needs the local exchange: set EXCHANGE_URL and EXCHANGE_CONTROL_URL, or use npm start.',
    );
  const exchange = createExchange({ venue: 'simulator', url: exchangeUrl, weightShare: weightShare(), log });
  const accounts = createPaperAccounts(exchangeControlUrl);
  return {
    exchange,
    market: createMarketCache(exchange.market, { window: CANDLES_KEPT }),
    key: (userId) => accounts.key(userId),
  };
}

function liveVenue(settings: Settings, repositories: Repositories, log: Log): Venue {
  const url = process.env['LIVE_EXCHANGE_URL'] || undefined;
  const exchange = createExchange({ venue: 'binance', url, weightShare: weightShare(), log });
  const market = createMarketCache(exchange.market, { window: CANDLES_KEPT });
  return { exchange, market: streamed(exchange, market, log), key: (userId) => liveKey(repositories, userId) };
}

/** EXCHANGE_WEIGHT_SHARE: n workers behind one address get 1/n of its request weight each (docs/EXCHANGE.md). */
function weightShare(): number {
  const share = Number(process.env['EXCHANGE_WEIGHT_SHARE'] || 1);
  if (!(share > 0 && share <= 1)) throw new Error('EXCHANGE_WEIGHT_SHARE: give a fraction above 0 and up to 1');
  return share;
}

/**
 * Prices of the real exchange come by one stream a symbol for all users; REST fills in where the stream is silent. The
 * local exchange runs faster than the clock on the wall, where a stream's second is a minute: it is asked by REST.
 */
function streamed(exchange: Exchange, market: MarketCache, log: Log): MarketCache {
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

async function liveKey(repositories: Repositories, userId: string): Promise<AccountKey> {
  const [keys, view] = await Promise.all([
    repositories.credentials.reveal(userId, LIVE_EXCHANGE),
    repositories.credentials.get(userId, LIVE_EXCHANGE),
  ]);
  if (!keys) throw new AuthenticationFailed('Live trading needs exchange keys: enter them in the settings.');
  if (!view?.verifiedAt || view.problem)
    throw new AuthenticationFailed(`The exchange keys are not verified${view?.problem ? `: ${view.problem}` : '.'}`);
  return { id: `live:${userId}`, apiKey: keys.apiKey, secret: keys.secret };
}
