import type { LimiterClock } from '../../../adapters/exchange/limiter.js';

export interface FakeClock extends LimiterClock {
  /** Moves time on, running what falls due in order. */
  advance(ms: number): Promise<void>;
}

export function createFakeClock(start = 1_790_000_060_000): FakeClock {
  let now = start;
  let timers: { at: number; run(): void }[] = [];
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return {
    now: () => now,
    after(ms, run) {
      const timer = { at: now + ms, run };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
    async advance(ms) {
      const end = now + ms;
      for (;;) {
        const due = timers.filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0];
        if (!due) break;
        timers = timers.filter((timer) => timer !== due);
        now = Math.max(now, due.at);
        due.run();
        await settle();
      }
      now = end;
      await settle();
    },
  };
}
