import { sliceCandles } from '../market/columns.js';
import type { CandleColumns } from '../types.js';

export interface LookaheadFinding {
  /** Name of the column that differs. */
  column: string;
  /** Candle whose value changes with what comes later, and how many candles were known. */
  index: number;
  known: number;
  truncated: number;
  full: number;
}

/**
 * Compares every value on truncated history with the value on full history: a column may not change when later candles
 * arrive. History is cut after `cuts` places spread over all candles, every place of the first 300 among them, so that
 * warm-up and steady state are both seen; at each cut all values up to it are compared. The findings come in order of
 * time, at most one for each column and cut.
 */
export function findLookahead(
  columnsOf: (candles: CandleColumns) => Record<string, Float64Array>,
  candles: CandleColumns,
  cuts = 120,
): LookaheadFinding[] {
  const full = columnsOf(candles);
  const findings: LookaheadFinding[] = [];
  for (const known of cutPlaces(candles.length, cuts)) {
    const part = columnsOf(sliceCandles(candles, 0, known));
    for (const [column, values] of Object.entries(full)) {
      const truncated = part[column];
      const index = truncated ? firstDifference(truncated, values) : 0;
      if (index >= 0)
        findings.push({ column, index, known, truncated: truncated?.[index] ?? Number.NaN, full: values[index]! });
    }
  }
  return findings;
}

/** Candles that are each the newest one before a new history is begun. */
const BLOCK = 64;

/**
 * The same question with every candle once the newest that is known, on histories that begin `warmUp` candles before it
 * or a little earlier: what is said of it must be what is said once the candles after it are there. A peek that only
 * some candles show cannot hide between two cuts. Cost: the number of candles times their warm-up.
 */
export function findLookaheadAtEach(
  columnsOf: (candles: CandleColumns) => Record<string, Float64Array>,
  candles: CandleColumns,
  warmUp: number,
): LookaheadFinding[] {
  const findings: LookaheadFinding[] = [];
  for (let first = 0; first < candles.length; first += BLOCK) {
    const start = Math.max(0, first - warmUp);
    const whole = columnsOf(sliceCandles(candles, start, first + 2 * BLOCK));
    for (let index = first; index < Math.min(first + BLOCK, candles.length); index++) {
      const part = columnsOf(sliceCandles(candles, start, index + 1));
      for (const [column, values] of Object.entries(whole)) {
        const truncated = part[column]?.[index - start] ?? Number.NaN;
        const full = values[index - start] ?? Number.NaN;
        if (!Object.is(truncated + 0, full + 0)) findings.push({ column, index, known: index + 1, truncated, full });
      }
    }
  }
  return findings;
}

/** Also compares lengths by way of NaN: a column that is shorter than its candles differs where it ends. */
function firstDifference(truncated: Float64Array, full: Float64Array): number {
  for (let index = 0; index < truncated.length; index++) {
    const same = truncated[index] === full[index] || (Number.isNaN(truncated[index]) && Number.isNaN(full[index]));
    if (!same) return index;
  }
  return -1;
}

function cutPlaces(length: number, cuts: number): number[] {
  const places = new Set<number>();
  for (let place = 1; place <= Math.min(300, length - 1); place++) places.add(place);
  for (let cut = 1; cut <= cuts; cut++) places.add(Math.max(1, Math.floor((cut * (length - 1)) / cuts)));
  return [...places].filter((place) => place < length).sort((a, b) => a - b);
}
