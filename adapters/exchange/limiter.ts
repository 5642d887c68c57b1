import { RateLimited } from './errors.js';
import { type Budget, createBudget, PRIORITIES, type Priority } from './weightBudget.js';

/** What the limiter tells time by; tests give their own. `now` is the exchange's real time, ms. */
export interface LimiterClock {
  now(): number;
  /** Calls back after ms; the returned function cancels. */
  after(ms: number, callback: () => void): () => void;
}

export interface LimiterOptions {
  /** Weight per minute; Binance's default is 6,000. */
  limit: number;
  share?: number;
  clock: LimiterClock;
}

export interface Limiter {
  /**
   * Resolves when the request may be sent, by priority and then by age.
   * @param maxWaitMs refuses with RateLimited, nothing being sent, when the wait would last longer
   * @param regardless waits for no weight: the one request that tells how much there is
   */
  acquire(weight: number, priority: Priority, maxWaitMs: number, call: string, regardless?: boolean): Promise<void>;
  /** To be called once for every acquire that resolved. */
  settle(weight: number, answer: SettledAnswer): void;
  setLimit(limit: number): void;
  state(): LimiterState;
  close(): void;
}

export interface LimiterState {
  /** Of the address in this minute. */
  usedWeight: number;
  /** Of the address, a minute. */
  weightLimit: number;
  /** How much of its own share this process has taken in this minute, as a fraction. */
  shareUsed: number;
  bannedUntil: number | null;
  /** Requests that wait now. */
  waiting: number;
  /** Requests refused so far because they would have waited too long. */
  refused: number;
}

export interface SettledAnswer {
  /** Absent where no answer came. */
  status?: number;
  headers?: Readonly<Record<string, string>>;
  /** The limit that was hit is one account's, not the address's. */
  accountOnly?: boolean;
}

interface Waiter {
  weight: number;
  priority: Priority;
  giveUpAt: number;
  call: string;
  regardless: boolean;
  resolve(): void;
  reject(error: Error): void;
}

/** One per exchange address and process: all users' requests pass through it. */
export function createLimiter({ limit, share = 1, clock }: LimiterOptions): Limiter {
  const budget = createBudget({ limit, share });
  const queues = new Map<Priority, Waiter[]>(PRIORITIES.map((priority) => [priority, []]));
  let refused = 0;
  let cancelTimer: (() => void) | null = null;

  /** Serves the queues in order of priority and plans the next look. */
  function drain(): void {
    cancelTimer?.();
    cancelTimer = null;
    const now = clock.now();
    let next = Number.POSITIVE_INFINITY;
    for (const priority of PRIORITIES) {
      const queue = queues.get(priority)!;
      while (queue.length > 0) {
        const head = queue[0]!;
        const wait = budget.take(now, head.weight, priority, head.regardless);
        if (wait > 0) {
          next = Math.min(next, wait, refuseTheLate(queue, now, wait));
          break;
        }
        queue.shift();
        head.resolve();
      }
    }
    if (Number.isFinite(next)) cancelTimer = clock.after(Math.max(1, next), drain);
  }

  /** Refuses those that would wait too long; answers when the first of the others would give up. */
  function refuseTheLate(queue: Waiter[], now: number, wait: number): number {
    const late = queue.filter((waiter) => waiter.giveUpAt < now + wait);
    if (late.length > 0) queue.splice(0, queue.length, ...queue.filter((waiter) => !late.includes(waiter)));
    refused += late.length;
    for (const waiter of late) waiter.reject(refusal(waiter.call, wait, budget, now));
    return Math.min(...queue.map((waiter) => waiter.giveUpAt - now), Number.POSITIVE_INFINITY);
  }

  return {
    acquire(weight, priority, maxWaitMs, call, regardless = false) {
      const now = clock.now();
      const ahead = PRIORITIES.slice(0, PRIORITIES.indexOf(priority) + 1).some((name) => queues.get(name)!.length > 0);
      if ((regardless || !ahead) && budget.take(now, weight, priority, regardless) === 0) return Promise.resolve();
      return new Promise((resolve, reject) => {
        queues.get(priority)!.push({ weight, priority, giveUpAt: now + maxWaitMs, call, regardless, resolve, reject });
        drain();
      });
    },
    settle(weight, { status, headers, accountOnly }) {
      const now = clock.now();
      const usedWeight = headers && readNumber(headers, 'x-mbx-used-weight-1m');
      budget.settle(now, weight, { usedWeight, answered: status !== undefined });
      if ((status === 429 || status === 418) && !accountOnly) {
        const seconds =
          (headers && readNumber(headers, 'retry-after')) ?? (status === 418 ? 120 : 60 - ((now / 1000) % 60));
        budget.pause(now + seconds * 1000);
      }
      drain();
    },
    setLimit(next) {
      budget.setLimit(next);
      drain();
    },
    state() {
      const { used, limit: weightLimit, shareUsed, pausedUntil } = budget.state(clock.now());
      const waiting = [...queues.values()].reduce((sum, queue) => sum + queue.length, 0);
      return { usedWeight: used, weightLimit, shareUsed, bannedUntil: pausedUntil, waiting, refused };
    },
    close() {
      cancelTimer?.();
      for (const queue of queues.values())
        for (const waiter of queue.splice(0)) waiter.reject(new RateLimited(`${waiter.call}: the exchange was closed`));
    },
  };
}

function refusal(call: string, wait: number, budget: Budget, now: number): RateLimited {
  const { used, limit, pausedUntil } = budget.state(now);
  const why = pausedUntil ? 'the exchange asked to wait' : `${used} of ${limit} request weight of this minute is used`;
  const seconds = Math.ceil(wait / 1000);
  return new RateLimited(`${call}: not sent, ${why}; free again in ${seconds} s`, { retryAfterMs: wait });
}

function readNumber(headers: Readonly<Record<string, string>>, name: string): number | undefined {
  const text = Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1];
  const value = Number(text);
  return text !== undefined && Number.isFinite(value) && value >= 0 ? value : undefined;
}
