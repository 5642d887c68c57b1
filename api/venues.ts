/** The exchanges that the API looks at: paper's and the real one, each made when first needed. */
import type { Repositories } from '../adapters/database/repositories.js';
import { AuthenticationFailed, NotSupportedByVenue } from '../adapters/exchange/errors.js';
import { createExchange } from '../adapters/exchange/exchange.js';
import { createMarketCache } from '../adapters/exchange/marketCache.js';
import { createPaperAccounts } from '../adapters/exchange/paperAccounts.js';
import type { Logger } from '../adapters/log.js';
import type { Settings } from '../adapters/settings.js';
import type { VenueMode } from '../trading/types.js';
import type { ApiVenue } from './dependencies.js';
import { LIVE_EXCHANGE } from './routes/config.js';

/** Workers trade; pages take what is left of the address's request weight. */
const WEIGHT_SHARE = 0.15;

export function createApiVenues(settings: Settings, repositories: Repositories, log: Logger) {
  const made = new Map<VenueMode, ApiVenue>();
  const make = (mode: VenueMode): ApiVenue => (mode === 'paper' ? paper(settings, log) : live(repositories, log));
  return {
    of(mode: VenueMode): ApiVenue {
      const venue = made.get(mode) ?? make(mode);
      made.set(mode, venue);
      return venue;
    },
    async close(): Promise<void> {
      await Promise.allSettled([...made.values()].map(({ exchange }) => exchange.close()));
    },
  };
}

function paper({ exchangeUrl, exchangeControlUrl }: Settings, log: Logger): ApiVenue {
  if (!exchangeUrl) throw new NotSupportedByVenue('Paper trading needs the local exchange: set EXCHANGE_URL.');
  const exchange = createExchange({ venue: 'simulator', url: exchangeUrl, weightShare: WEIGHT_SHARE, log });
  const accounts = exchangeControlUrl ? createPaperAccounts(exchangeControlUrl) : null;
  return {
    exchange,
    market: createMarketCache(exchange.market),
    key: async (userId) => {
      if (!accounts)
        throw new NotSupportedByVenue('Paper accounts need the exchange control port: set EXCHANGE_CONTROL_URL.');
      return accounts.key(userId);
    },
  };
}

function live(repositories: Repositories, log: Logger): ApiVenue {
  const url = process.env['LIVE_EXCHANGE_URL'] || undefined;
  const exchange = createExchange({ venue: 'binance', url, weightShare: WEIGHT_SHARE, log });
  return {
    exchange,
    market: createMarketCache(exchange.market),
    async key(userId) {
      const keys = await repositories.credentials.reveal(userId, LIVE_EXCHANGE);
      if (!keys) throw new AuthenticationFailed('No exchange keys are stored.');
      return { id: `live:${userId}`, apiKey: keys.apiKey, secret: keys.secret };
    },
  };
}
