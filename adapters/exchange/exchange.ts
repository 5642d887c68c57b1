import { createAccount } from './account.js';
import { type Caller, createCaller } from './caller.js';
import { type CcxtBinance, createCcxtClient } from './ccxtClient.js';
import { createExchangeClock } from './clock.js';
import { asBare } from './priority.js';
import { createHealthWindow } from './health.js';
import { createInstanceCache } from './instances.js';
import { createLimiter } from './limiter.js';
import { createMarket } from './market.js';
import type { ExchangeLog } from './log.js';
import type { AccountKey, Exchange } from './port.js';
import { timeAnswer } from './schemas.js';
import { createAccountStreams } from './streams/accountStreams.js';
import { createTickerStream } from './streams/tickerStream.js';
import { addressesOf, type Venue } from './venues.js';

export interface ExchangeOptions {
  venue: Venue;
  /** Serves REST and streams on one host and port; wins over the venue's own addresses. */
  url?: string;
  /** Request weight per minute; by default what exchangeInfo says, 6,000 until then. */
  weightLimit?: number;
  /** Fraction of the address's weight for this process, 1 by default: with n workers on one address give each 1/n. */
  weightShare?: number;
  /** Users' instances kept at once, 2,000 by default (about 0.06 MB each). */
  maxInstances?: number;
  log?: ExchangeLog;
}

const BINANCE_WEIGHT = 6_000;

/** A user's client, with the user's keys, is held for so long after its last use: longer than most intervals. */
const CLIENT_UNUSED_MS = 3_600_000;

/** One exchange address. Nothing is sent before the first call; `close` ends its streams and timers. */
export function createExchange(options: ExchangeOptions): Exchange {
  const addresses = addressesOf(options.venue, options.url);
  const health = createHealthWindow();
  const accounts = createInstanceCache<{ key: AccountKey; client: CcxtBinance }>(options.maxInstances ?? 2_000);
  const dropping = setInterval(
    () => accounts.forgetUnused(Date.now() - CLIENT_UNUSED_MS),
    CLIENT_UNUSED_MS / 12,
  ).unref();
  let shared: Promise<CcxtBinance> | undefined;

  const publicClient = (): Promise<CcxtBinance> => {
    shared ??= createCcxtClient({ addresses });
    return shared;
  };

  const clock = createExchangeClock(async () => {
    const spec = {
      call: 'serverTime',
      api: 'public',
      method: 'GET',
      path: 'time',
      params: {},
      deadlineMs: 5_000,
    } as const;
    const client = await publicClient();
    // Whoever asks first asks for all, a bare holding among them.
    const ask = () => call(client, { ...spec, schema: timeAnswer, weight: 1, priority: 'orders' });
    return (await asBare(ask)).serverTime;
  });
  const limiter = createLimiter({
    limit: options.weightLimit ?? BINANCE_WEIGHT,
    share: options.weightShare,
    clock: { now: () => Date.now() + clock.offset(), after: later },
  });
  const call: Caller = createCaller({ limiter, clock, health });
  const market = createMarket({
    client: publicClient,
    call,
    clock,
    limiter,
    adoptWeightLimit: options.weightLimit === undefined,
  });

  const { symbolOfId } = market;
  const accountStreams = createAccountStreams({
    url: addresses.userStream,
    limiter,
    clock,
    symbolOfId,
    log: options.log,
  });
  const tickerStream = createTickerStream(addresses.marketStream, options.log);

  /** The user's own instance: re-keying a shared one sent one user's orders under another's key. */
  async function clientOf(key: AccountKey): Promise<CcxtBinance> {
    const make = async () => ({ key, client: await createCcxtClient({ addresses, key }) });
    const held = await accounts.get(key.id, make);
    if (held.key.apiKey === key.apiKey && held.key.secret === key.secret) return held.client;
    accounts.forget(key.id);
    return (await accounts.get(key.id, make)).client;
  }

  return {
    id: 'binance',
    market,
    account: (key) => createAccount({ client: () => clientOf(key), call, symbolOfId }),
    forget(keyId) {
      accounts.forget(keyId);
      accountStreams.forget(keyId);
    },
    watchAccount: accountStreams.watch,
    watchTickers: async (symbols, listener) => tickerStream.watch(symbols, listener),
    clockOffset: () => clock.known(),
    health() {
      return { ...health.read(Date.now()), clockOffsetMs: clock.known(), ...limiter.state() };
    },
    async close() {
      clearInterval(dropping);
      accountStreams.close();
      tickerStream.close();
      limiter.close();
    },
  };
}

function later(ms: number, callback: () => void): () => void {
  const timer = setTimeout(callback, ms);
  return () => clearTimeout(timer);
}
