import type { CandleColumns } from '../types.js';
import { isTooOld, madeUpTo, MODEL_MAX_AGE_DAYS } from './age.js';
import { calibrate } from './calibration/choose.js';
import { createFeatureStream } from './features/columns.js';
import { tripleBarrier } from './labels.js';
import { logOdds } from './logistic.js';
import { learnOutcome, recalibrated } from './recalibration.js';
import { readyOf, REQUIRED_CANDLES } from './score.js';
import type { SerializedModel } from './serialize.js';

export interface SeriesScorer {
  /** Probability at a candle's close, 0 to 1; null where the model says nothing. Candles in their order, none skipped back. */
  at(index: number): number | null;
  /** Candles asked about: scored, and without an answer for want of history or because the model is too old by then. */
  counts: { scored: number; early: number; old: number };
}

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
  const { scorer, width } = readyOf(model);
  const { step, through } = model.recalibration;
  const { barriers } = model.parameters;
  const stream = createFeatureStream(false);
  const state = { ...model.recalibration };
  const follows = step > 0;
  const { label } = follows ? tripleBarrier(candles, barriers) : { label: new Uint8Array(0) };
  const z = new Float64Array(follows ? candles.length : 0);
  const row = new Float32Array(width);
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
    for (let next = seen + 1; next < index; next++) live(next, false);
    const score = live(index, true);
    seen = index;
    latest = score === null ? null : recalibrated(state, score);
    if (latest === null) counts.early += 1;
    else counts.scored += 1;
    return latest;
  }

  /** Takes a candle in and learns from the label that it decides. Its own log odds where they are needed. */
  function live(index: number, asked: boolean): number | null {
    const { timestamp, open, high, low, close, volume } = candles;
    stream.take(timestamp[index]!, open[index]!, high[index]!, low[index]!, close[index]!, volume[index]!);
    const kept = follows && timestamp[index]! > through;
    if (index + 1 < REQUIRED_CANDLES || !(kept || asked)) return null;
    stream.write(row, 0);
    const score = scoreRow();
    if (!kept) return score;
    z[index] = score;
    const known = index - barriers.horizonBars;
    if (known + 1 >= REQUIRED_CANDLES && timestamp[known]! > through && label[known]! <= 1)
      learnOutcome(state, z[known]!, label[known]!);
    return score;
  }

  const scoreRow = (): number => logOdds(calibrate(model.calibration, scorer.logOddsOf(row, 0)));
  return { at, counts };
}
