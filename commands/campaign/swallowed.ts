import type { FaultMet } from './control.js';

/** What keeps an order from being placed, or its answer from being told. */
const SWALLOWS: ReadonlySet<string> = new Set([
  'request-lost',
  'answer-lost',
  'late-arrival',
  '-1007',
  '5xx',
  '503',
  'html',
  'empty',
  'malformed',
  'cut',
  'stalled',
  'reset',
  '429',
  '418',
]);
/** What it takes to prove that a request which protects or sells never came: its fence and the lag of reads, ms. */
const PROOF_MS = 3_000;

/**
 * For how long of a stretch of time the wire had swallowed one of an account's placements or cancels, ms: each counts
 * for as long as its outcome can't be proven, and none twice.
 * @param from real time, ms, as is `until`
 */
export function swallowedMs(met: readonly FaultMet[], from: number, until: number): number {
  const sends = met
    .filter(({ endpoint, kind }) => SWALLOWS.has(kind) && /^(POST|DELETE) /.test(endpoint))
    .sort((a, b) => a.at - b.at);
  let sum = 0;
  let counted = from;
  for (const { at } of sends) {
    const end = Math.min(at + PROOF_MS, until);
    const begin = Math.max(at, counted);
    if (end <= begin) continue;
    sum += end - begin;
    counted = end;
  }
  return sum;
}
