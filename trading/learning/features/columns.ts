import type { CandleColumns } from '../../types.js';
import { createMarketState, FEATURE_WARMUP } from './market.js';
import { CROSS_FEATURES, FEATURES, type CrossFeature, type Feature } from './registry.js';

/** Rows of features, one after another: value of feature f at row r is `values[r * names.length + f]`. */
export interface FeatureMatrix {
  names: string[];
  rows: number;
  values: Float32Array;
  /** The first row that has all its windows filled; earlier rows are NaN. */
  firstRow: number;
}

export const featureNames = (withCross: boolean): string[] => [
  ...Object.keys(FEATURES),
  ...(withCross ? Object.keys(CROSS_FEATURES) : []),
];

/**
 * Features one candle at a time. `push` writes the row into `out` at `offset` (NaN while windows fill) and returns
 * whether the row is complete. The columnar form below is this one in a loop, so the two cannot differ.
 */
export function createFeatureStream(withCross: boolean) {
  const market = createMarketState();
  const other = withCross ? createMarketState() : null;
  const own = Object.values(FEATURES) as Feature[];
  const cross = Object.values(CROSS_FEATURES) as CrossFeature[];
  const width = own.length + (other ? cross.length : 0);

  function write(out: Float32Array, offset: number): boolean {
    if (market.count() < FEATURE_WARMUP || (other && other.count() < FEATURE_WARMUP)) {
      out.fill(NaN, offset, offset + width);
      return false;
    }
    for (let f = 0; f < own.length; f++) out[offset + f] = own[f]!(market);
    if (other) for (let f = 0; f < cross.length; f++) out[offset + own.length + f] = cross[f]!(market, other);
    return true;
  }

  return {
    width,
    /** Feeds the second symbol; call it for every candle of the second symbol up to the first one's time. */
    pushOther(timestamp: number, open: number, high: number, low: number, close: number, volume: number): void {
      other?.push(timestamp, open, high, low, close, volume);
    },
    /** Takes a candle in without writing its row. */
    take: market.push,
    /** Writes the newest candle's row, as `push` does. */
    write,
    push(
      timestamp: number,
      open: number,
      high: number,
      low: number,
      close: number,
      volume: number,
      out: Float32Array,
      offset: number,
    ): boolean {
      market.push(timestamp, open, high, low, close, volume);
      return write(out, offset);
    },
  };
}

/** Features of every candle; row r uses candles 0..r only (and of `cross` those not later than candle r). */
export function featureColumns(candles: CandleColumns, cross?: CandleColumns): FeatureMatrix {
  const stream = createFeatureStream(cross !== undefined);
  const values = new Float32Array(candles.length * stream.width);
  let firstRow = candles.length;
  let next = 0;
  for (let r = 0; r < candles.length; r++) {
    const time = candles.timestamp[r]!;
    for (; cross && next < cross.length && cross.timestamp[next]! <= time; next++)
      stream.pushOther(
        cross.timestamp[next]!,
        cross.open[next]!,
        cross.high[next]!,
        cross.low[next]!,
        cross.close[next]!,
        cross.volume[next]!,
      );
    const complete = stream.push(
      time,
      candles.open[r]!,
      candles.high[r]!,
      candles.low[r]!,
      candles.close[r]!,
      candles.volume[r]!,
      values,
      r * stream.width,
    );
    if (complete && firstRow === candles.length) firstRow = r;
  }
  return { names: featureNames(cross !== undefined), rows: candles.length, values, firstRow };
}
