/**
 * Order work as a worker does it, step by step and without Temporal: the real activities' functions in this process, on
 * a real database and a real exchange whose prices stand all but still.
 */
import { createHmac } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import type { ActivityDependencies } from '../../activities/dependencies.js';
import { type Desk, openDesk } from '../../activities/orders/desk.js';
import { enter } from '../../activities/orders/entry.js';
import { managePositions } from '../../activities/positions/managePositions.js';
import type { EventToSend, PositionsReport, TradeReport } from '../../activities/types.js';
import { loadDefaultConfig } from '../../adapters/config/defaults.js';
import { connectDatabase, type Database } from '../../adapters/database/connect.js';
import { createRepositories, type Repositories } from '../../adapters/database/repositories.js';
import { createExchange } from '../../adapters/exchange/exchange.js';
import { createMarketCache } from '../../adapters/exchange/marketCache.js';
import { masterKeys, parseKeys } from '../../adapters/secrets/master-keys.js';
import { type Control, createControl } from '../../commands/campaign/control.js';
import type { LedgerOrder } from '../../commands/campaign/judge.js';
import { isOwnOrder, protectionLevels, roundQuantityDown } from '../../trading/orders/index.js';
import type { ExitReason, TradePlan, TradingConfig } from '../../trading/types.js';
import { temporaryFolder } from './folders.js';
import { startServers, type TestServers } from './servers.js';

export const SYMBOL = 'BTC/USDT';

export interface OrderLab {
  servers: TestServers;
  control: Control;
  database: Database;
  repositories: Repositories;
  user(balances?: Record<string, string>, config?: Partial<TradingConfig>): Promise<OrderUser>;
  /** A request to the exchange's control port. */
  ask(path: string, body: object): Promise<unknown>;
  close(): Promise<void>;
}

export interface OrderUser {
  id: string;
  deps: ActivityDependencies;
  events: EventToSend[];
  /** What the log would say. */
  lines: string[];
  /** One attempt of an activity; `repositories` stand in for the real ones in this attempt. */
  run<T>(work: (desk: Desk) => Promise<T>, repositories?: Partial<Repositories>): Promise<T>;
  plan(notional?: number): Promise<TradePlan>;
  enter(plan?: TradePlan, repositories?: Partial<Repositories>): Promise<TradeReport>;
  look(reason?: ExitReason): Promise<PositionsReport>;
  /** The owner's own request, signed with the same key: `POST /api/v3/order` and so on. */
  byHand(endpoint: string, params: Record<string, string>): Promise<Record<string, unknown>>;
  orders(): Promise<LedgerOrder[]>;
  /** Ours that rest on the exchange. */
  resting(): Promise<LedgerOrder[]>;
  /** Free and locked. */
  holds(asset: string): Promise<{ free: number; locked: number }>;
}

