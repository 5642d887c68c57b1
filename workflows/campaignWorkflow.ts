/**
 * The fault campaign's driver: enters and leaves positions in rounds, through the very activities that trading uses.
 * Runs only where a worker was started with CAMPAIGN=true.
 */
import { continueAsNew, isCancellation, proxyActivities, sleep, workflowInfo } from '@temporalio/workflow';
import type { CampaignActivities } from '../activities/campaign.js';
import type { PositionsReport } from '../activities/types.js';
import { trade } from './steps.js';

export interface CampaignInput {
  userId: string;
  symbols: string[];
  rounds: number;
  /** Rounds done before this run. */
  done?: number;
}

const plan = proxyActivities<CampaignActivities>({
  startToCloseTimeout: '20 seconds',
  retry: { initialInterval: '300 milliseconds', backoffCoefficient: 2, maximumInterval: '3 seconds' },
});

export async function campaignWorkflow(input: CampaignInput): Promise<number> {
  const { userId, symbols, rounds } = input;
  for (let round = input.done ?? 0; round < rounds; round++) {
    const symbol = symbols[round % symbols.length]!;
    const entry = await plan.planEntry({ userId, symbol, round });
    if (entry) await settled(() => trade.executeTrade({ userId, cycle: round, plan: entry }));
    await looked(() => trade.managePositions({ userId, cycle: round, exits: [], why: 'campaign' }));
    const exits = await plan.planExits({ userId });
    if (exits.length > 0)
      await looked(() => trade.managePositions({ userId, cycle: round, exits, why: 'campaign: leave' }));
    if (workflowInfo().continueAsNewSuggested)
      return continueAsNew<typeof campaignWorkflow>({ ...input, done: round + 1 });
  }
  // What late or lagging answers left behind is looked after until the account is quiet.
  for (let look = 0; look < 60; look++) {
    const exits = await plan.planExits({ userId });
    const report = await looked(() => trade.managePositions({ userId, cycle: rounds, exits, why: 'campaign: settle' }));
    if (report.openPositions === 0 && report.unresolved === 0) break;
    await sleep('500 milliseconds');
  }
  return rounds;
}

/** Like the trading loop: a step that gave up is not repeated, the next look finds what it left. */
async function settled(step: () => Promise<unknown>): Promise<void> {
  try {
    await step();
  } catch (error) {
    if (isCancellation(error)) throw error;
  }
}

/** Like the trading loop: a look that failed is done again soon. */
async function looked(look: () => Promise<PositionsReport>): Promise<PositionsReport> {
  for (;;) {
    try {
      return await look();
    } catch (error) {
      if (isCancellation(error)) throw error;
      await sleep('2 seconds');
    }
  }
}
