import { type BoostingSettings, type Forest, scoreForest, trainForest } from './boosting/boost.js';
import type { Dataset } from './dataset.js';
import { fitLogistic, type LogisticModel, scoreLogistic } from './logistic.js';
import type { LearningParameters } from './parameters.js';
import { fitLinear, type LinearModel, predictLinear } from './volatility.js';

/** Columns of the model by what they are for. Each list is of feature names. */
export const VOLATILITY_FEATURES = [
  'volatility12',
  'volatility48',
  'volatility144',
  'volatility576',
  'rangeVolatility6',
  'rangeVolatility24',
  'rangeVolatility96',
  'rangeVolatility288',
];
const FORECAST_FEATURES = [
  ...VOLATILITY_FEATURES,
  ...['hourSin', 'hourCos', 'hour2Sin', 'hour2Cos', 'weekSin', 'weekCos'],
  ...['volumeNow', 'volume12', 'volume48', 'rangeNow', 'largestMove48', 'downsideShare48'],
];
/** A leaf needs not more than this part of the rows, and not fewer than so many. */
const LEAF_SHARE = 120;
const LEAST_LEAF_ROWS = 20;
const STRUCTURE_WIDTH = 2;
const STRUCTURE_COLUMNS = [0, 1];

/**
 * What the blend is made of. Barriers are absolute, so most of the answer is how volatile the next candles will be:
 * `forecast` says that (learnt from every candle, not from the few that reached a target), `structure` turns it into a
 * probability by a parabola in log odds. `structure` and `volatilityBoth` learn from both sides' labels. `logistic`
 * and `boosting` say what direction adds. `volatility` is the yardstick as well: one side, eight volatilities.
 */
export interface ModelParts {
  names: string[];
  forecast: LinearModel;
  /** Mean and deviation of the forecast over the training rows. */
  forecastScale: { mean: number; deviation: number };
  structure: LogisticModel;
  volatility: LogisticModel;
  volatilityBoth: LogisticModel;
  logistic: LogisticModel;
  boosting: Forest;
}

export interface PartColumns {
  forecast: number[];
  volatility: number[];
  all: number[];
}

export function columnsOf(names: readonly string[]): PartColumns {
  const find = (name: string) => {
    const column = names.indexOf(name);
    if (column < 0) throw new RangeError(`the model needs a feature "${name}"; there are ${names.join(', ')}`);
    return column;
  };
  return {
    forecast: FORECAST_FEATURES.map(find),
    volatility: VOLATILITY_FEATURES.map(find),
    all: names.map((_, column) => column),
  };
}

export type OnStep = (step: string, done: number, of: number) => void;

/** What the parts learn: the label, and the share of both sides' labels. */
export interface Targets {
  label: Uint8Array;
  bothSides: Float32Array;
}

/** Fits all parts on `rows`; the targets may be other than the data set's own (controls shuffle them). */
export function fitParts(
  data: Dataset,
  rows: Int32Array,
  parameters: LearningParameters,
  { label, bothSides }: Targets = { label: data.labels.label, bothSides: data.bothSides },
  onStep?: OnStep,
): ModelParts {
  const { values, names } = data.features;
  const width = names.length;
  const columns = columnsOf(names);
  const thin = rows.filter((_, i) => i % parameters.regressionStride === 0);
  const { penalties } = parameters;
  const forecast = fitLinear(values, width, columns.forecast, thin, data.future, penalties.forecast);
  const forecastScale = scaleOf(thin, (row) => predictLinear(forecast, values, row * width, columns.forecast));
  const derived = new Float32Array(data.candles.length * STRUCTURE_WIDTH);
  for (let i = 0; i < thin.length; i++) {
    const v = predictLinear(forecast, values, thin[i]! * width, columns.forecast);
    writeStructure(v, forecastScale, derived, thin[i]! * STRUCTURE_WIDTH);
  }
  const fit = (matrix: Float32Array, w: number, which: number[], penalty: number, target: ArrayLike<number>) =>
    fitLogistic(matrix, w, which, thin, target, { penalty, maxIterations: 25, tolerance: 1e-6 });
  const structure = fit(derived, STRUCTURE_WIDTH, STRUCTURE_COLUMNS, 1, bothSides);
  const volatility = fit(values, width, columns.volatility, penalties.volatility, label);
  const volatilityBoth = fit(values, width, columns.volatility, penalties.volatility, bothSides);
  const logistic = fit(values, width, columns.all, penalties.logistic, label);
  const boosting = trainForest({ values, width, rows, target: label }, settingsFor(rows, parameters), (done, of) =>
    onStep?.('trees', done, of),
  );
  return { names, forecast, forecastScale, structure, volatility, volatilityBoth, logistic, boosting };
}

/** Few rows make smaller leaves, or there would be no trees at all. */
function settingsFor(rows: Int32Array, { boosting, seed }: LearningParameters): BoostingSettings {
  const minLeafRows = Math.min(boosting.minLeafRows, Math.max(LEAST_LEAF_ROWS, Math.floor(rows.length / LEAF_SHARE)));
  return { ...boosting, seed, minLeafRows };
}

/** Scores rows one at a time; keeps a small buffer, so make one for each use. */
export function createScorer(parts: ModelParts, parameters: LearningParameters) {
  const columns = columnsOf(parts.names);
  const buffer = new Float32Array(STRUCTURE_WIDTH);
  const { blend } = parameters;
  const structureOf = (values: Float32Array, offset: number) => {
    writeStructure(predictLinear(parts.forecast, values, offset, columns.forecast), parts.forecastScale, buffer, 0);
    return scoreLogistic(parts.structure, buffer, 0, STRUCTURE_COLUMNS);
  };
  const volatilityOf = (values: Float32Array, offset: number) =>
    scoreLogistic(parts.volatility, values, offset, columns.volatility);
  return {
    columns,
    structureOf,
    /** Log odds of the volatility-only model: the yardstick. */
    volatilityOf,
    /** Log odds of the blend, before calibration. */
    logOddsOf: (values: Float32Array, offset: number): number =>
      blend.structure * structureOf(values, offset) +
      blend.volatility * volatilityOf(values, offset) +
      blend.volatilityBoth * scoreLogistic(parts.volatilityBoth, values, offset, columns.volatility) +
      blend.logistic * scoreLogistic(parts.logistic, values, offset, columns.all) +
      blend.boosting * scoreForest(parts.boosting, values, offset),
  };
}

function writeStructure(v: number, scale: { mean: number; deviation: number }, out: Float32Array, offset: number) {
  const z = (v - scale.mean) / scale.deviation;
  out[offset] = z;
  out[offset + 1] = z * z;
}

function scaleOf(rows: Int32Array, value: (row: number) => number): { mean: number; deviation: number } {
  const all = Float64Array.from(rows, value);
  const mean = all.reduce((sum, v) => sum + v, 0) / all.length;
  const variance = all.reduce((sum, v) => sum + (v - mean) ** 2, 0) / all.length;
  return { mean, deviation: Math.sqrt(variance) || 1 };
}
