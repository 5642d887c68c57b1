/** What happens to a user from outside, as scenarios need it: the market's speed, a position to lose, a hand at the exchange. */
import { createHmac } from 'node:crypto';
import { loadDefaultConfig } from '../../../adapters/config/defaults.js';
import type { StoredPosition } from '../../../adapters/database/positionsRepository.js';
import type { LedgerOrder } from '../../../commands/campaign/judge.js';
import type { TradingConfig } from '../../../trading/types.js';
import { TRADING_TASK_QUEUE } from '../../../workflows/messages.js';
import type { HoldInput } from '../../../workflows/holdWorkflow.js';
import { eventually, type Lab, type TestUser } from '../../support/trading.js';

/** Market time per real time while an entry is waited for, and while a scenario is played. */
const FAST = 600;
const SLOW = 1;
/** What a new paper account has, USDT. */
const CASH = 10_000;

export function createScenarioTools(lab: Lab) {
  async function control(path: string, body: object): Promise<Record<string, unknown>> {
    const answer = await fetch(`${lab.servers.controlUrl}${path}`, { method: 'POST', body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`POST ${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as Record<string, unknown>;
  }

  const players: TestUser[] = [];
  async function user(config: Partial<TradingConfig>): Promise<TestUser> {
    const made = await lab.user({ ...eager(), ...config });
    players.push(made);
    return made;
  }

  /** By the activities that trading uses, so that no scenario waits for a signal. */
  async function hold(user: TestUser, notional: number): Promise<void> {
    const held = await lab.client.workflow.execute<(input: HoldInput) => Promise<number>>('holdWorkflow', {
      workflowId: `hold-${user.id}`,
      taskQueue: TRADING_TASK_QUEUE,
      args: [{ userId: user.id, symbols: ['BTC/USDT'], notional }],
    });
    if (held !== 1) throw new Error(`${user.id} holds nothing`);
  }

  const tools = {
    control,
    user,
    /** Ends what the last scenario left: its users must not trade through the next one, and the market goes on. */
    async clear(): Promise<void> {
      await control('/clock', { paused: false });
      await lab.control.clearFaults();
      await Promise.all(
        players.splice(0).map(async (player) => {
          await lab.repositories.config.put(player.id, { tradingInterval: 3600 });
          await player.signal('stop');
          await player.signal('configChanged');
        }),
      );
    },
    fast: () => control('/clock', { speed: FAST }),
    /** Walks the market to a moment of the record, ms UTC. */
    walkTo: (marketTime: number) => control('/clock', { until: marketTime }),
    slow: () => control('/clock', { speed: SLOW }),

    /** A user who holds a position at once, without waiting for a signal, and trades. */
    async holding(config: Partial<TradingConfig> = {}): Promise<TestUser> {
      await tools.slow();
      // Opinions of a day's candles, which closed before the entry: no signal sells what the scenario is about.
      const holder = await user({ ...config, timeframe: '1d' });
      await tools.priceKnown();
      await hold(holder, ((config.positionSizePct ?? 2) / 100) * CASH);
      await tools.protectedPosition(holder);
      await holder.update('startTrading', { by: 'scenario' });
      await holder.until(({ openPositions }) => openPositions > 0);
      return holder;
    },

    /** Until the worker knows the exchange's price: after a scenario's crash it has the one of before for a second. */
    async priceKnown(): Promise<void> {
      const watcher = await user({ timeframe: '1d', shadow: true });
      await watcher.update('startTrading', { by: 'scenario' });
      await eventually(
        async () => {
          const { cycle } = await watcher.update<{ cycle: number }>('runCycle');
          const line = (await tools.logs(watcher)).find((one) => one.startsWith(`Cycle ${cycle}: `));
          const seen = Number(/BTC\/USDT ([\d.]+)/.exec(line ?? '')?.[1]);
          const answer = await fetch(`${lab.servers.exchangeUrl}/api/v3/ticker/price?symbol=BTCUSDT`);
          return seen / Number(((await answer.json()) as { price: string }).price) - 1;
        },
        (difference) => Math.abs(difference) < 0.002,
      );
      await watcher.update('stopTrading', {});
    },

    /** Users of one setting who hold positions, each protected; from here on the market all but stands still. */
    async holders(count: number, config: Partial<TradingConfig> = {}): Promise<TestUser[]> {
      await tools.fast();
      const users = await Promise.all(Array.from({ length: count }, () => user(config)));
      await Promise.all(users.map((user) => user.update('startTrading', { by: 'scenario' })));
      await Promise.all(users.map((user) => user.until(({ openPositions }) => openPositions > 0, 60_000)));
      await tools.slow();
      await Promise.all(users.map((user) => tools.protectedPosition(user)));
      // Opinions of a day's candles, which closed before the entry: no signal sells what the scenario is about.
      await Promise.all(users.map((user) => lab.repositories.config.put(user.id, { timeframe: '1d' })));
      return users;
    },

    async holder(config: Partial<TradingConfig> = {}): Promise<TestUser> {
      return (await tools.holders(1, config))[0]!;
    },

    protectedPosition: async (user: TestUser): Promise<StoredPosition> =>
      (
        await eventually(
          () => lab.repositories.positions.open(user.id),
          (open) => open.length > 0 && open.every((position) => position.protection !== null),
        )
      )[0]!,

    resting: async (user: TestUser): Promise<LedgerOrder[]> =>
      (await lab.control.ledger(user.id)).orders.filter(({ status }) => status === 'NEW'),
    buys: async (user: TestUser): Promise<LedgerOrder[]> =>
      (await lab.control.ledger(user.id)).orders.filter(({ side }) => side === 'BUY'),
    balance: async (user: TestUser, asset: string): Promise<number> => {
      const held = (await lab.control.ledger(user.id)).balances.find((balance) => balance.asset === asset);
      return Number(held?.free ?? 0) + Number(held?.locked ?? 0);
    },

    trades: (user: TestUser, least = 1) =>
      eventually(
        () =>
          lab.database.models.trades
            .find({ userId: user.id })
            .lean<{ exitReason: string; exitPrice: number; pnl: number; positionId: string }[]>(),
        (found) => found.length >= least,
      ),

    /** How often each kind of message was told to the user, once `type` is among them. */
    told: async (user: TestUser, type: string): Promise<Record<string, number>> => {
      const found = await eventually(
        () => lab.database.models.notifications.find({ userId: user.id }).lean<{ type: string }[]>(),
        (all) => all.some((one) => one.type === type),
      );
      const counts: Record<string, number> = {};
      for (const one of found) counts[one.type] = (counts[one.type] ?? 0) + 1;
      return counts;
    },

    logs: async (user: TestUser): Promise<string[]> =>
      (await lab.database.connection.db!.collection('auto_trading_logs').find({ userId: user.id }).toArray()).map(
        ({ message }) => String(message),
      ),

    /** A signed order of the account's owner, placed by hand beside the product. */
    async orderByHand(user: TestUser, order: Record<string, string>): Promise<LedgerOrder> {
      const key = await lab.control.account(user.id, {});
      const query = new URLSearchParams({ ...order, timestamp: String(Date.now()) });
      query.set('signature', createHmac('sha256', key.secret).update(query.toString()).digest('hex'));
      const answer = await fetch(`${lab.servers.exchangeUrl}/api/v3/order?${query}`, {
        method: 'POST',
        headers: { 'X-MBX-APIKEY': key.apiKey },
      });
      if (!answer.ok) throw new Error(await answer.text());
      return (await answer.json()) as LedgerOrder;
    },
  };
  return tools;
}

/** Settings under which an entry comes with the first chance and nothing but the scenario ends it. */
function eager(): Partial<TradingConfig> {
  const { risk } = loadDefaultConfig();
  return {
    symbols: ['BTC/USDT'],
    stopLossPct: 3,
    takeProfitPct: 12,
    risk: {
      ...risk,
      maxAtrPercentile: 100,
      cooldownMinutes: 0,
      losingStreakLimit: 100,
      maxSlippagePct: 5,
      maxTradesPerDay: 10_000,
    },
  };
}
