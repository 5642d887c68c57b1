/** For benchmarks and drills only (CAMPAIGN=true): one entry a symbol, protected and kept. */
import { proxyActivities } from '@temporalio/workflow';
import type { CampaignActivities } from '../activities/campaign.js';
import { trade } from './steps.js';

export interface HoldInput {
  userId: string;
  symbols: string[];
  /** Of each entry, quote units (120). */
  notional?: number;
}

const TRIES = 10;
const plan = proxyActivities<CampaignActivities>({ startToCloseTimeout: '6 seconds' });

/** The number of symbols that are held now. A plan may have grown too old where the market runs fast: then another. */
export async function holdWorkflow({ userId, symbols, notional }: HoldInput): Promise<number> {
  let held = 0;
  for (const [place, symbol] of symbols.entries()) {
    for (let round = 0; round < TRIES; round++) {
      const cycle = place * TRIES + round;
      const entry = await plan.planEntry({
        userId,
        symbol,
        round: cycle,
        ...(notional === undefined ? {} : { notional }),
      });
      if (!entry) continue;
      const report = await trade.executeTrade({ userId, cycle, plan: entry });
      // Refused entries leave nothing to protect.
      if (!report.protected || Number(report.quantity) === 0) continue;
      held += 1;
      break;
    }
  }
  return held;
}
