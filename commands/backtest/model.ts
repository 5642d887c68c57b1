import { readFileSync } from 'node:fs';
import { isTooOld, madeUpTo } from '../../trading/learning/age.js';
import { CROSS_FEATURES } from '../../trading/learning/features/registry.js';
import { loadModel } from '../../trading/learning/load.js';
import { KNOWN_FEATURES } from '../../trading/learning/score.js';
import { scoreSeries, type SeriesScorer } from '../../trading/learning/series.js';
import type { SerializedModel } from '../../trading/learning/serialize.js';
import { UsageError } from '../usage.js';
import type { LoadedMarket } from './load.js';
import type { BacktestOptions } from './options.js';

/** A model as the report names it, and the proposals (BUY signals) that it was asked about. */
export interface ModelUse {
  symbol: string;
  version: string;
  hash: string;
  timeframe: string;
  /** End of what it was made from, ISO 8601; up to there it knows the answers. */
  madeUpTo: string;
  maxAgeDays: number;
  scored: number;
  /** Not answered: too few candles before, or the model too old by then. */
  early: number;
  old: number;
}

/** Lays the models over their symbols' markets. A symbol without a model goes on without one, as in live. */
export function loadModels(
  markets: readonly LoadedMarket[],
  { models: paths, modelMaxAge }: Pick<BacktestOptions, 'models' | 'modelMaxAge'>,
  say: (line: string) => unknown,
): { markets: LoadedMarket[]; used: () => { models?: ModelUse[] } } {
  const models = paths.map((path) => ({ path, model: readModel(path) }));
  for (const { path, model } of models) checkModel(path, model, markets);
  const twice = models.find(({ model }, index) => models.findIndex((o) => o.model.symbol === model.symbol) < index);
  if (twice) throw new UsageError(`${twice.path}: there is another model for ${twice.model.symbol}; one is asked`);

  const newest = new Map<string, SeriesScorer>();
  const laid = markets.map((market) => {
    const found = models.find(({ model }) => model.symbol === market.symbol);
    if (!found) return market;
    tellAge(found.model, market, modelMaxAge, say);
    const probability = () => {
      const scorer = scoreSeries(found.model, market.candles, modelMaxAge);
      newest.set(market.symbol, scorer);
      return scorer.at;
    };
    return { ...market, probability };
  });
  const used = () =>
    models.length === 0
      ? {}
      : { models: models.map(({ model }) => useOf(model, modelMaxAge, newest.get(model.symbol))) };
  return { markets: laid, used };
}

function readModel(path: string): SerializedModel {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new UsageError(`--model ${path} cannot be read: ${(error as Error).message}`);
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new UsageError(`--model ${path} is no JSON; a model is what npm run train -- --save-model FILE writes`);
  }
  try {
    return loadModel(json, KNOWN_FEATURES);
  } catch (error) {
    if (!(error instanceof Error && error.name === 'ModelError')) throw error;
    throw new UsageError(`--model ${path}: ${error.message}; npm run train -- --save-model FILE makes one`);
  }
}

function checkModel(path: string, model: SerializedModel, markets: readonly LoadedMarket[]): void {
  const { version, symbol, timeframe, features } = model;
  const market = markets.find((each) => each.symbol === symbol);
  if (!market)
    throw new UsageError(
      `--model ${path}: ${version} is for ${symbol}, the candles are of ${markets.map((each) => each.symbol).join(', ')}`,
    );
  if (market.timeframe !== timeframe)
    throw new UsageError(
      `--model ${path}: ${version} is for ${timeframe} candles, those of ${symbol} are ${market.timeframe}`,
    );
  const other = features.filter((name) => CROSS_FEATURES.includes(name));
  if (other.length > 0)
    throw new UsageError(
      `--model ${path}: ${version} was trained with a second symbol's candles (${other.join(', ')}); live asks no such model`,
    );
}

/** What would make the figures look better, or the model say nothing, is told. */
function tellAge(model: SerializedModel, market: LoadedMarket, maxAge: number, say: (line: string) => unknown): void {
  const { candles, warmUp, symbol } = market;
  const made = madeUpTo(model);
  const times = candles.timestamp.subarray(warmUp);
  const known = times.filter((time) => time <= made).length;
  const old = times.filter((time) => isTooOld(made, time, maxAge)).length;
  const until = new Date(made).toISOString();
  if (known > 0)
    say(
      `${symbol}: ${known} of ${times.length} candles lie in what model ${model.version} was made from (to ${until}); it knows their outcome, so its figures there say nothing. --from cuts them off`,
    );
  if (old > 0)
    say(
      `${symbol}: for ${old} of ${times.length} candles model ${model.version} (to ${until}) is more than ${maxAge} days old and says nothing, as in live; --model-max-age 0 asks it all the same`,
    );
}

function useOf(model: SerializedModel, maxAgeDays: number, scorer: SeriesScorer | undefined): ModelUse {
  const { symbol, version, hash, timeframe } = model;
  const counts = scorer?.counts ?? { scored: 0, early: 0, old: 0 };
  return { symbol, version, hash, timeframe, madeUpTo: new Date(madeUpTo(model)).toISOString(), maxAgeDays, ...counts };
}
