/** Goes through short local steps, as a trading cycle does, and is told to stop in the middle of them. */
import {
  CancellationScope,
  condition,
  defineQuery,
  defineSignal,
  isCancellation,
  proxyActivities,
  proxyLocalActivities,
  setHandler,
  sleep,
} from '@temporalio/workflow';

export const stop = defineSignal('stop');
export const finish = defineSignal('finish');
/** Written when all rounds are done: a workflow can't end while signals go on coming. */
export const OVER = 'over';
export const roundsDone = defineQuery<number>('roundsDone');
const { look } = proxyLocalActivities<{ look(step: string): Promise<void> }>({ startToCloseTimeout: '2 seconds' });
const { write } = proxyActivities<{ write(line: string): Promise<void> }>({ startToCloseTimeout: '2 seconds' });

export async function stepsWorkflow(rounds: number): Promise<number> {
  let scope: CancellationScope | null = null;
  let stops = 0;
  let done = 0;
  let mayEnd = false;
  setHandler(stop, () => {
    stops += 1;
    scope?.cancel();
  });
  setHandler(finish, () => void (mayEnd = true));
  setHandler(roundsDone, () => done);
  while (done < rounds) {
    const before = stops;
    scope = new CancellationScope();
    const written = write(`round ${done}`);
    try {
      await scope.run(async () => {
        for (const step of ['market', 'signals', 'checks']) {
          await look(step);
          // What follows a step turns on what came during it.
          if (stops > before) await sleep(1);
        }
      });
    } catch (error) {
      if (!isCancellation(error)) throw error;
      await write(`stopped ${stops}`);
    }
    scope = null;
    await written;
    await sleep(20);
    done += 1;
  }
  await write(OVER);
  await condition(() => mayEnd);
  return done;
}
