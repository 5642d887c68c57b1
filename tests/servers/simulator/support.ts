import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ccxt from 'ccxt';
import { type RunningSimulator, startSimulator } from '../../../simulator/start.js';

export interface Key {
  account: string;
  apiKey: string;
  secret: string;
}

export interface Candle {
  open: number;
  high: number;
  low: number;
  close: number;
  volume?: number;
}

/** A folder of candle files with prices that a test can reckon with. */
export function candleFolder(files: Record<string, Candle[]>, interval = 60_000, start = Date.UTC(2024, 0, 1)): string {
  const folder = mkdtempSync(join(tmpdir(), 'candles-'));
  for (const [name, candles] of Object.entries(files)) {
    const rows = candles.map((c, i) =>
      [start + i * interval, c.open, c.high, c.low, c.close, c.volume ?? 10].join(','),
    );
    writeFileSync(join(folder, `${name}.csv`), `timestamp,open,high,low,close,volume\n${rows.join('\n')}\n`);
  }
  return folder;
}

export const flat = (price: number, count: number): Candle[] =>
  Array.from({ length: count }, () => ({ open: price, high: price, low: price, close: price }));

/** A simulator in this process with its clock stopped, unless a speed is given; `end` removes its state. */
export async function simulator(
  options: {
    dataDir?: string;
    stateDir?: string;
    speed?: number;
    paused?: boolean;
    weightLimit?: number;
    feedUrl?: string;
    port?: number;
  } = {},
) {
  const stateDir = options.stateDir ?? mkdtempSync(join(tmpdir(), 'simulator-'));
  const running = await startSimulator({
    port: options.port ?? 0,
    controlPort: 0,
    host: '127.0.0.1',
    controlHost: '127.0.0.1',
    dataDir: options.dataDir ?? 'data',
    stateDir,
    speed: options.speed ?? 60,
    weightLimit: options.weightLimit ?? 1_000_000,
    feedUrl: options.feedUrl,
  });
  const control = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(running.controlUrl + path, {
      method,
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    return { status: response.status, body: (await response.json()) as ControlAnswer };
  };
  if (options.paused !== false && !options.feedUrl) await control('POST', '/clock', { paused: true });
  return {
    ...running,
    stateDir,
    control,
    account: async (balances: Record<string, string>, account?: string) =>
      (await control('POST', '/accounts', { account, balances })).body as unknown as Key,
    ledger: async (key: Key) => (await control('GET', `/ledger?account=${key.account}`)).body,
    async end(keepState = false) {
      await running.stop();
      if (!keepState) rmSync(stateDir, { recursive: true, force: true });
    },
  };
}
export type TestSimulator = Awaited<ReturnType<typeof simulator>>;

const SPOT_ONLY = {
  defaultType: 'spot',
  fetchMarkets: { types: ['spot'] },
  fetchMargins: false,
  fetchCurrencies: false,
};

/** The unmodified class of ccxt with its addresses put to the simulator. */
export function binance(url: string, key?: Partial<Key>) {
  const exchange = new ccxt.binance({ apiKey: key?.apiKey, secret: key?.secret, options: SPOT_ONLY, rateLimit: 1 });
  point(exchange, url);
  return exchange;
}

export async function binancePro(url: string, key?: Partial<Key>) {
  const exchange = new ccxt.pro.binance({ apiKey: key?.apiKey, secret: key?.secret, options: SPOT_ONLY, rateLimit: 1 });
  point(exchange, url);
  await exchange.loadHttpProxyAgent();
  return exchange;
}

function point(exchange: InstanceType<typeof ccxt.binance>, url: string): void {
  const api = exchange.urls['api'] as Record<string, Record<string, Record<string, string>> | undefined>;
  Object.assign(api, { public: `${url}/api/v3`, private: `${url}/api/v3`, sapi: `${url}/sapi/v1` });
  const ws = url.replace('http', 'ws');
  if (!api.ws) return;
  Object.assign(api.ws, { spot: `${ws}/ws`, 'ws-api': { spot: `${ws}/ws-api/v3` } });
}

export type { RunningSimulator };

export interface ListAnswer {
  orderListId: number;
  listOrderStatus: string;
  orders: { orderId: number; clientOrderId: string }[];
  orderReports: { status: string; origQty: string; clientOrderId: string }[];
}

/** What the control port answers, all routes together. */
export interface ControlAnswer {
  error: string;
  marketTime: number;
  speed: number;
  paused: boolean;
  orders: Record<string, string | number | boolean>[];
  trades: Record<string, string | number | boolean>[];
  balances: { asset: string; free: string; locked: string }[];
  orderLists: ListAnswer[];
  faults: Record<string, unknown>[];
  price: string;
  feed?: { ok: boolean; staleMs: number; error?: string };
}
