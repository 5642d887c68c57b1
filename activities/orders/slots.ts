/**
 * How many entries one worker has under way at once. An entry that was sent is bare until its protection rests, and on a
 * machine that is busy with a thousand others that takes seconds: one that waits here has sent nothing yet. What looks
 * after holdings never waits, nor does an entry that an earlier attempt has begun.
 */
export interface Slots {
  /** Runs `work` when a slot is free, in the order of asking; at once when `signal` ends the wait: it then has to see to that. */
  run<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T>;
}

export function createSlots(count: number): Slots {
  let free = count;
  const waiting: (() => void)[] = [];

  /** True with a slot, false where the wait was ended. */
  function take(signal?: AbortSignal): Promise<boolean> {
    if (signal?.aborted) return Promise.resolve(false);
    if (free > 0) {
      free -= 1;
      return Promise.resolve(true);
    }
    return new Promise((resolve) => {
      const given = (): void => {
        signal?.removeEventListener('abort', ended);
        resolve(true);
      };
      const ended = (): void => {
        waiting.splice(waiting.indexOf(given), 1);
        resolve(false);
      };
      signal?.addEventListener('abort', ended, { once: true });
      waiting.push(given);
    });
  }

  function giveBack(): void {
    const next = waiting.shift();
    if (next) next();
    else free += 1;
  }

  return {
    async run(work, signal) {
      const held = await take(signal);
      try {
        return await work();
      } finally {
        if (held) giveBack();
      }
    },
  };
}
