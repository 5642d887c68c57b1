/** The live side: Temporal, database, local exchange and a worker of their own, stepped candle by candle. */
import { loadDefaultConfig } from '../../adapters/config/defaults.js';
import type { PerformanceDocument, SignalDocument, TradeDocument } from '../../adapters/database/documents.js';
import type { Repositories } from '../../adapters/database/repositories.js';
import type { StoredPosition } from '../../adapters/database/positionsRepository.js';
import { createExchange } from '../../adapters/exchange/exchange.js';
import type { TestServers } from '../../launcher/lab.js';
import { candlesFromRows } from '../../trading/market/columns.js';
import type { CandleColumns, CandleRow, StatusView, SymbolRules, TradingConfig } from '../../trading/types.js';
import { TIMEFRAME_MS } from '../../trading/types.js';
import { runCycleUpdate, startUpdate, TRADING_TASK_QUEUE, tradingWorkflowId } from '../../workflows/messages.js';
import { createControl } from '../campaign/control.js';
import { type Stand, startStand } from '../campaign/stand.js';

/** What the live system did, as its own records have it. */
export interface LiveRecord {
  candles: Map<string, CandleColumns>;
  rules: Map<string, SymbolRules>;
  /** Market time of the first cycle. */
  firstCycle: number;
  signals: SignalDocument[];
  trades: TradeDocument[];
  open: StoredPosition[];
  equity: PerformanceDocument[];
  /** Codes of each cycle's refusals, by the cycle's market time. */
  refusals: Map<number, string[]>;
  seconds: number;
}

const USER = 'parity';
/** Candles before the first cycle that the backtest gets to see: more than live's own window. */
const HISTORY = 1_400;

export async function runLive(
  config: Partial<TradingConfig>,
  cycles: number,
  say: (line: string) => void,
): Promise<LiveRecord> {
  // The market is stepped faster than prices age.
  const stand = await startStand({ simulator: { speed: 300, weightLimit: 1e9 } }, { MARKET_CACHE_MS: '2' });
  try {
    return await drive(stand, { config, cycles, say });
  } finally {
    await stand.stop();
  }
}

interface Driven {
  config: Partial<TradingConfig>;
  cycles: number;
  say: (line: string) => void;
}

async function drive(stand: Stand, { config, cycles, say }: Driven): Promise<LiveRecord> {
  const { servers, worker, database, client, repositories } = stand;
  const clock = createClock(servers.controlUrl);
  // A day's interval: every cycle is one that was asked for.
  const settings = { ...loadDefaultConfig(), ...config, tradingInterval: 86_400 };
  const step = TIMEFRAME_MS[settings.timeframe];
  await clock({ paused: true });
  const { marketTime } = await clock({});
  const firstCycle = Math.ceil((marketTime + 1) / step) * step;
  await clock({ until: firstCycle });
  await worker.ready();
  await repositories.config.create(USER, settings);
  await repositories.status.create(USER, 'paper');
  await client.workflow.start('tradingWorkflow', {
    workflowId: tradingWorkflowId(USER),
    taskQueue: TRADING_TASK_QUEUE,
    workflowTaskTimeout: '5 seconds',
    args: [{ userId: USER }],
  });
  const handle = client.workflow.getHandle(tradingWorkflowId(USER));
  const refusals = new Map<number, string[]>();
  const note = (time: number, status: StatusView): void =>
    void refusals.set(
      time,
      status.refusals.map(({ code }) => code),
    );

  const began = Date.now();
  await handle.executeUpdate(startUpdate.name, { args: [{ by: USER }] });
  await until(
    async () => (await repositories.status.get(USER))?.cycle,
    (cycle) => (cycle ?? 0) >= 1,
  );
  for (let cycle = 1; cycle < cycles; cycle++) {
    const time = firstCycle + cycle * step;
    await clock({ until: time });
    await settled(servers, repositories);
    const status = await handle.executeUpdate(runCycleUpdate);
    note(time, status);
    if (status.status === 'EMERGENCY_STOPPED' && cycle % 50 === 0) say(`  ${status.emergency?.reason ?? 'stopped'}`);
    if (cycle % 100 === 0) say(`  ${cycle} cycles in ${Math.round((Date.now() - began) / 1000)} s`);
  }
  await clock({ until: firstCycle + cycles * step });
  await settled(servers, repositories);
  const seconds = (Date.now() - began) / 1000;
  const find = <T>(model: { find(filter: object): { lean(): unknown } }): Promise<T[]> =>
    model.find({ userId: USER }).lean() as Promise<T[]>;
  const equity = await until(
    () => find<PerformanceDocument>(database.models.performance),
    (found) => found.length >= cycles,
  ).catch(async (error: unknown) => {
    const found = new Set((await find<PerformanceDocument>(database.models.performance)).map(({ cycle }) => cycle));
    const absent = Array.from({ length: cycles }, (_, index) => index + 1).filter((cycle) => !found.has(cycle));
    throw new Error(`no equity was recorded of the cycles ${absent.slice(0, 20).join(', ')}: ${String(error)}`);
  });
  const exchange = createExchange({ venue: 'simulator', url: servers.exchangeUrl });
  try {
    return {
      candles: await candlesOf(servers.exchangeUrl, settings, firstCycle - HISTORY * step, firstCycle + cycles * step),
      rules: await exchange.market.symbolRules(),
      firstCycle,
      signals: await find<SignalDocument>(database.models.signals),
      trades: await find<TradeDocument>(database.models.trades),
      open: await repositories.positions.open(USER),
      equity,
      refusals,
      seconds,
    };
  } finally {
    await exchange.close();
  }
}

