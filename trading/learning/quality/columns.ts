import type { CandleColumns } from '../../types.js';
import { rowAt } from '../dataset.js';
import { featureColumns } from '../features/columns.js';
import { FEATURE_WARMUP } from '../features/market.js';
import { tripleBarrier, UNRESOLVED } from '../labels.js';
import { scoreCandles } from '../score.js';
import type { SerializedModel } from '../serialize.js';

/**
 * All that the learner says, as columns of equal length, each value standing at the candle at whose close it is said:
 * the features; the labels and results of the rows that this candle decides (a horizon earlier); the probability from
 * the end of the model's data on. The lookahead analysis (trading/signals/lookahead.ts) runs over these: no value may
 * change when later candles arrive. NaN where nothing is said yet.
 */
export function learnerColumns(model: SerializedModel, candles: CandleColumns): Record<string, Float64Array> {
  const features = featureColumns(candles);
  const width = features.names.length;
  const columns: Record<string, Float64Array> = {};
  features.names.forEach((name, f) => {
    columns[name] = Float64Array.from({ length: candles.length }, (_, row) => features.values[row * width + f]!);
  });
  const { barriers } = model.parameters;
  const { label, netReturnPct } = tripleBarrier(candles, barriers);
  const decided = (value: (row: number) => number) =>
    Float64Array.from({ length: candles.length }, (_, at) => {
      const row = at - barriers.horizonBars;
      return row < 0 || label[row] === UNRESOLVED ? NaN : value(row);
    });
  columns['label'] = decided((row) => label[row]!);
  columns['netReturnPct'] = decided((row) => netReturnPct[row]!);
  columns['probability'] = probabilities(model, candles);
  return columns;
}

function probabilities(model: SerializedModel, candles: CandleColumns): Float64Array {
  const column = new Float64Array(candles.length).fill(NaN);
  const from = Math.max(rowAt(candles, Date.parse(model.data.to)) + 1, FEATURE_WARMUP);
  if (from < candles.length) column.set(scoreCandles(model, candles, from, candles.length).probability, from);
  return column;
}
