/**
 * Orders on the safe path beside bare ccxt calls to the same exchange: inside an activity, and as an activity of a
 * workflow. All take turns in one run, so that a busy machine slows them alike. Database, Temporal and exchange are real.
 *
 * What stands against what: an order until its answer is in hand (the intent durable before it was sent) and until its
 * fills and record are stored, against one bare `createOrder`; a protected entry with everything stored, against a bare
 * `createOrder` and a bare OCO. No path that stores an intent first can be faster than the floor: one such write, then
 * the bare call. Through Temporal the floor is an activity that does nothing, then the bare call.
 */
import { MockActivityEnvironment } from '@temporalio/testing';
import type { ActivityDependencies } from '../../activities/dependencies.js';
import { takeFills } from '../../activities/orders/book.js';
import { openDesk } from '../../activities/orders/desk.js';
import { enter, placeEntry } from '../../activities/orders/entry.js';
import { loadDefaultConfig } from '../../adapters/config/defaults.js';
import { createExchange } from '../../adapters/exchange/exchange.js';
import { createMarketCache } from '../../adapters/exchange/marketCache.js';
import { createControl } from '../../commands/campaign/control.js';
import { startStand } from '../../commands/campaign/stand.js';
import type { TradePlan } from '../../trading/types.js';
import { TRADING_TASK_QUEUE } from '../../workflows/messages.js';
import { bareCcxt } from './bareCcxt.js';
import { percentile, timed } from './measure.js';

const BLOCKS = 40;
const PER_BLOCK = 10;
const WARM_BLOCKS = 4;
const SYMBOL = 'BTC/USDT';

/** Medians, ms; the p99 of what has a goal. */
export interface SafePathResult {
  orders: number;
  bareMs: number;
  bareP99Ms: number;
  /** The write of one intent, acknowledged as durable. */
  intentWriteMs: number;
  inActivityMs: number;
  inActivityP99Ms: number;
  /** The same until the order's fills and record are stored. */
  inActivityStoredMs: number;
  barePairMs: number;
  protectedEntryMs: number;
  emptyActivityMs: number;
  throughTemporalMs: number;
  throughTemporalP99Ms: number;
  /** Over the bare call; goal 2, floor what an intent's write and the bare call take. */
  inActivityRatio: number;
  inActivityFloor: number;
  inActivityStoredRatio: number;
  /** Over the two bare calls. */
  protectedEntryRatio: number;
  /** Over the bare call; goal 5, floor what an empty activity and the bare call take. */
  throughTemporalRatio: number;
  throughTemporalFloor: number;
}

