import { allocateCandles } from '../../market/columns.js';
import { calibrate } from '../calibration/choose.js';
import { createFeatureStream, featureNames } from '../features/columns.js';
import { REQUIRED_CANDLES } from '../score.js';
import { tripleBarrier } from '../labels.js';
import { logOdds } from '../logistic.js';
import { createScorer } from '../parts.js';
import { learnOutcome, recalibrated } from '../recalibration.js';
import { partsOf, type SerializedModel } from '../serialize.js';

/** All that the learner says at a candle's close, by the names of `learnerColumns`; NaN where it says nothing. */
export type LearnerStream = (
  timestamp: number,
  high: number,
  low: number,
  close: number,
  volume: number,
) => Record<string, number>;

/**
 * The learner one candle at a time: features of what was pushed, the label that this candle decides from the candles of
 * its horizon alone, the probability by the plain scorer, the recalibration as it goes. It cannot look ahead, so that columns
 * which say the same on every candle do not either. From the end of the model's data on it tells probabilities.
 */
export function createLearnerStream(model: SerializedModel): LearnerStream {
  const features = createFeatureStream(false);
  const names = featureNames(false);
  const { barriers } = model.parameters;
  const scorer = createScorer(partsOf(model), model.parameters);
  const recent = newestCandles(barriers.horizonBars + 1);
  const row = new Float32Array(features.width);
  const end = Date.parse(model.data.to);
  const { through } = model.recalibration;
  const state = { ...model.recalibration };
  const scores: { timestamp: number; z: number }[] = [];
  let seen = 0;

  return (timestamp, high, low, close, volume) => {
    features.push(timestamp, high, low, close, volume, row, 0);
    recent.push(timestamp, high, low, close);
    seen += 1;
    const decided = seen > barriers.horizonBars ? tripleBarrier(recent.columns, barriers) : null;
    const label = decided ? decided.label[0]! : Number.NaN;
    const z = seen < REQUIRED_CANDLES ? Number.NaN : logOdds(calibrate(model.calibration, scorer.logOddsOf(row, 0)));
    scores.push({ timestamp, z });
    const then = scores.length > barriers.horizonBars ? scores.shift() : undefined;
    if (then && then.timestamp > through && !Number.isNaN(then.z)) learnOutcome(state, then.z, label);
    return {
      ...Object.fromEntries(names.map((name, f) => [name, row[f]!])),
      label,
      netReturnPct: decided ? decided.netReturnPct[0]! : Number.NaN,
      probability: timestamp > end ? recalibrated(state, z) : Number.NaN,
    };
  };
}

/** The newest candles as columns, all of them at hand once so many were pushed. */
function newestCandles(length: number) {
  const columns = allocateCandles(length);
  return {
    columns,
    push(timestamp: number, high: number, low: number, close: number): void {
      for (const [name, value] of Object.entries({ timestamp, high, low, close })) {
        const values = columns[name as 'high'];
        values.copyWithin(0, 1);
        values[length - 1] = value;
      }
    },
  };
}
