/** Decides by its clock, as the trading loop does: what it does after a nudge follows from when the task began. */
import { condition, defineQuery, defineSignal, proxyLocalActivities, setHandler, sleep } from '@temporalio/workflow';

export const nudge = defineSignal('nudge');
export const turn = defineSignal<[number]>('turn');
export const done = defineQuery<number>('done');
const { glance } = proxyLocalActivities<{ glance(): Promise<void> }>({ startToCloseTimeout: '2 seconds' });

/** A nudge that is seen before the turn (real ms) is slept over, a later one is glanced at. */
export async function clockWorkflow(): Promise<void> {
  let turnsAt = Infinity;
  let seen = 0;
  let answered = 0;
  setHandler(nudge, () => void (seen += 1));
  setHandler(turn, (at) => void (turnsAt = at));
  setHandler(done, () => answered);
  for (;;) {
    await condition(() => seen > answered);
    if (Date.now() < turnsAt) await sleep(10);
    else await glance();
    answered += 1;
  }
}
