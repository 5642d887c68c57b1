import type { CandleColumns } from '../types.js';
import { type FeatureMatrix, featureColumns } from './features/columns.js';
import { FEATURE_WARMUP } from './features/market.js';
import { type BarrierLabels, bothSides, tripleBarrier } from './labels.js';
import type { LearningParameters } from './parameters.js';
import { futureVolatility } from './volatility.js';

/** Candles with what is learnt from and what is to be told. Row numbers are candle numbers throughout. */
export interface Dataset {
  candles: CandleColumns;
  features: FeatureMatrix;
  labels: BarrierLabels;
  /** Shares of both sides' labels, for what does not depend on the direction: see bothSides. */
  bothSides: Float32Array;
  /** What the volatility forecast learns: see futureVolatility. */
  future: Float64Array;
  /** Rows [firstRow, endRow) have all features and a known label. */
  firstRow: number;
  endRow: number;
}

export class LearningDataError extends Error {
  override name = 'LearningDataError';
}

export function buildDataset(candles: CandleColumns, parameters: LearningParameters, cross?: CandleColumns): Dataset {
  const features = featureColumns(candles, cross);
  const labels = tripleBarrier(candles, parameters.barriers);
  const endRow = candles.length - parameters.barriers.horizonBars;
  if (endRow <= features.firstRow)
    throw new LearningDataError(
      `${candles.length} candles are too few: the first ${FEATURE_WARMUP} fill the features' windows and the last ${parameters.barriers.horizonBars} have no label yet`,
    );
  return {
    candles,
    features,
    labels,
    bothSides: bothSides(candles, labels.label, parameters.barriers),
    future: futureVolatility(candles, parameters.barriers.horizonBars),
    firstRow: features.firstRow,
    endRow,
  };
}

/** The same data with the newest rows before `endRow` to learn from, at most `parameters.mostRows` of them. */
export const newestRows = (data: Dataset, endRow: number, { mostRows }: LearningParameters): Dataset => ({
  ...data,
  firstRow: Math.max(data.firstRow, endRow - mostRows),
});

/** The first row whose candle opens at `time` (ms UTC) or later. */
export function rowAt(candles: CandleColumns, time: number): number {
  let low = 0;
  let high = candles.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (candles.timestamp[middle]! < time) low = middle + 1;
    else high = middle;
  }
  return low;
}
