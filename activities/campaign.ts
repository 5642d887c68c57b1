/** What a fault campaign decides in place of signals and checks: small entries at the market, left again at once. */
import { intentId, protectionLevels } from '../trading/orders/index.js';
import { roundQuantityDown } from '../trading/orders/index.js';
import type { TradePlan } from '../trading/types.js';
import type { ActivityDependencies } from './dependencies.js';
import { withFailures } from './failures.js';
import { takeFills } from './orders/book.js';
import { openDesk, withHeartbeat } from './orders/desk.js';
import { placeEntry } from './orders/entry.js';
import { settingsOf } from './cycleReads.js';
import type { ExitPlan } from './types.js';

export interface CampaignActivities {
  /** `notional` in quote units (120). */
  planEntry(input: { userId: string; symbol: string; round: number; notional?: number }): Promise<TradePlan | null>;
  planExits(input: { userId: string }): Promise<ExitPlan[]>;
  /** The benchmark's empty step. */
  doNothing(): Promise<void>;
  /** The benchmark's single order: placed and noted, nothing more. */
  placeOne(input: { userId: string; plan: TradePlan }): Promise<void>;
}

/** Quote units of one entry. */
const NOTIONAL = 120;

export function createCampaignActivities(deps: ActivityDependencies): CampaignActivities {
  const activities: CampaignActivities = {
    async planEntry({ userId, symbol, round, notional = NOTIONAL }) {
      const config = await settingsOf(deps.repositories, userId);
      const venue = deps.venue(config.mode);
      const [rules, tickers] = await Promise.all([venue.exchange.market.symbolRules(), venue.market.tickers([symbol])]);
      const ofSymbol = rules.get(symbol);
      const ticker = tickers.get(symbol);
      if (!ofSymbol || !ticker) return null;
      return {
        approved: true,
        intentId: intentId({ userId, cycle: round, symbol, purpose: 'ENTRY', epoch: 'campaign' }),
        symbol,
        quantity: roundQuantityDown(notional / ticker.ask, ofSymbol.stepSize),
        referencePrice: String(ticker.ask),
        ...protectionLevels({ entryPrice: ticker.ask, config, rules: ofSymbol }),
        signalId: '',
        confidence: 100,
      };
    },
    doNothing: () => Promise.resolve(),
    async placeOne({ userId, plan }) {
      const desk = await openDesk(deps, userId);
      const placed = await placeEntry(desk, plan);
      if (placed.kind !== 'known') throw new Error(`not placed: ${placed.kind}`);
      await takeFills(desk, placed.reports[0]!, placed.evidence);
    },
    async planExits({ userId }) {
      const open = await deps.repositories.positions.open(userId);
      return open.map((position) => ({ positionId: position.id, symbol: position.symbol, reason: 'manual' as const }));
    },
  };
  // A worker that was killed over a plan is noticed by its silence.
  const { planEntry, planExits, ...others } = activities;
  return withFailures({
    ...others,
    planEntry: (input: Parameters<typeof planEntry>[0]) => withHeartbeat(() => planEntry(input)),
    planExits: (input: Parameters<typeof planExits>[0]) => withHeartbeat(() => planExits(input)),
  } as never) as CampaignActivities;
}
