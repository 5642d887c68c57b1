/**
 * One order on the safe path (intent stored, sent under a fence, answer noted) beside a bare ccxt call to the same
 * exchange: inside an activity, and as an activity of a workflow. All take turns in one run, so that a busy machine
 * slows them alike. Database, Temporal and exchange are real.
 */
import { MockActivityEnvironment } from '@temporalio/testing';
import type { ActivityDependencies } from '../../activities/dependencies.js';
import { openDesk } from '../../activities/orders/desk.js';
import { placeEntry } from '../../activities/orders/entry.js';
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
const SYMBOL = 'BTC/USDT';

export interface SafePathResult {
  orders: number;
  bareP50Ms: number;
  bareP99Ms: number;
  inActivityP50Ms: number;
  inActivityP99Ms: number;
  throughTemporalP50Ms: number;
  throughTemporalP99Ms: number;
  /** Over the bare call, medians; goals 2 and 5. */
  inActivityRatio: number;
  throughTemporalRatio: number;
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
    const deps = {
      repositories,
      venue: () => ({ exchange, market: createMarketCache(exchange.market), key: async () => key }),
      now: () => Date.now(),
    } as unknown as ActivityDependencies;
    const activity = new MockActivityEnvironment();

    const bare: number[] = [];
    const inside: number[] = [];
    const through: number[] = [];
    for (let block = 0; block < BLOCKS; block++) {
      const warm = block < 3;
      for (let i = 0; i < PER_BLOCK; i++) {
        const id = block * PER_BLOCK + i;
        const bareMs = await timed(() =>
          bareClient.createOrder(SYMBOL, 'market', 'buy', 0.001, undefined, { clientOrderId: `bare-${id}` }),
        );
        const insideMs = await activity.run(async () => {
          const desk = await openDesk(deps, userId);
          return timed(() => placeEntry(desk, planOf(`inside-${id}`)));
        });
        if (!warm) {
          bare.push(bareMs);
          inside.push(insideMs as number);
        }
      }
      const plans = Array.from({ length: PER_BLOCK }, (_, i) => planOf(`through-${block}-${i}`));
      const took = await client.workflow.execute<(userId: string, plans: TradePlan[]) => Promise<number[]>>(
        'placeWorkflow',
        { workflowId: `place-${block}`, taskQueue: TRADING_TASK_QUEUE, args: [userId, plans] },
      );
      if (!warm) through.push(...took);
    }
    const bareP50Ms = percentile(bare, 0.5);
    return {
      orders: bare.length,
      bareP50Ms,
      bareP99Ms: percentile(bare, 0.99),
      inActivityP50Ms: percentile(inside, 0.5),
      inActivityP99Ms: percentile(inside, 0.99),
      throughTemporalP50Ms: percentile(through, 0.5),
      throughTemporalP99Ms: percentile(through, 0.99),
      inActivityRatio: Number((percentile(inside, 0.5) / bareP50Ms).toFixed(2)),
      throughTemporalRatio: Number((percentile(through, 0.5) / bareP50Ms).toFixed(2)),
    };
  } finally {
    await exchange.close();
    await stand.stop();
  }
}

const planOf = (intentId: string): TradePlan => ({
  approved: true,
  intentId,
  symbol: SYMBOL,
  quantity: '0.001',
  referencePrice: '60000',
  stopPrice: '59000',
  targetPrice: '62000',
  signalId: '',
  confidence: 100,
});
