import { isTooOld, madeUpTo, MODEL_MAX_AGE_DAYS } from '../../trading/learning/age.js';
import { loadModel, ModelError } from '../../trading/learning/load.js';
import { advanceRecalibration, KNOWN_FEATURES, REQUIRED_CANDLES, scoreSignal } from '../../trading/learning/score.js';
import type { SerializedModel } from '../../trading/learning/serialize.js';
import { type CandleColumns, type ModelContribution, TIMEFRAME_MS, type Timeframe } from '../../trading/types.js';

/** Why no model speaks, in words. */
export interface ModelSilence {
  silent: string;
}

/** What the model in use says of the newest closed candle. */
export interface ModelOpinion {
  /** Of target before stop, 0 to 1. */
  probability: number;
  version: string;
  /** What moved it most, in words and in figures. */
  reasons: string[];
  contributions: ModelContribution[];
}

export interface ScorerDependencies {
  /** The artifact in use for a symbol and timeframe, as saved; null where there is none. */
  active(symbol: string, timeframe: string): Promise<{ version: string; artifact: string | null } | null>;
  /** Candles of a span, to move the recalibration on to today. */
  history(symbol: string, timeframe: Timeframe, from: number, to: number): Promise<CandleColumns>;
  warn(fields: object, message: string): void;
  /** Real time, ms. */
  now(): number;
  /** How often the model in use is looked up again, ms of real time. */
  refreshMs?: number;
  /** A model whose data ended longer ago than this on the market's clock says nothing any more, in days. */
  maxAgeDays?: number;
}

interface Entry {
  model: SerializedModel | null;
  /** Why there is none. */
  silence: ModelSilence;
  /** End of what the saved model was made from, ms: training, test and recalibration. */
  madeUpTo: number;
  lookedAt: number;
  looking: boolean;
  opinion: { candle: number; value: ModelOpinion } | null;
}

const NOT_YET: ModelSilence = { silent: 'no model yet' };
/** Candles that a recalibration may lie behind its labels. Scoring catches up with those; the market cache holds 1,000. */
const BEHIND_CANDLES = 60;
const REASONS = 3;
const rounded = (value: number): number => Math.round(value * 1e3) / 1e3;

/**
 * The models in use, ready to be asked. `opinion` answers at once with what is loaded, or with why nothing is said (no
 * model, one that does not load or is too old, too few candles), and looks for a newer model in the background; a candle
 * is scored once.
 */
export function createScorer(deps: ScorerDependencies) {
  const { refreshMs = 60_000, maxAgeDays = MODEL_MAX_AGE_DAYS } = deps;
  const entries = new Map<string, Entry>();
  const told = new Set<string>();
  const say = (key: string, fields: object, message: string) => {
    if (told.has(key)) return;
    told.add(key);
    deps.warn(fields, message);
  };

  async function refresh(symbol: string, timeframe: Timeframe, marketTime: number): Promise<void> {
    const entry = entryOf(symbol, timeframe);
    if (entry.looking) return;
    entry.looking = true;
    try {
      const found = await deps.active(symbol, timeframe);
      if (!found?.artifact) Object.assign(entry, { model: null, silence: NOT_YET });
      else if (found.version !== entry.model?.version) {
        const model = loadModel(JSON.parse(found.artifact), KNOWN_FEATURES);
        entry.madeUpTo = madeUpTo(model);
        entry.model = await movedOn(model, timeframe, marketTime);
        entry.opinion = null;
      } else if (isBehind(entry.model, timeframe, marketTime))
        entry.model = await movedOn(entry.model, timeframe, marketTime);
    } catch (error) {
      // A database or an exchange that cannot be read says nothing against the model that is loaded.
      if (error instanceof ModelError || error instanceof SyntaxError)
        Object.assign(entry, { model: null, silence: { silent: 'the model in use does not load' } });
      say(`${symbol} ${timeframe} ${String(error)}`, { symbol, timeframe, error: String(error) }, 'model not usable');
    } finally {
      entry.looking = false;
      entry.lookedAt = deps.now();
    }
  }

  /** The model with what the candles since it was made, or since it was last moved on, have decided. */
  async function movedOn(model: SerializedModel, timeframe: Timeframe, marketTime: number): Promise<SerializedModel> {
    const from = learntThrough(model) - REQUIRED_CANDLES * TIMEFRAME_MS[timeframe];
    return advanceRecalibration(model, await deps.history(model.symbol, timeframe, from, marketTime));
  }

  function opinion(symbol: string, timeframe: Timeframe, candles: CandleColumns): ModelOpinion | ModelSilence {
    const newest = candles.timestamp[candles.length - 1];
    if (newest === undefined) return { silent: 'no closed candle for the model' };
    const entry = entryOf(symbol, timeframe);
    if (deps.now() - entry.lookedAt >= refreshMs) void refresh(symbol, timeframe, newest + TIMEFRAME_MS[timeframe]);
    const { model } = entry;
    if (!model) return entry.silence;
    if (entry.opinion?.candle === newest) return entry.opinion.value;
    if (isTooOld(entry.madeUpTo, newest, maxAgeDays)) {
      say(`old ${model.version}`, { version: model.version, maxAgeDays }, 'model too old to be asked');
      return { silent: `the model's data ended more than ${maxAgeDays} days ago` };
    }
    if (candles.length < REQUIRED_CANDLES) {
      say(
        `few ${symbol}`,
        { symbol, candles: candles.length, needed: REQUIRED_CANDLES },
        'too few candles for the model',
      );
      return { silent: 'too few candles for the model' };
    }
    const { probability, contributions } = scoreSignal(model, candles);
    const top = contributions.slice(0, REASONS);
    const value = {
      probability,
      version: model.version,
      reasons: top.map(
        ({ feature, value: v, effect }) =>
          `model: ${feature} ${v.toFixed(2)} (${effect >= 0 ? '+' : ''}${effect.toFixed(2)})`,
      ),
      contributions: top.map(({ feature, value: v, effect }) => ({
        feature,
        value: rounded(v),
        effect: rounded(effect),
      })),
    };
    entry.opinion = { candle: newest, value };
    return value;
  }

  function entryOf(symbol: string, timeframe: Timeframe): Entry {
    const key = `${symbol} ${timeframe}`;
    const known = entries.get(key) ?? {
      model: null,
      silence: NOT_YET,
      madeUpTo: 0,
      lookedAt: -Infinity,
      looking: false,
      opinion: null,
    };
    entries.set(key, known);
    return known;
  }

  return { opinion, refresh };
}

const learntThrough = ({ recalibration, data }: SerializedModel): number =>
  recalibration.through || Date.parse(data.to);

/** Whether labels of more than BEHIND_CANDLES candles have been decided that the model has not learnt. */
function isBehind(model: SerializedModel, timeframe: Timeframe, marketTime: number): boolean {
  const candles = (marketTime - learntThrough(model)) / TIMEFRAME_MS[timeframe];
  return candles > model.parameters.barriers.horizonBars + BEHIND_CANDLES;
}
