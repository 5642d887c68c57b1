/** Verdicts in words: what chaos and soak say alike. */
import { broken, type Verdict } from '../campaign/judge.js';

/** Which of the judge's lists hold broken promises, and how they are called. */
const PROMISES = {
  doubled: 'doubled',
  lost: 'lost',
  unknownToUs: 'orders unknown to us',
  booksDiffer: 'trades other than books',
  balanceDiffers: 'balances other than trades',
  unfinished: 'orders left open',
} as const satisfies Partial<Record<keyof Verdict, string>>;

/** A line per promise, and up to ten findings of each that was broken. */
export function verdictLines(verdict: Verdict): string[] {
  const names = Object.keys(PROMISES) as (keyof typeof PROMISES)[];
  return [
    `${verdict.intents} intents, ${verdict.executedOrders} executed orders, ${broken(verdict)} broken promises`,
    ...names.map((name) => `${PROMISES[name].padEnd(27)}${verdict[name].length}`),
    ...names.flatMap((name) => verdict[name].slice(0, 10).map((line) => `  ${name}: ${line}`)),
  ];
}

export const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

export const say = (line: string): void => console.log(`${new Date().toISOString().slice(11, 19)}  ${line}`);
