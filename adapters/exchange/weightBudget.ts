/**
 * The arithmetic of Binance's request weight, without a clock of its own: every function gets "now" (exchange's time,
 * ms). Weight is counted per address in fixed minutes of the exchange's clock; the header X-MBX-USED-WEIGHT-1M tells
 * what the exchange has counted, other processes on the address included.
 */

export const PRIORITIES = ['emergency', 'bare', 'orders', 'account', 'market', 'views'] as const;
export type Priority = (typeof PRIORITIES)[number];

/** How far, as a fraction of the limit, each kind of work may fill the minute: what is above is kept for the others. */
export const FILL_BY_PRIORITY: Readonly<Record<Priority, number>> = {
  emergency: 1,
  bare: 0.95,
  orders: 0.9,
  account: 0.8,
  market: 0.7,
  views: 0.6,
};

const MINUTE = 60_000;
/** The exchange's clock and ours disagree a little: don't start a minute's spending on its very first moment. */
const MARGIN_MS = 100;

export interface BudgetOptions {
  /** Weight per minute that the address may use. */
  limit: number;
  /** Fraction of it that this process may use; 1 unless several workers share the address. */
  share: number;
}

export interface Budget {
  /**
   * 0 when the weight was taken now, otherwise how many ms to wait before asking again.
   * @param regardless for the one request that tells the limit: only a pause holds it back
   */
  take(now: number, weight: number, priority: Priority, regardless?: boolean): number;
  /** A taken weight's answer has come, with what its header said, or not at all. */
  settle(now: number, weight: number, answer: { usedWeight?: number; answered: boolean }): void;
  /** Nothing may be sent until then (429, 418, maintenance). */
  pause(until: number): void;
  setLimit(limit: number): void;
  /** `shareUsed`: how much of its own share this process has taken in this minute, as a fraction. */
  state(now: number): { used: number; limit: number; shareUsed: number; pausedUntil: number | null };
}

export function createBudget(options: BudgetOptions): Budget {
  let { limit } = options;
  let minute = -1;
  let counted = 0; // by the exchange, as its header says
  let unseen = 0; // sent, and no header has confirmed it yet
  let own = 0; // taken by this process in this minute
  let inFlight = 0;
  let pausedUntil = 0;

  function enter(now: number): void {
    const current = Math.floor(now / MINUTE);
    if (current === minute) return;
    minute = current;
    counted = 0;
    unseen = 0;
    own = inFlight;
  }

  const untilNextMinute = (now: number) => MINUTE - (now % MINUTE) + MARGIN_MS;

  return {
    take(now, weight, priority, regardless = false) {
      enter(now);
      if (now < pausedUntil) return pausedUntil - now;
      const fill = FILL_BY_PRIORITY[priority];
      const total = counted + unseen + inFlight + weight;
      // A request dearer than its whole allowance still goes out alone, in a fresh minute.
      const alone = counted + unseen + inFlight === 0;
      const fits = total <= limit * fill && own + weight <= limit * options.share * fill;
      if (!fits && !alone && !regardless) return untilNextMinute(now);
      own += weight;
      inFlight += weight;
      return 0;
    },
    settle(now, weight, { usedWeight, answered }) {
      enter(now);
      inFlight = Math.max(0, inFlight - weight);
      if (usedWeight === undefined) {
        unseen += weight;
        return;
      }
      counted = Math.max(counted, usedWeight);
      if (answered) unseen = 0;
    },
    pause(until) {
      pausedUntil = Math.max(pausedUntil, until);
    },
    setLimit(next) {
      limit = next;
    },
    state(now) {
      enter(now);
      return {
        used: counted + unseen + inFlight,
        limit,
        shareUsed: own / (limit * options.share),
        pausedUntil: now < pausedUntil ? pausedUntil : null,
      };
    },
  };
}
