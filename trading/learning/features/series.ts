import type { CandleColumns } from '../../types.js';
import { type BlockWindow, blockLargest, blockSum } from './blocks.js';
import { LONGEST, type MarketColumns, marketColumns } from './market.js';

/** Rows whose windows are filled at a time: few enough for the processor's cache. */
const BLOCK = 512;

export interface MarketSeries {
  readonly columns: MarketColumns;
  /** The place of a row in the columns, which hold it until the next call; rows go forwards only. */
  placeOf(row: number): number;
}

/**
 * A symbol's market along its candles: to the bit what `createMarketStream` says after the same candles (a test compares
 * them on every recorded one). A row that is passed over costs its windows, a fraction of what its features would.
 */
export function createMarketSeries(candles: CandleColumns): MarketSeries {
  const { length, timestamp, high, low, close, volume } = candles;
  const m = marketColumns(BLOCK);
  /** What windows take beside closes and volumes, of the block's rows and of the LONGEST rows before it. */
  const column = () => new Float64Array(LONGEST + BLOCK);
  const computed = { square: column(), range: column(), rise: column(), move: column(), fall: column() };
  const signed = column();
  const depth = column();
  const windows: [Float64Array, BlockWindow[]][] = [
    [
      computed.square,
      sums([12, m.square12], [48, m.square48], [144, m.square144], [288, m.square288], [576, m.square576]),
    ],
    [computed.range, sums([6, m.range6], [24, m.range24], [96, m.range96], [288, m.range288])],
    [computed.rise, sums([14, m.rises14])],
    [computed.move, [...sums([14, m.moves14], [48, m.moves48]), blockLargest(48, m.largestMove48)]],
    [computed.fall, sums([48, m.falls48])],
    [signed, sums([24, m.signedVolume24])],
    [depth, [blockLargest(48, m.lowest48), blockLargest(288, m.lowest288)]],
  ];
  const closeSums = sums([20, m.closes20], [288, m.closes288]);
  const volumeSums = sums([12, m.volume12], [24, m.volume24], [48, m.volume48], [288, m.volume288], [576, m.volume576]);
  const highs = [blockLargest(48, m.highest48), blockLargest(288, m.highest288)];
  let first = 0;
  let end = 0;

  return {
    columns: m,
    placeOf(row) {
      if (row < first || row >= length) throw new RangeError(`row ${row} is not among ${first} to ${length - 1}`);
      while (row >= end) fill();
      return row - first;
    },
  };

  function fill(): void {
    first = end;
    const count = Math.min(BLOCK, length - first);
    end = first + count;
    if (first > 0) for (const [values] of windows) values.copyWithin(0, BLOCK, BLOCK + LONGEST);
    compute(count);
    for (const [values, takers] of windows) for (const each of takers) each.fill(values, LONGEST, first, count);
    for (const each of closeSums) each.fill(close, first, first, count);
    for (const each of volumeSums) each.fill(volume, first, first, count);
    for (const each of highs) each.fill(high, first, first, count);
    // The lowest is the largest of what is turned upside down.
    for (const lowest of [m.lowest48, m.lowest288]) for (let k = 0; k < count; k++) lowest[k] = -lowest[k]!;
    m.timestamp.set(timestamp.subarray(first, end));
    m.high.set(high.subarray(first, end));
    m.low.set(low.subarray(first, end));
    m.volume.set(volume.subarray(first, end));
    const known = Math.min(first, LONGEST);
    m.close.set(close.subarray(first - known, end), LONGEST - known);
  }

  function compute(count: number): void {
    const { square, range, rise, move, fall } = computed;
    for (let k = 0, at = LONGEST; k < count; k++, at++) {
      const row = first + k;
      const change = Math.log(close[row]! / close[row === 0 ? 0 : row - 1]!);
      const logRange = Math.log(high[row]! / low[row]!);
      square[at] = change * change;
      range[at] = logRange * logRange;
      rise[at] = Math.max(0, change);
      move[at] = Math.abs(change);
      fall[at] = change < 0 ? change * change : 0;
      signed[at] = change > 0 ? volume[row]! : change < 0 ? -volume[row]! : 0;
      depth[at] = -low[row]!;
    }
  }
}

const sums = (...windows: [size: number, out: Float64Array][]): BlockWindow[] =>
  windows.map(([size, out]) => blockSum(size, out));
