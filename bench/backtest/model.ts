/** The default ensemble with a model of the shipped size: asked about its proposals, and following every candle as well. */
import { runPortfolio } from '../../trading/backtest/index.js';
import { buildDataset } from '../../trading/learning/dataset.js';
import { rowsOf } from '../../trading/learning/folds.js';
import { DEFAULT_PARAMETERS } from '../../trading/learning/parameters.js';
import { fitParts } from '../../trading/learning/parts.js';
import { scoreSeries } from '../../trading/learning/series.js';
import { type SerializedModel, serializeModel } from '../../trading/learning/serialize.js';
import { createStrategy } from '../../trading/signals/registry.js';
import type { CandleColumns } from '../../trading/types.js';
import { ensembleConfig, ensembleRules } from './config.js';
import { measure, type Speed } from './measure.js';

/** Narrow barriers, so that a minute's candles decide them and the trees grow to their full size. */
const PARAMETERS = {
  ...DEFAULT_PARAMETERS,
  barriers: { ...DEFAULT_PARAMETERS.barriers, takeProfitPct: 0.4, stopLossPct: 0.2 },
};

/** A model of the sample's candles. How good it is plays no part here. */
export function makeModel(sample: CandleColumns): SerializedModel {
  const data = buildDataset(sample, PARAMETERS);
  const none = { kind: 'none' as const };
  const trained = {
    parts: fitParts(data, rowsOf({ from: data.firstRow, to: data.endRow }), PARAMETERS),
    calibration: { chosen: none, brier: { none: 0, platt: 0, isotonic: 0 } },
    recalibration: { intercept: 0, through: 0, step: 0.001 },
    validation: {
      rows: new Int32Array(),
      probability: new Float64Array(),
      volatility: new Float64Array(),
      z: new Float64Array(),
    },
  };
  const about = { symbol: 'BTC/USDT', timeframe: '1m', endRow: data.endRow, report: null };
  return serializeModel(data, trained, about, PARAMETERS);
}

/** Of candles, all of which come after the model where it follows. */
export function ensembleWithModel(model: SerializedModel, candles: CandleColumns, follows: boolean): Speed {
  const asked = { ...model, recalibration: { ...model.recalibration, step: follows ? model.recalibration.step : 0 } };
  return measure(
    () =>
      runPortfolio(
        [
          {
            ...{ symbol: 'BTC/USDT', candles, warmUp: 40, rules: ensembleRules },
            votes: createStrategy('ensemble').votes(candles),
            probability: scoreSeries(asked, candles, 0).at,
          },
        ],
        { config: ensembleConfig, cash: 10_000, feePct: 0.1, slippagePct: 0 },
      ),
    candles.length,
    6,
  );
}
