/** Where a venue is reached. Paths are complete: requests append `/order`, streams append nothing. */
export interface VenueAddresses {
  api: string;
  sapi: string;
  marketStream: string;
  userStream: string;
}

export const VENUES = ['simulator', 'binance', 'testnet'] as const;
export type Venue = (typeof VENUES)[number];

const PUBLIC: Partial<Record<Venue, VenueAddresses>> = {
  binance: {
    api: 'https://api.binance.com/api/v3',
    sapi: 'https://api.binance.com/sapi/v1',
    marketStream: 'wss://stream.binance.com:9443/ws',
    userStream: 'wss://ws-api.binance.com:443/ws-api/v3',
  },
  testnet: {
    api: 'https://testnet.binance.vision/api/v3',
    sapi: 'https://testnet.binance.vision/sapi/v1',
    marketStream: 'wss://stream.testnet.binance.vision/ws',
    userStream: 'wss://ws-api.testnet.binance.vision/ws-api/v3',
  },
};

/**
 * @param url serves REST and streams on one host and port (the simulator, or a proxy before an exchange); it wins over
 *   the venue's own addresses
 * @throws Error where a simulator has no address
 */
export function addressesOf(venue: Venue, url?: string): VenueAddresses {
  if (url) {
    const base = url.replace(/\/+$/, '');
    const stream = base.replace(/^http/, 'ws');
    return {
      api: `${base}/api/v3`,
      sapi: `${base}/sapi/v1`,
      marketStream: `${stream}/ws`,
      userStream: `${stream}/ws-api/v3`,
    };
  }
  const known = PUBLIC[venue];
  if (!known) throw new Error(`the venue "${venue}" needs an address: set EXCHANGE_URL`);
  return known;
}
