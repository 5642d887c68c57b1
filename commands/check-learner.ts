import { buildDataset } from '../trading/learning/dataset.js';
import { DEFAULT_PARAMETERS, type LearningParameters } from '../trading/learning/parameters.js';
import { learnerColumns } from '../trading/learning/quality/columns.js';
import { serializeModel } from '../trading/learning/serialize.js';
import { trainModel } from '../trading/learning/train.js';
import { createLearnerStream } from '../trading/learning/quality/stream.js';
import { findLookahead, findUnlikeStream, type LookaheadFinding } from '../trading/signals/lookahead.js';
import type { CandleColumns } from '../trading/types.js';

/** A small model: what is asked is whether it peeks, not how good it is. */
const SMALL: LearningParameters = {
  ...DEFAULT_PARAMETERS,
  barriers: { ...DEFAULT_PARAMETERS.barriers, takeProfitPct: 0.4, stopLossPct: 0.2 },
  boosting: { ...DEFAULT_PARAMETERS.boosting, trees: 20, minLeafRows: 100 },
  validation: { ...DEFAULT_PARAMETERS.validation, folds: 2 },
};
/** Share of the candles that the model learns from, and the most of them. */
const TRAINING_SHARE = 0.4;
const MOST_TRAINING = 12_000;

/**
 * Lookahead analysis over the learner: trains a small model on the first candles and asks at every candle whether any
 * feature, label or probability is what a stream said that had been told of no later one, and at some cuts whether they
 * change when later candles become known. The barriers are narrow, so that a minute's candles decide them.
 */
export function checkLearner(
  candles: CandleColumns,
  cuts: number,
): { columns: string[]; scored: number; findings: LookaheadFinding[] } {
  const data = buildDataset(candles, SMALL);
  const endRow = Math.min(data.firstRow + MOST_TRAINING, Math.floor(candles.length * TRAINING_SHARE));
  const trained = trainModel(data, endRow, SMALL);
  const about = { symbol: 'any', timeframe: 'any', endRow, report: null };
  const model = serializeModel(data, trained, about, SMALL);
  const columnsOf = (known: CandleColumns) => learnerColumns(model, known);
  const columns = columnsOf(candles);
  const say = createLearnerStream(model);
  const { timestamp, high, low, close, volume } = candles;
  const said = (index: number) => say(timestamp[index]!, high[index]!, low[index]!, close[index]!, volume[index]!);
  return {
    columns: Object.keys(columns),
    scored: candles.length - endRow,
    findings: [
      ...findUnlikeStream(columns, candles.length, said),
      ...(cuts > 0 ? findLookahead(columnsOf, candles, cuts) : []),
    ],
  };
}
