import { firstAtOrAfter } from '../market/columns.js';
import type { CandleColumns } from '../types.js';
import { isTooOld, madeUpTo, MODEL_MAX_AGE_DAYS } from './age.js';
import { featureRows } from './features/columns.js';
import { tripleBarrier } from './labels.js';
import { learnOutcome, recalibrated } from './recalibration.js';
import { REQUIRED_CANDLES, scoreRows } from './score.js';
import type { SerializedModel } from './serialize.js';

export interface SeriesScorer {
  /** Probability at a candle's close, 0 to 1; null where the model says nothing. Candles in their order, none skipped back. */
  at(index: number): number | null;
  /** Candles asked about: scored, and without an answer for want of history or because the model is too old by then. */
  counts: { scored: number; early: number; old: number };
}

/** Candles that are scored at a time where every one of them is: a score depends on no candle after its own. */
const AHEAD = 512;

/**
 * What a model says along a series, candle by candle, as the trading worker would be told: each answer from what was
 * known at that close, the recalibration going on over every label that has been decided by then. Where the model
 * does not recalibrate, only the candles asked about are scored. `maxAgeDays` 0 means that it never grows too old.
 */
export function scoreSeries(
  model: SerializedModel,
  candles: CandleColumns,
  maxAgeDays: number = MODEL_MAX_AGE_DAYS,
): SeriesScorer {
  const { step, through } = model.recalibration;
  const { horizonBars } = model.parameters.barriers;
  const scorer = scoreRows(model, featureRows(candles));
  const state = { ...model.recalibration };
  const { label } = step > 0 ? tripleBarrier(candles, model.parameters.barriers) : { label: new Uint8Array(0) };
  const z = new Float64Array(candles.length);
  /** From here on every candle is scored, for the recalibration learns from it. */
  const firstKept =
    step > 0 ? Math.max(REQUIRED_CANDLES - 1, firstAtOrAfter(candles.timestamp, through + 1)) : candles.length;
  let scoredTo = firstKept;
  const made = madeUpTo(model);
  const counts = { scored: 0, early: 0, old: 0 };
  let seen = -1;
  let latest: number | null = null;

  function at(index: number): number | null {
    if (index < seen) throw new RangeError(`candle ${index} was asked about after candle ${seen}`);
    if (index === seen) return latest;
    if (isTooOld(made, candles.timestamp[index]!, maxAgeDays)) {
      counts.old += 1;
      return null;
    }
    score(index);
    for (let next = Math.max(firstKept, seen + 1); next <= index; next++) learnAt(next);
    seen = index;
    latest = index + 1 < REQUIRED_CANDLES ? null : recalibrated(state, z[index]!);
    if (latest === null) counts.early += 1;
    else counts.scored += 1;
    return latest;
  }

  function score(index: number): void {
    if (index + 1 < REQUIRED_CANDLES) return;
    if (index < firstKept) scorer.fill(index, index + 1, z);
    for (; scoredTo <= index; scoredTo = Math.min(scoredTo + AHEAD, candles.length))
      scorer.fill(scoredTo, Math.min(scoredTo + AHEAD, candles.length), z);
  }

  /** The label that this candle decides, of a candle that was kept. */
  function learnAt(index: number): void {
    const known = index - horizonBars;
    if (known >= firstKept && label[known]! <= 1) learnOutcome(state, z[known]!, label[known]!);
  }

  return { at, counts };
}
