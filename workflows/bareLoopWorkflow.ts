/** For the benchmark only: a loop of as many steps as an idle cycle has, which do nothing. */
import {
  condition,
  defineSignal,
  defineUpdate,
  proxyActivities,
  proxyLocalActivities,
  setHandler,
  sleep,
} from '@temporalio/workflow';
import type { CampaignActivities } from '../activities/campaign.js';

const local = proxyLocalActivities<CampaignActivities>({ startToCloseTimeout: '5 seconds' });
const regular = proxyActivities<CampaignActivities>({ startToCloseTimeout: '5 seconds' });

/** How many steps an idle cycle has. */
const STEPS = 4;

/**
 * @param tasks how many of the steps, the last ones, are tasks of their own, as Temporal's activities usually are; the
 *   others are done inside the workflow task, as an idle cycle has them
 */
export async function bareLoopWorkflow(cycles: number, tasks = 0): Promise<void> {
  for (let cycle = 0; cycle < cycles; cycle++) {
    for (let step = 0; step < STEPS; step++) await (step < STEPS - tasks ? local : regular).doNothing();
    await sleep('1 second');
  }
}

export const touchUpdate = defineUpdate<number, []>('touch');
export const endSignal = defineSignal('end');

/** Answers an update at once: what any update costs on this server at this moment. */
export async function bareUpdateWorkflow(): Promise<void> {
  let touched = 0;
  let ended = false;
  setHandler(touchUpdate, () => ++touched);
  setHandler(endSignal, () => void (ended = true));
  await condition(() => ended);
}
