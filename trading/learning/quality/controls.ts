import { smallestStep } from '../../market/columns.js';
import type { CandleColumns } from '../../types.js';
import type { Dataset } from '../dataset.js';
import { predictRows } from '../evaluate.js';
import { type FeatureMatrix, featureColumns } from '../features/columns.js';
import { rowsOf } from '../folds.js';
import type { LearningParameters } from '../parameters.js';
import { fitParts } from '../parts.js';
import { createRandom, shuffle } from '../random.js';
import { startRecalibration } from '../recalibration.js';
import { knownWith } from '../secondSymbol.js';
import { scoreRows, type TrainedModel } from '../train.js';
import { isSuspicious, type LeakAuc, leakAuc as quickLeakAuc } from './leakJump.js';
import { findLookahead } from './lookahead.js';
import { areaUnderCurve } from './metrics.js';

export interface Controls {
  /** AUC that the whole pipeline reports when labels are dealt out at random: about 0.5, or it cheats somewhere. */
  shuffledAuc: number;
  /** Whether a feature that knows the future was found out, by both ways, while the real ones passed. */
  plantedLeakCaught: boolean;
  /** Real features that saw a later candle: none. */
  lookahead: string[];
  /** AUC of quick models without and with the planted feature: a jump like this is never honest. */
  leakAuc: LeakAuc;
}

const PROBES = 24;
/** How often the shuffled control deals out the test's labels. */
const DEALS = 20;
const PLANTED = 'plantedFutureReturn';

export function runControls(
  data: Dataset,
  fromRow: number,
  parameters: LearningParameters,
  cross?: CandleColumns,
): Controls {
  const step = smallestStep(data.candles);
  const featuresOf = (cut: CandleColumns) => featureColumns(cut, cross && knownWith(cut, step, cross));
  const lookahead = findLookahead(featuresOf, data.candles, data.features, PROBES);
  const planted = plantLeak(data.candles, data.features, parameters.barriers.horizonBars);
  const found = findLookahead(
    (cut) => plantLeak(cut, featuresOf(cut), parameters.barriers.horizonBars),
    data.candles,
    planted,
    PROBES,
  );
  const leakAuc = quickLeakAuc(data, planted, fromRow, parameters);
  return {
    shuffledAuc: shuffledAuc(data, fromRow, parameters),
    plantedLeakCaught: lookahead.length === 0 && found.length === 1 && found[0] === PLANTED && isSuspicious(leakAuc),
    lookahead,
    leakAuc,
  };
}

/**
 * The permutation test (Ojala and Garriga, JMLR 2010): labels of training and test are dealt out anew among all rows,
 * then everything runs as usual, the recalibration that learns from resolved labels included. The test's labels are
 * dealt out several times and the mean is told: one deal of few targets strays from 0.5 by chance alone.
 */
function shuffledAuc(data: Dataset, fromRow: number, parameters: LearningParameters): number {
  const random = createRandom(parameters.seed + 1);
  const label = data.labels.label.slice();
  const bothSides = data.bothSides.slice();
  for (const column of [label, bothSides]) shuffle(column.subarray(data.firstRow, data.endRow), random);
  const train = rowsOf({ from: data.firstRow, to: fromRow - parameters.barriers.horizonBars });
  const model: TrainedModel = {
    parts: fitParts(data, train, parameters, { label, bothSides }),
    calibration: { chosen: { kind: 'none' }, brier: { none: 0, platt: 0, isotonic: 0 } },
    recalibration: startRecalibration(parameters.recalibration.stepPerHorizon / parameters.barriers.horizonBars),
    validation: {
      rows: Int32Array.of(fromRow),
      probability: new Float64Array(1),
      volatility: new Float64Array(1),
      z: new Float64Array(data.candles.length),
    },
  };
  const scores = scoreRows(data, model.parts, parameters, fromRow, data.endRow);
  let sum = 0;
  for (let deal = 0; deal < DEALS; deal++) {
    const { probability, label: told } = predictRows(data, model, fromRow, parameters, label, scores);
    sum += areaUnderCurve(probability, told);
    shuffle(label.subarray(fromRow, data.endRow), random);
  }
  return sum / DEALS;
}

/** The features and one more that knows the return over the next quarter of the horizon (0 where the data ends). */
function plantLeak(candles: CandleColumns, features: FeatureMatrix, horizon: number): FeatureMatrix {
  const width = features.names.length;
  const values = new Float32Array(features.rows * (width + 1));
  const ahead = Math.max(1, Math.floor(horizon / 4));
  for (let row = 0; row < features.rows; row++) {
    values.set(features.values.subarray(row * width, (row + 1) * width), row * (width + 1));
    const later = candles.close[Math.min(row + ahead, candles.length - 1)]!;
    values[row * (width + 1) + width] = Math.log(later / candles.close[row]!) * 100;
  }
  return { names: [...features.names, PLANTED], rows: features.rows, values, firstRow: features.firstRow };
}
