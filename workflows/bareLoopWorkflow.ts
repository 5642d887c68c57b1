/** For the benchmark only: a loop of as many steps as an idle cycle has, which do nothing. */
import { proxyActivities, proxyLocalActivities, sleep } from '@temporalio/workflow';
import type { CampaignActivities } from '../activities/campaign.js';

const local = proxyLocalActivities<CampaignActivities>({ startToCloseTimeout: '5 seconds' });
const regular = proxyActivities<CampaignActivities>({ startToCloseTimeout: '5 seconds' });

export async function bareLoopWorkflow(cycles: number): Promise<void> {
  for (let cycle = 0; cycle < cycles; cycle++) {
    for (let step = 0; step < 3; step++) await local.doNothing();
    await regular.doNothing();
    await sleep('1 second');
  }
}