export async function measureSafePath(): Promise<SafePathResult> {
  const stand = await startStand({ simulator: { speed: 1, weightLimit: 10_000_000 } }, { CAMPAIGN: 'true' });
  const { servers, worker, repositories, client } = stand;
  const exchange = createExchange({ venue: 'simulator', url: servers.exchangeUrl });
  try {
    await worker.ready();
    const control = createControl(servers.controlUrl);
    const userId = 'bench';
    await repositories.config.create(userId, { ...loadDefaultConfig(), symbols: [SYMBOL], mode: 'paper' });
    await repositories.status.create(userId, 'paper');
    const key = { id: userId, ...(await control.account(userId, { USDT: '1000000000' })) };
    const bareClient = await bareCcxt(servers.exchangeUrl, key);
    const venue = { exchange, market: createMarketCache(exchange.market), key: async () => key };
    const deps = {
      repositories,
      venue: () => venue,
      now: () => Date.now(),
    } as unknown as ActivityDependencies;
    const price = (await exchange.market.tickers([SYMBOL])).get(SYMBOL)!.last;
    const planOf = (intentId: string): TradePlan => ({
      approved: true,
      intentId,
      symbol: SYMBOL,
      quantity: '0.001',
      referencePrice: String(price),
      stopPrice: String(Math.round(price * 0.97)),
      targetPrice: String(Math.round(price * 1.03)),
      signalId: '',
      confidence: 100,
    });
    const buy = (id: string): Promise<unknown> =>
      bareClient.createOrder(SYMBOL, 'market', 'buy', 0.001, undefined, { clientOrderId: id });
    const inside = <T>(work: (desk: Awaited<ReturnType<typeof openDesk>>) => Promise<T>): Promise<T> =>
      new MockActivityEnvironment({ scheduledTimestampMs: Date.now() }).run(async () =>
        work(await openDesk(deps, userId)),
      ) as Promise<T>;

    const took: Record<'bare' | 'write' | 'inside' | 'stored' | 'pair' | 'entry' | 'empty' | 'through', number[]> = {
      ...{ bare: [], write: [], inside: [], stored: [], pair: [], entry: [], empty: [], through: [] },
    };
    for (let block = 0; block < BLOCKS; block++) {
      const note = (name: keyof typeof took, ms: number): void => {
        if (block >= WARM_BLOCKS) took[name].push(ms);
      };
      for (let i = 0; i < PER_BLOCK; i++) {
        const id = `${block}-${i}`;
        note('bare', await timed(() => buy(`bare-${id}`)));
        note('write', await timed(() => repositories.orders.insertIntent(intentOf(userId, `write-${id}`))));
        await inside(async (desk) => {
          const started = performance.now();
          const settled = await placeEntry(desk, planOf(`inside-${id}`));
          note('inside', performance.now() - started);
          if (settled.kind !== 'known') throw new Error(`not placed: ${settled.kind}`);
          await takeFills(desk, settled.reports[0]!, settled.evidence);
          note('stored', performance.now() - started);
        });
        note(
          'pair',
          await timed(async () => (await buy(`pair-${id}`), await bareClient.privatePostOrderListOco(oco(price)))),
        );
        await inside(async (desk) => {
          const started = performance.now();
          const report = await enter(desk, planOf(`entry-${id}`));
          note('entry', performance.now() - started);
          if (report.outcome !== 'FILLED' || !report.protected) throw new Error(`entry: ${JSON.stringify(report)}`);
        });
        await bareClient.privateDeleteOpenOrders({ symbol: 'BTCUSDT' });
      }
      const plans = Array.from({ length: PER_BLOCK }, (_, i) => planOf(`through-${block}-${i}`));
      const { placed, empty } = await client.workflow.execute<
        (userId: string, plans: TradePlan[]) => Promise<{ placed: number[]; empty: number[] }>
      >('placeWorkflow', { workflowId: `place-${block}`, taskQueue: TRADING_TASK_QUEUE, args: [userId, plans] });
      for (const ms of placed) note('through', ms);
      for (const ms of empty) note('empty', ms);
    }
    return resultOf(took);
  } finally {
    await exchange.close();
    await stand.stop();
  }
}

function resultOf(took: Record<string, number[]>): SafePathResult {
  const p50 = (name: string): number => percentile(took[name]!, 0.5);
  const p99 = (name: string): number => percentile(took[name]!, 0.99);
  const bare = p50('bare');
  const over = (ms: number, base = bare): number => Number((ms / base).toFixed(2));
  return {
    orders: took['bare']!.length,
    bareMs: bare,
    bareP99Ms: p99('bare'),
    intentWriteMs: p50('write'),
    inActivityMs: p50('inside'),
    inActivityP99Ms: p99('inside'),
    inActivityStoredMs: p50('stored'),
    barePairMs: p50('pair'),
    protectedEntryMs: p50('entry'),
    emptyActivityMs: p50('empty'),
    throughTemporalMs: p50('through'),
    throughTemporalP99Ms: p99('through'),
    inActivityRatio: over(p50('inside')),
    inActivityFloor: over(p50('write') + bare),
    inActivityStoredRatio: over(p50('stored')),
    protectedEntryRatio: over(p50('entry'), p50('pair')),
    throughTemporalRatio: over(p50('through')),
    throughTemporalFloor: over(p50('empty') + bare),
  };
}

const intentOf = (userId: string, id: string) => ({
  ...{ userId, intentId: id, clientOrderId: id, symbol: SYMBOL, side: 'BUY' as const, type: 'MARKET' },
  ...{ purpose: 'ENTRY' as const, quantity: '0.001', mode: 'paper' as const, positionId: `p-${id}` },
  ...{ status: 'SHADOW' as const, fenceTimestamp: Date.now(), recvWindow: 3_000 },
});

const oco = (price: number): Record<string, string> => ({
  ...{ symbol: 'BTCUSDT', side: 'SELL', quantity: '0.00099', aboveType: 'LIMIT_MAKER', belowType: 'STOP_LOSS' },
  abovePrice: String(Math.round(price * 1.03)),
  belowStopPrice: String(Math.round(price * 0.97)),
  newOrderRespType: 'FULL',
});
