import { sliceCandles } from '../market/columns.js';
import type { CandleColumns } from '../types.js';
import type { Strategy } from './strategy.js';

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

/**
 * The same question at every candle: what was said when it was the newest one, by a stream that had been told of no later
 * candle, must be what the columns say of it with all candles known. Equal answers on every candle are worth a cut after
 * every candle, at the cost of one pass. One finding for each column, its first.
 *
 * @param said what the stream answers to the candle at an index; it is asked once for each, in their order
 */
export function findUnlikeStream(
  columns: Readonly<Record<string, Float64Array>>,
  length: number,
  said: (index: number) => Readonly<Record<string, number>>,
): LookaheadFinding[] {
  const findings = new Map<string, LookaheadFinding>();
  for (let index = 0; index < length; index++) {
    const then = said(index);
    for (const column in columns) {
      const truncated = then[column] ?? Number.NaN;
      const full = columns[column]![index] ?? Number.NaN;
      if (truncated === full || (Number.isNaN(truncated) && Number.isNaN(full)) || findings.has(column)) continue;
      findings.set(column, { column, index, known: index + 1, truncated, full });
    }
  }
  return [...findings.values()];
}

/** Of a strategy's votes. */
export function findVotesUnlikeStream(
  strategy: Pick<Strategy, 'votes' | 'stream'>,
  candles: CandleColumns,
): LookaheadFinding[] {
  const { open, high, low, close, volume, length } = candles;
  const vote = strategy.stream();
  return findUnlikeStream({ votes: strategy.votes(candles) }, length, (index) => ({
    votes: vote(open[index]!, high[index]!, low[index]!, close[index]!, volume[index]!),
  }));
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
