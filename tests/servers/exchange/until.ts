import { setTimeout as wait } from 'node:timers/promises';

/** Waits for a condition, at most `ms`. */
export async function until(condition: () => boolean | Promise<boolean>, ms = 20_000): Promise<void> {
  const end = Date.now() + ms;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`not within ${ms} ms: ${condition}`);
    await wait(5);
  }
}
