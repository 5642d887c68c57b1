import type { Account } from '../ledger/types.js';
import { errors } from './errors.js';

const MINUTE = 60_000;
/** Requests that an address may still send after its 429 before it is banned, and how long the first ban lasts. */
const IGNORED_BEFORE_BAN = 200;
const FIRST_BAN = 2 * MINUTE;
const LONGEST_BAN = 3 * 86_400_000;

interface Window {
  minute: number;
  weight: number;
  refused: number;
}

/** Request weight per address and minute, order counts per account; bans for those who go on after a 429. */
export function createLimits(weightLimit: number, realNow: () => number) {
  const windows = new Map<string, Window>();
  const bans = new Map<string, { until: number; length: number }>();
  const counts = new Map<string, Map<number, { at: number; count: number }>>();
  // Binance's 100 orders in 10 s and 200,000 a day, in proportion where the weight limit was raised.
  const scale = Math.max(1, weightLimit / 6_000);
  const orderLimits = [
    {
      span: 10_000,
      limit: Math.floor(100 * scale),
      label: '10 SECOND',
      header: '10S',
      intervalNum: 10,
      interval: 'SECOND',
    },
    {
      span: 86_400_000,
      limit: Math.floor(200_000 * scale),
      label: '1 DAY',
      header: '1D',
      intervalNum: 1,
      interval: 'DAY',
    },
  ];

  const windowOf = (address: string): Window => {
    const minute = Math.floor(realNow() / MINUTE);
    let window = windows.get(address);
    if (!window || window.minute !== minute) windows.set(address, (window = { minute, weight: 0, refused: 0 }));
    return window;
  };
  const untilNextMinute = () => Math.ceil((MINUTE - (realNow() % MINUTE)) / 1_000);

  /** Counts a request's weight; throws 429, or 418 for an address that is banned. */
  function spend(address: string, weight: number): void {
    const ban = bans.get(address);
    if (ban && ban.until > realNow()) throw errors.banned(ban.until, Math.ceil((ban.until - realNow()) / 1_000));
    const window = windowOf(address);
    window.weight += weight;
    if (window.weight <= weightLimit) return;
    if (++window.refused > IGNORED_BEFORE_BAN) {
      const length = Math.min(LONGEST_BAN, ban ? ban.length * 2 : FIRST_BAN);
      bans.set(address, { until: realNow() + length, length });
      throw errors.banned(realNow() + length, length / 1_000);
    }
    throw errors.weight(weightLimit, untilNextMinute());
  }

  const counterOf = (account: string, span: number) => {
    let mine = counts.get(account);
    if (!mine) counts.set(account, (mine = new Map()));
    const at = Math.floor(realNow() / span);
    let counter = mine.get(span);
    if (!counter || counter.at !== at) mine.set(span, (counter = { at, count: 0 }));
    return counter;
  };

  return {
    weightLimit,
    orderLimits,
    spend,
    /** Gives back what a placement or cancel was charged: those that succeed weigh nothing. */
    refund(address: string, weight: number): void {
      const window = windowOf(address);
      window.weight = Math.max(0, window.weight - weight);
    },
    used: (address: string) => windowOf(address).weight,
    /** Refuses (-1015) when `adding` orders would be too many. */
    checkOrders(account: Account, adding: number): void {
      for (const { span, limit, label } of orderLimits)
        if (counterOf(account.id, span).count + adding > limit)
          throw errors.tooManyOrders(limit, label, Math.ceil((span - (realNow() % span)) / 1_000));
    },
    countOrders(account: Account, adding: number): void {
      for (const { span } of orderLimits) {
        const counter = counterOf(account.id, span);
        counter.count = Math.max(0, counter.count + adding);
      }
    },
    orderCounts: (account: Account) =>
      orderLimits.map((one) => ({ ...one, count: counterOf(account.id, one.span).count })),
  };
}
export type Limits = ReturnType<typeof createLimits>;
