import { AsyncLocalStorage } from 'node:async_hooks';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { inspect } from 'node:util';
import type { WireAnswer } from './errorMapping.js';
import type { VenueAddresses } from './venues.js';

/** The part of ccxt's `binance` that we use. */
export interface CcxtBinance {
  options: Record<string, unknown>;
  /** ccxt's own way of one request: sign, send, parse, throw. Its implicit methods (privatePostOrder) call the same. */
  request(path: string, api: ApiName, method: HttpMethod, params: Record<string, unknown>): Promise<unknown>;
}

export type ApiName = 'public' | 'private' | 'sapi';
export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** What happened on the wire during one call; filled in while it runs. */
export interface CallTrace {
  signal: AbortSignal;
  head?: { status: number; headers: Record<string, string> };
  answer?: WireAnswer;
}

/** Follows one call through ccxt's asynchronous code, so that calls side by side on one instance stay apart. */
export const callTrace = new AsyncLocalStorage<CallTrace>();

export interface ClientOptions {
  addresses: VenueAddresses;
  key?: { apiKey: string; secret: string };
}

/**
 * ccxt's binance, spot only, on our addresses. Its throttler is off (./limiter.ts is shared by all instances), it never
 * retries, and all instances share one pool of connections.
 */
export async function createCcxtClient({ addresses, key }: ClientOptions): Promise<CcxtBinance> {
  const BinanceSpot = await loadBinanceClass();
  const client = new BinanceSpot({
    ...(key ? { apiKey: key.apiKey, secret: key.secret } : {}),
    enableRateLimit: false,
    enableLastHttpResponse: false,
    enableLastResponseHeaders: false,
    urls: { api: { public: addresses.api, private: addresses.api, sapi: addresses.sapi } },
    options: {
      fetchMarkets: { types: ['spot'] },
      fetchMargins: false,
      fetchCurrencies: false,
      adjustForTimeDifference: false,
      timeDifference: 0,
    },
  });
  await client.loadFetchImplementation();
  return client;
}

type Constructor = new (config: object) => CcxtBinance & { loadFetchImplementation(): Promise<void> };
let loading: Promise<Constructor> | undefined;

/**
 * Only binance's REST class is loaded, by file: all of ccxt costs 50 MB more. The package's `exports` name no such file,
 * hence the path.
 */
function loadBinanceClass(): Promise<Constructor> {
  loading ??= (async () => {
    const entry = createRequire(import.meta.url).resolve('ccxt'); // …/ccxt/dist/ccxt.cjs
    const file = join(dirname(entry), '..', 'js', 'src', 'binance.js');
    const module = (await import(pathToFileURL(file).href)) as { default: CcxtBase };
    return withoutItsTraps(module.default);
  })();
  return loading;
}

/** What ccxt tells of the exchange and no call changes. */
const DESCRIPTION = [
  ...['api', 'features', 'exceptions', 'httpExceptions', 'has', 'fees', 'timeframes', 'limits', 'precision'],
  ...['commonCurrencies', 'requiredCredentials', 'userAgents'],
] as const;

interface CcxtInternals {
  afterConstruct(): void;
  exceptions: { spot?: Record<string, object> };
  undiciModule?: { Agent: new (options: object) => object };
  fetchDispatcher?: object;
  getDispatcherOptions(isPlainAgent: boolean): object;
  loadFetchImplementation(): Promise<void>;
  undiciRequest(url: string, params: { signal?: AbortSignal }): Promise<{ status: number }>;
  getResponseHeaders(response: object): Record<string, string>;
  onRestResponse(
    status: number,
    text: string,
    url: string,
    method: string,
    headers: Record<string, string>,
    body: string,
    ...rest: unknown[]
  ): string;
}
type CcxtBase = new (config: object) => CcxtBinance & CcxtInternals;

/** Idle sockets are closed before the usual servers and proxies close theirs, so that no request meets a dying one. */
const POOL = {
  connections: 64,
  keepAliveTimeout: 4_000,
  keepAliveMaxTimeout: 30_000,
  headersTimeout: 60_000,
  bodyTimeout: 60_000,
};
let pool: object | undefined;

/** Signing, sending and parsing stay ccxt's own; what is overridden is listed here and nowhere else. */
function withoutItsTraps(Base: CcxtBase): Constructor {
  let described: Record<string, unknown> | undefined;
  return class BinanceSpot extends Base {
    /** Two functions for each of the exchange's 800 addresses, on every instance: `request` is called by itself here. */
    defineRestApi(): void {}

    /** One description for all users' instances: with the functions above one takes 60 kB in place of 430. */
    override afterConstruct(): void {
      super.afterConstruct();
      const own = this as unknown as Record<string, unknown>;
      described ??= Object.fromEntries(DESCRIPTION.map((name) => [name, own[name]]));
      Object.assign(this, described);
    }

    /** ccxt maps spot's codes only for api.binance.com: here every address is spot. */
    getExceptionsByUrl(_url: string, kind: string): object {
      return this.exceptions.spot?.[kind] ?? {};
    }

    /** One pool for all users instead of one each. */
    override async loadFetchImplementation(): Promise<void> {
      await super.loadFetchImplementation();
      if (!this.undiciModule) return;
      pool ??= new this.undiciModule.Agent({ ...this.getDispatcherOptions(true), ...POOL });
      this.fetchDispatcher = pool;
    }

    /** ccxt's time limit ends with the headers: our deadline goes on over the body. */
    override async undiciRequest(url: string, params: { signal?: AbortSignal }): Promise<{ status: number }> {
      const trace = callTrace.getStore();
      if (!trace) return super.undiciRequest(url, params);
      const signals = [trace.signal, ...(params.signal ? [params.signal] : [])];
      const response = await super.undiciRequest(url, { ...params, signal: AbortSignal.any(signals) });
      trace.head = { status: response.status, headers: this.getResponseHeaders(response) };
      return response;
    }

    /** ccxt's own hook: keeps the answer as evidence, before its text becomes an error message. */
    override onRestResponse(
      status: number,
      text: string,
      url: string,
      method: string,
      headers: Record<string, string>,
      body: string,
      ...rest: unknown[]
    ): string {
      const trace = callTrace.getStore();
      if (trace) trace.answer = { status, headers, body };
      return super.onRestResponse(status, text, url, method, headers, body, ...rest);
    }

    /** An instance holds the secret: neither JSON nor a log may show it. */
    toJSON(): string {
      return '[exchange client]';
    }

    [inspect.custom](): string {
      return '[exchange client]';
    }
  };
}