/** Sets or asks the exchange's clock; it answers when everything on the way has happened. */
function createClock(url: string) {
  return async (body: object): Promise<{ marketTime: number }> => {
    const asking = Object.keys(body).length === 0;
    const answer = await fetch(`${url}/clock`, asking ? {} : { method: 'POST', body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`/clock: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as { marketTime: number };
  };
}

/** Every execution of the exchange's ledger is in the books: what filled between two cycles has been looked after. */
async function settled(servers: TestServers, repositories: Repositories): Promise<void> {
  const open = await repositories.positions.open(USER);
  if (open.length === 0) return;
  const ledger = await createControl(servers.controlUrl).ledger(USER);
  const done = new Set(
    ledger.orders
      .filter(({ status, side }) => side === 'SELL' && status === 'FILLED')
      .map(({ clientOrderId }) => clientOrderId),
  );
  const left = open.filter(
    ({ protection }) =>
      protection && (done.has(protection.stopClientOrderId) || done.has(protection.targetClientOrderId)),
  );
  if (left.length === 0) return;
  const ids = left.map(({ id }) => id);
  await until(
    () => repositories.positions.open(USER),
    (now) => !now.some(({ id }) => ids.includes(id)),
  );
}

async function until<T>(look: () => Promise<T>, reached: (value: T) => boolean): Promise<T> {
  const end = Date.now() + 60_000;
  for (;;) {
    const value = await look();
    if (reached(value)) return value;
    if (Date.now() > end) {
      const size = Array.isArray(value) ? `${value.length} of ` : '';
      throw new Error(`not reached within a minute: ${size}${JSON.stringify(value)?.slice(0, 300)}`);
    }
    await new Promise((next) => setTimeout(next, 5));
  }
}

async function candlesOf(
  url: string,
  { symbols, timeframe }: Pick<TradingConfig, 'symbols' | 'timeframe'>,
  from: number,
  to: number,
): Promise<Map<string, CandleColumns>> {
  const all = new Map<string, CandleColumns>();
  for (const symbol of symbols) {
    const rows: CandleRow[] = [];
    for (let since = from; since < to; ) {
      const query = `symbol=${symbol.replace('/', '')}&interval=${timeframe}&startTime=${since}&endTime=${to - 1}&limit=1000`;
      const answer = await fetch(`${url}/api/v3/klines?${query}`);
      const page = (await answer.json()) as string[][];
      if (page.length === 0) break;
      for (const row of page) rows.push(row.slice(0, 6).map(Number) as unknown as CandleRow);
      since = rows.at(-1)![0] + TIMEFRAME_MS[timeframe];
    }
    all.set(symbol, candlesFromRows(rows));
  }
  return all;
}
