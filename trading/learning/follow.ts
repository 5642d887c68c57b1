import { type Forest, scoreForest } from './boosting/boost.js';
import { type FollowedForest, followForest, scoreFollowed } from './boosting/follow.js';
import { clipped } from './logistic.js';
import type { LearningParameters } from './parameters.js';
import { columnsOf, type ModelParts } from './parts.js';

/** A model made ready for the rows of one series after another. */
export interface FollowedModel {
  /** Which columns are brought to which mean and deviation, each once, and the row's. */
  readonly column: Int32Array;
  readonly mean: Float64Array;
  readonly deviation: Float64Array;
  readonly standard: Float64Array;
  readonly forecast: Linear;
  readonly volatility: Linear;
  readonly both: Linear;
  readonly logistic: Linear;
  readonly structure: Structure;
  readonly forest: FollowedForest | null;
  readonly plainForest: Forest;
  readonly blend: LearningParameters['blend'];
}

/** A linear part: which of the standardised columns it weighs. */
interface Linear {
  intercept: number;
  places: Int32Array;
  weights: Float64Array;
}

type Structure = Pick<ModelParts, 'structure' | 'forecastScale'>;

export function followModel(parts: ModelParts, { blend }: LearningParameters): FollowedModel {
  const columns = columnsOf(parts.names);
  const standard = standardiser();
  const linear = {
    forecast: standard.linear(parts.forecast, columns.forecast),
    volatility: standard.linear(parts.volatility, columns.volatility),
    both: standard.linear(parts.volatilityBoth, columns.volatility),
    logistic: standard.linear(parts.logistic, columns.all),
  };
  return {
    ...{ ...standard.columns(), ...linear, blend, structure: parts },
    ...{ forest: followForest(parts.boosting), plainForest: parts.boosting },
  };
}

/**
 * Log odds of so many rows of `width` values each, before calibration, into `out`: to the bit what `createScorer` says.
 * The parts weigh the same standardised columns and add their terms side by side, each in its own order.
 */
export function logOddsFollowed(
  model: FollowedModel,
  values: Float32Array,
  width: number,
  rows: number,
  out: Float64Array,
): void {
  const { column, mean, deviation, standard: x, blend, forest, plainForest } = model;
  const { places: ofForecast, weights: byForecast, intercept: forecast } = model.forecast;
  const { places: ofVolatility, weights: byVolatility, intercept: volatility } = model.volatility;
  const { places: ofBoth, weights: byBoth, intercept: both } = model.both;
  const { places: ofAll, weights: byAll, intercept: logistic } = model.logistic;
  if (forest) scoreFollowed(forest, values, width, rows, out);
  else for (let row = 0; row < rows; row++) out[row] = scoreForest(plainForest, values, row * width);
  for (let row = 0, offset = 0; row < rows; row++, offset += width) {
    for (let c = 0; c < x.length; c++) x[c] = clipped((values[offset + column[c]!]! - mean[c]!) / deviation[c]!);
    let f = forecast;
    let v = volatility;
    let b = both;
    let a = logistic;
    // The volatilities are among what the forecast reads, and this among all.
    let c = 0;
    for (; c < ofVolatility.length; c++) {
      f += byForecast[c]! * x[ofForecast[c]!]!;
      v += byVolatility[c]! * x[ofVolatility[c]!]!;
      b += byBoth[c]! * x[ofBoth[c]!]!;
      a += byAll[c]! * x[ofAll[c]!]!;
    }
    for (; c < ofForecast.length; c++) {
      f += byForecast[c]! * x[ofForecast[c]!]!;
      a += byAll[c]! * x[ofAll[c]!]!;
    }
    for (; c < ofAll.length; c++) a += byAll[c]! * x[ofAll[c]!]!;
    out[row] =
      blend.structure * structured(model.structure, f) +
      blend.volatility * v +
      blend.volatilityBoth * b +
      blend.logistic * a +
      blend.boosting * out[row]!;
  }
}

/** Log odds by the forecast volatility; the scorer keeps its two columns in 32 bits. */
function structured({ structure, forecastScale }: Structure, forecast: number): number {
  const { weights, mean, deviation, intercept } = structure;
  const z = (forecast - forecastScale.mean) / forecastScale.deviation;
  return (
    intercept +
    weights[0]! * clipped((Math.fround(z) - mean[0]!) / deviation[0]!) +
    weights[1]! * clipped((Math.fround(z * z) - mean[1]!) / deviation[1]!)
  );
}

type Weighed = { mean: number[]; deviation: number[]; weights: number[]; intercept: number };

/** Collects which columns are to be brought to which mean and deviation. */
function standardiser() {
  const wanted: { column: number; mean: number; deviation: number }[] = [];
  const place = (column: number, mean: number, deviation: number): number => {
    const known = wanted.findIndex((w) => w.column === column && w.mean === mean && w.deviation === deviation);
    return known >= 0 ? known : wanted.push({ column, mean, deviation }) - 1;
  };
  return {
    linear: ({ mean, deviation, weights, intercept }: Weighed, columns: readonly number[]): Linear => ({
      intercept,
      places: Int32Array.from(columns, (column, c) => place(column, mean[c]!, deviation[c]!)),
      weights: Float64Array.from(weights),
    }),
    columns: () => ({
      column: Int32Array.from(wanted, ({ column }) => column),
      mean: Float64Array.from(wanted, ({ mean }) => mean),
      deviation: Float64Array.from(wanted, ({ deviation }) => deviation),
      standard: new Float64Array(wanted.length),
    }),
  };
}
