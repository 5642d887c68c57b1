/** For the benchmark only (CAMPAIGN=true): single orders on the safe path, one after another. */
import { proxyActivities } from '@temporalio/workflow';
import type { CampaignActivities } from '../activities/campaign.js';
import type { TradePlan } from '../trading/types.js';

const one = proxyActivities<CampaignActivities>({ startToCloseTimeout: '30 seconds', heartbeatTimeout: '5 seconds' });

/** How long each took, ms: from the workflow task that asked for it to the one that has its result. */
export async function placeWorkflow(userId: string, plans: TradePlan[]): Promise<number[]> {
  const took: number[] = [];
  for (const plan of plans) {
    const before = Date.now();
    await one.placeOne({ userId, plan });
    took.push(Date.now() - before);
  }
  return took;
}
