/**
 * How many entries one worker has under way at once. An entry that was sent is bare until its protection rests, and on a
 * machine that is busy with a thousand others that takes seconds: one that waits here has sent nothing yet. What looks
 * after holdings never waits, nor does an entry that an earlier attempt has begun.
 */
import { performance } from 'node:perf_hooks';

export interface Slots {
  /**
   * Runs `work` when a slot is free, in the order of asking; without one when `signal` ends the wait, or `patienceMs` is
   * over: it then has to see to that.
   */
  run<T>(work: (hasSlot: boolean) => Promise<T>, signal?: AbortSignal, patienceMs?: number): Promise<T>;
}

/** @param count how many there are at this moment */
export function createSlots(count: () => number): Slots {
  let used = 0;
  const waiting: (() => void)[] = [];

  /** True with a slot, false where the wait was ended. */
  function take(signal?: AbortSignal, patienceMs?: number): Promise<boolean> {
    if (signal?.aborted) return Promise.resolve(false);
    if (waiting.length === 0 && used < count()) {
      used += 1;
      return Promise.resolve(true);
    }
    return new Promise((resolve) => {
      const over = (hasSlot: boolean): void => {
        signal?.removeEventListener('abort', ended);
        clearTimeout(timer);
        resolve(hasSlot);
      };
      const given = (): void => over(true);
      const ended = (): void => {
        waiting.splice(waiting.indexOf(given), 1);
        over(false);
      };
      const timer = patienceMs === undefined ? undefined : setTimeout(ended, patienceMs);
      signal?.addEventListener('abort', ended, { once: true });
      waiting.push(given);
    });
  }

  function giveBack(): void {
    used -= 1;
    // Where there are fewer now, whoever ends next gives theirs; one at least is always given on.
    for (let next; used < Math.max(1, count()) && (next = waiting.shift()); ) {
      used += 1;
      next();
    }
  }

  return {
    async run(work, signal, patienceMs) {
      const hasSlot = await take(signal, patienceMs);
      try {
        return await work(hasSlot);
      } finally {
        if (hasSlot) giveBack();
      }
    },
  };
}

const LOOK_EVERY_MS = 1_000;
const BUSY = 0.9;

/** Whether this process had hardly a pause in the last second or two: whatever begins now makes all the rest later. */
export function createBusyLook(): () => boolean {
  let from = performance.eventLoopUtilization();
  let lookedAt = performance.now();
  let busy = false;
  return () => {
    if (performance.now() - lookedAt < LOOK_EVERY_MS) return busy;
    busy = performance.eventLoopUtilization(from).utilization > BUSY;
    from = performance.eventLoopUtilization();
    lookedAt = performance.now();
    return busy;
  };
}
