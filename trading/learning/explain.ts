import { explainForest, type Forest } from './boosting/boost.js';
import { clipped, type LogisticModel, scoreLogistic } from './logistic.js';
import type { BlendWeights } from './parameters.js';
import type { ModelParts, PartColumns } from './parts.js';

/**
 * What each feature adds to the blend's log odds compared with its mean. Exact for the regressions; along the tree's
 * way down for the trees (Saabas); the forecast's effect is shared out as its features moved the forecast.
 */
export function explainParts(
  parts: ModelParts,
  columns: PartColumns,
  blend: BlendWeights,
  values: Float32Array,
  offset: number,
): Float64Array {
  const effects = new Float64Array(parts.names.length);
  addLinear(effects, parts.logistic, columns.all, blend.logistic, values, offset);
  addLinear(effects, parts.volatility, columns.volatility, blend.volatility, values, offset);
  addLinear(effects, parts.volatilityBoth, columns.volatility, blend.volatilityBoth, values, offset);
  addForest(effects, parts.boosting, blend.boosting, values, offset);
  addForecast(effects, parts, columns.forecast, blend.structure, values, offset);
  return effects;
}

function addLinear(
  effects: Float64Array,
  model: Pick<LogisticModel, 'mean' | 'deviation' | 'weights'>,
  columns: readonly number[],
  share: number,
  values: Float32Array,
  offset: number,
): void {
  columns.forEach((column, c) => {
    const z = clipped((values[offset + column]! - model.mean[c]!) / model.deviation[c]!);
    effects[column]! += share * model.weights[c]! * z;
  });
}

function addForest(effects: Float64Array, forest: Forest, share: number, values: Float32Array, offset: number): void {
  const trees = new Float64Array(effects.length);
  explainForest(forest, values, offset, trees);
  for (let f = 0; f < trees.length; f++) effects[f]! += share * trees[f]!;
}

function addForecast(
  effects: Float64Array,
  parts: ModelParts,
  columns: readonly number[],
  share: number,
  values: Float32Array,
  offset: number,
): void {
  const moves = new Float64Array(effects.length);
  addLinear(moves, parts.forecast, columns, 1, values, offset);
  const moved = moves.reduce((sum, move) => sum + move, 0);
  const { mean, deviation } = parts.forecastScale;
  const z = (parts.forecast.intercept + moved - mean) / deviation;
  const rest = (parts.forecast.intercept - mean) / deviation;
  const at = (x: number) => scoreLogistic(parts.structure, Float32Array.of(x, x * x), 0, [0, 1]);
  const effect = share * (at(z) - at(rest));
  if (Math.abs(moved) < 1e-9) return;
  for (let f = 0; f < moves.length; f++) effects[f]! += (effect * moves[f]!) / moved;
}
