/** Goes through short local steps, as a trading cycle does, until it is told to stop in the middle of them. */
import {
  CancellationScope,
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
export const rounds = defineQuery<number>('rounds');
const { look } = proxyLocalActivities<{ look(step: string): Promise<void> }>({ startToCloseTimeout: '2 seconds' });
const { write } = proxyActivities<{ write(line: string): Promise<void> }>({ startToCloseTimeout: '2 seconds' });

export async function stepsWorkflow(): Promise<number> {
  let scope: CancellationScope | null = null;
  let stops = 0;
  let isOver = false;
  let done = 0;
  setHandler(stop, () => {
    stops += 1;
    scope?.cancel();
  });
  setHandler(finish, () => void (isOver = true));
  setHandler(rounds, () => done);
  while (!isOver) {
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
  return done;
}
