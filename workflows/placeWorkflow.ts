/** For the benchmark only (CAMPAIGN=true): single orders on the safe path, one after another. */
import { proxyActivities } from '@temporalio/workflow';
import type { CampaignActivities } from '../activities/campaign.js';
import type { TradePlan } from '../trading/types.js';

const one = proxyActivities<CampaignActivities>({ startToCloseTimeout: '30 seconds', heartbeatTimeout: '5 seconds' });

/**
 * How long each took, ms: from the workflow task that asked for it to the one that has its result. Beside each order an
 * activity that does nothing: what Temporal takes by itself.
 */
export async function placeWorkflow(
  userId: string,
  plans: TradePlan[],
): Promise<{ placed: number[]; empty: number[] }> {
  const placed: number[] = [];
  const empty: number[] = [];
  for (const plan of plans) {
    let before = Date.now();
    await one.doNothing();
    empty.push(Date.now() - before);
    before = Date.now();
    await one.placeOne({ userId, plan });
    placed.push(Date.now() - before);
  }
  return { placed, empty };
}
