import { firstAtOrAfter, smallestStep } from '../../market/columns.js';
import type { CandleColumns } from '../../types.js';
import { createMarketStream, FEATURE_WARMUP } from './market.js';
import { CROSS_FEATURES, FEATURES, writeCrossFeatures, writeFeatures } from './registry.js';
import { createMarketSeries } from './series.js';

/** Rows of features, one after another: value of feature f at row r is `values[r * names.length + f]`. */
export interface FeatureMatrix {
  names: string[];
  rows: number;
  values: Float32Array;
  /** The first row that has all its windows filled; earlier rows are NaN. */
  firstRow: number;
}

export const featureNames = (withCross: boolean): string[] => [...FEATURES, ...(withCross ? CROSS_FEATURES : [])];

/**
 * Features one candle at a time. `push` writes the row into `out` at `offset` (NaN while windows fill) and returns
 * whether the row is complete. What was not pushed it cannot know: the columns below, which are faster and see the whole
 * series, are held to it on every recorded candle.
 */
export function createFeatureStream(withCross: boolean) {
  const market = createMarketStream();
  const other = withCross ? createMarketStream() : null;
  const width = featureNames(withCross).length;
  return {
    width,
    /** Feeds the second symbol; call it for every candle of it that has closed when the first one's next candle does. */
    pushOther(timestamp: number, high: number, low: number, close: number, volume: number): void {
      other?.push(timestamp, high, low, close, volume);
    },
    push(
      timestamp: number,
      high: number,
      low: number,
      close: number,
      volume: number,
      out: Float32Array,
      offset: number,
    ): boolean {
      market.push(timestamp, high, low, close, volume);
      if (market.count() < FEATURE_WARMUP || (other && other.count() < FEATURE_WARMUP)) {
        out.fill(Number.NaN, offset, offset + width);
        return false;
      }
      writeFeatures(market.columns, 0, out, offset);
      if (other) writeCrossFeatures(market.columns, 0, other.columns, 0, out, offset + FEATURES.length);
      return true;
    },
  };
}

export interface FeatureRows {
  names: string[];
  width: number;
  /** The first row that is complete; the number of candles where none is. */
  firstRow: number;
  /** Writes a candle's row, as the stream's `push` does; rows in their order, any may be left out. */
  write(row: number, out: Float32Array, offset: number): boolean;
}

/** The same along columns: row r uses candles 0..r only (and of `cross` those that have closed when candle r does). */
export function featureRows(candles: CandleColumns, cross?: CandleColumns): FeatureRows {
  const market = createMarketSeries(candles);
  const later = cross ? closesLater(cross, candles) : 0;
  const other = cross && { candles: cross, market: createMarketSeries(cross), known: 0 };
  const names = featureNames(cross !== undefined);
  const width = names.length;
  const firstRow = firstComplete(candles, later, cross);
  return {
    ...{ names, width, firstRow },
    write(row, out, offset) {
      if (row < firstRow) {
        out.fill(Number.NaN, offset, offset + width);
        return false;
      }
      const k = market.placeOf(row);
      writeFeatures(market.columns, k, out, offset);
      if (!other) return true;
      other.known = knownAt(other.candles, candles.timestamp[row]! - later, other.known);
      const { columns, placeOf } = other.market;
      writeCrossFeatures(market.columns, k, columns, placeOf(other.known - 1), out, offset + FEATURES.length);
      return true;
    },
  };
}

function firstComplete({ timestamp, length }: CandleColumns, later: number, cross?: CandleColumns): number {
  const own = Math.min(FEATURE_WARMUP - 1, length);
  if (!cross) return own;
  const others = cross.length < FEATURE_WARMUP ? Number.POSITIVE_INFINITY : cross.timestamp[FEATURE_WARMUP - 1]!;
  return Math.max(own, firstAtOrAfter(timestamp, others + later));
}

/** By how much the second symbol's candles outlast the first one's, ms: one that opened with a row closes so much later. */
function closesLater(cross: CandleColumns, candles: CandleColumns): number {
  const later = smallestStep(cross) - smallestStep(candles);
  return Number.isFinite(later) ? Math.max(0, later) : 0;
}

/** How many candles open no later than `time`; `known` of them did so before. */
function knownAt({ timestamp, length }: CandleColumns, time: number, known: number): number {
  let count = known;
  while (count < length && timestamp[count]! <= time) count += 1;
  return count;
}

/** Features of every candle. */
export function featureColumns(candles: CandleColumns, cross?: CandleColumns): FeatureMatrix {
  const { names, width, firstRow, write } = featureRows(candles, cross);
  const values = new Float32Array(candles.length * width);
  for (let row = 0; row < candles.length; row++) write(row, values, row * width);
  return { names, rows: candles.length, values, firstRow };
}