/** @param more further markets beside BTC/USDT at 60,000, with their prices */
export async function startOrderLab(more: Record<string, number> = {}): Promise<OrderLab> {
  const folder = temporaryFolder('order-lab');
  const dataDir = join(folder.path, 'candles');
  mkdirSync(dataDir);
  for (const [market, price] of Object.entries({ BTCUSDT: 60_000, ...more }))
    writeFileSync(join(dataDir, `${market}-1m.csv`), still(price));
  const servers = await startServers({ mongodb: true, simulator: { speed: 1, weightLimit: 10_000_000, dataDir } });
  const control = createControl(servers.controlUrl);
  const database = await connectDatabase(servers.mongodbUri);
  const repositories = createRepositories(database, masterKeys(parseKeys('a'.repeat(64), 'test')));
  const exchange = createExchange({ venue: 'simulator', url: servers.exchangeUrl });
  // Tests move prices and go on at once.
  const market = createMarketCache(exchange.market, { tickerTtlMs: 1, candleRetryMs: 250 });
  let users = 0;

  async function user(
    balances: Record<string, string> = { USDT: '10000' },
    config: Partial<TradingConfig> = {},
  ): Promise<OrderUser> {
    const id = `user-${process.pid}-${++users}`;
    await repositories.config.create(id, { ...loadDefaultConfig(), symbols: [SYMBOL], mode: 'paper', ...config });
    await repositories.status.create(id, 'paper');
    const key = { id, ...(await control.account(id, balances)) };
    const events: EventToSend[] = [];
    const lines: string[] = [];
    const venue = { exchange, market, key: async () => key };
    const deps = {
      repositories,
      venue: () => venue,
      notify: async (_userId: string, event: EventToSend) => events.push(event) > 0,
      log: { info: () => undefined, warn: () => undefined, error: () => undefined },
      now: () => Date.now(),
    } as unknown as ActivityDependencies;
    let plans = 0;

    const made: OrderUser = {
      id,
      deps,
      events,
      lines,
      run: (work, instead) =>
        new MockActivityEnvironment({ scheduledTimestampMs: Date.now() }, { logger: new DefaultLogger('ERROR') }).run(
          async () => {
            const given = instead ? { ...deps, repositories: { ...repositories, ...instead } } : deps;
            const desk = await openDesk(given, id);
            try {
              return await work(desk);
            } finally {
              lines.push(...desk.lines.map(({ message }) => message));
              events.push(...desk.events);
            }
          },
        ) as never,
      async plan(notional = 121) {
        const [rules, tickers] = await Promise.all([exchange.market.symbolRules(), market.tickers([SYMBOL])]);
        const { ask } = tickers.get(SYMBOL)!;
        const settings = (await repositories.config.get(id))!;
        return {
          approved: true,
          intentId: `${id}-${++plans}`,
          symbol: SYMBOL,
          quantity: roundQuantityDown(notional / ask, rules.get(SYMBOL)!.stepSize),
          referencePrice: String(ask),
          ...protectionLevels({ entryPrice: ask, config: settings, rules: rules.get(SYMBOL)! }),
          signalId: '',
          confidence: 70,
        };
      },
      enter: async (plan, instead) => {
        const wanted = plan ?? (await made.plan());
        return made.run((desk) => enter(desk, wanted), instead);
      },
      look: (reason) =>
        made.run(async (desk) => {
          const open = reason ? await repositories.positions.open(id) : [];
          return managePositions(
            desk,
            open.map((position) => ({ positionId: position.id, symbol: position.symbol, reason: reason! })),
          );
        }),
      async byHand(endpoint, params) {
        const [method, path] = endpoint.split(' ');
        const query = new URLSearchParams({ ...params, timestamp: String(Date.now()) });
        query.set('signature', createHmac('sha256', key.secret).update(query.toString()).digest('hex'));
        const answer = await fetch(`${servers.exchangeUrl}${path}?${query}`, {
          method,
          headers: { 'X-MBX-APIKEY': key.apiKey },
        });
        const body = (await answer.json()) as Record<string, unknown>;
        if (!answer.ok) throw new Error(`${endpoint}: ${JSON.stringify(body)}`);
        return body;
      },
      orders: async () => (await control.ledger(id)).orders,
      resting: async () =>
        (await made.orders()).filter(
          ({ clientOrderId, status }) => isOwnOrder(clientOrderId) && ['NEW', 'PARTIALLY_FILLED'].includes(status),
        ),
      async holds(asset) {
        const held = (await control.ledger(id)).balances.find((balance) => balance.asset === asset);
        return { free: Number(held?.free ?? 0), locked: Number(held?.locked ?? 0) };
      },
    };
    return made;
  }

  return {
    servers,
    control,
    database,
    repositories,
    user,
    async ask(path, body) {
      const answer = await fetch(`${servers.controlUrl}${path}`, { method: 'POST', body: JSON.stringify(body) });
      if (!answer.ok) throw new Error(`POST ${path}: ${answer.status} ${await answer.text()}`);
      return answer.json();
    },
    async close() {
      await exchange.close();
      await database.close();
      await servers.stop();
      folder.remove();
    },
  };
}

/** A day and a half of minutes in which next to nothing happens. */
function still(price: number): string {
  const rows = Array.from({ length: 2_000 }, (_, i) => {
    const [low, high] = [price * 0.99999, price * 1.00001];
    return [Date.UTC(2024, 0, 1) + i * 60_000, price, high, low, price, 100]
      .map((one) => Number(one.toFixed(2)))
      .join();
  });
  return `timestamp,open,high,low,close,volume\n${rows.join('\n')}\n`;
}
