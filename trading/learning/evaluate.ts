import { calibrate } from './calibration/choose.js';
import type { Dataset } from './dataset.js';
import { logOdds, probabilityOf } from './logistic.js';
import type { LearningParameters } from './parameters.js';
import { adaptProbabilities } from './recalibration.js';
import { scoreRows, type TrainedModel } from './train.js';

/** What a model said of rows it had not seen, in order of time. All columns are of equal length. */
export interface Predictions {
  rows: Int32Array;
  timestamp: Float64Array;
  probability: Float64Array;
  label: Uint8Array;
  netReturnPct: Float32Array;
  /** The volatility-only model's probabilities of the same rows: as trained, and following the market as ours does. */
  volatility: Float64Array;
  adaptiveVolatility: Float64Array;
}

/**
 * Scores every row from `fromRow` whose label is known. The recalibration goes on from where training left it and
 * learns each row once its horizon is over; the last training rows' outcomes, unknown when training ended, are learnt
 * in their turn with the scores of models that had not seen them.
 */
export function predictRows(
  data: Dataset,
  model: TrainedModel,
  fromRow: number,
  parameters: LearningParameters,
  label: Uint8Array = data.labels.label,
  scores = scoreRows(data, model.parts, parameters, fromRow, data.endRow),
): Predictions {
  const { candles, labels, endRow } = data;
  const z = model.validation.z.slice();
  const v = new Float64Array(candles.length);
  model.validation.rows.forEach((row, i) => {
    v[row] = model.validation.volatility[i]!;
  });
  for (let row = fromRow; row < endRow; row++) {
    z[row] = logOdds(calibrate(model.calibration.chosen, scores.blend[row - fromRow]!));
    v[row] = scores.volatility[row - fromRow]!;
  }
  const horizon = parameters.barriers.horizonBars;
  const range = { from: fromRow, to: endRow, firstLearnt: model.validation.rows[0] ?? fromRow };
  const follow = (scored: Float64Array) =>
    adaptProbabilities(scored, label, candles.timestamp, range, horizon, { ...model.recalibration });
  return {
    rows: Int32Array.from({ length: endRow - fromRow }, (_, i) => fromRow + i),
    timestamp: candles.timestamp.slice(fromRow, endRow),
    probability: follow(z),
    label: label.slice(fromRow, endRow),
    netReturnPct: labels.netReturnPct.slice(fromRow, endRow),
    volatility: scores.volatility.map(probabilityOf),
    adaptiveVolatility: follow(v),
  };
}
