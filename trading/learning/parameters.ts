import type { BoostingSettings } from './boosting/boost.js';
import type { Timeframe } from '../types.js';
import { type BarrierSettings, barriersOf, DEFAULT_BARRIERS } from './labels.js';
import type { RecalibrationSettings } from './recalibration.js';

/** Shares of the blend's parts in the log odds; they add up to 1. */
export interface BlendWeights {
  structure: number;
  volatility: number;
  volatilityBoth: number;
  logistic: number;
  boosting: number;
}

export interface LearningParameters {
  barriers: BarrierSettings;
  boosting: BoostingSettings;
  /** L2 penalties: of the logistic regression on all features, of the one on volatilities, of the forecast. */
  penalties: { logistic: number; volatility: number; forecast: number };
  /** The regressions learn from every n-th row: neighbouring labels share most of their candles. */
  regressionStride: number;
  blend: BlendWeights;
  validation: { folds: number; firstTrainShare: number; embargoRows: number };
  recalibration: RecalibrationSettings;
  /** Rows before the newest so many are not learnt from: markets change, and a training is to take minutes. */
  mostRows: number;
  seed: number;
}

/**
 * Chosen by walk-forward on real candles (docs/LEARNING.md has the table). The trees are few and flat and have
 * little say on purpose: left alone they win the training months and lose later ones.
 */
export const DEFAULT_PARAMETERS: LearningParameters = {
  barriers: DEFAULT_BARRIERS,
  boosting: {
    objective: 'logistic',
    trees: 80,
    leaves: 15,
    learningRate: 0.05,
    lambda: 10,
    minLeafRows: 500,
    minGain: 0,
    maxBins: 63,
    rowFraction: 0.7,
    featureFraction: 0.5,
    seed: 1,
  },
  penalties: { logistic: 330, volatility: 1, forecast: 1 },
  regressionStride: 6,
  blend: { structure: 0.5, volatility: 0.2, volatilityBoth: 0.1, logistic: 0.1, boosting: 0.1 },
  validation: { folds: 8, firstTrainShare: 0.35, embargoRows: 48 },
  recalibration: { stepPerHorizon: 0.048, carried: 0.5 },
  mostRows: 250_000,
  seed: 1,
};

/** The parameters for a timeframe's candles: the same question, asked of as many candles as it takes there. */
export function parametersFor(timeframe: Timeframe): LearningParameters {
  const barriers = barriersOf(timeframe);
  return {
    ...DEFAULT_PARAMETERS,
    barriers,
    validation: { ...DEFAULT_PARAMETERS.validation, embargoRows: barriers.horizonBars },
  };
}
