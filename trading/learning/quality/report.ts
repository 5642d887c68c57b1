import type { Predictions } from '../evaluate.js';
import { aucInterval } from './bootstrap.js';
import {
  areaUnderCurve,
  ascending,
  brierScore,
  calibrationError,
  meanOf,
  type ReliabilityBin,
  reliabilityByQuantile,
  reliabilityCurve,
  skill,
} from './metrics.js';

export interface Summary {
  n: number;
  /** Share of rows whose target came first, 0 to 1. */
  baseRate: number;
  /** Mean of what was told, 0 to 1. */
  meanProbability: number;
  auc: number;
  brier: number;
  /** 1 - brier / brier of always saying this very test's base rate, which nobody knew beforehand. */
  brierSkill: number;
  /** 1 - brier / brier of the volatility-only model as it was trained. */
  brierSkillVsVolatility: number;
  /** Ten bins of equal width. */
  ece: number;
}

export interface ConfidenceRow {
  /** Rows with at least this probability, in percent. */
  confidence: number;
  count: number;
  hitRate: number;
  /** Mean result of a trade after fees, in percent of the entry. */
  netReturnPct: number;
}

export interface QualityReport extends Summary {
  aucInterval: { low: number; high: number };
  /** Ten bins of equal count. */
  eceByQuantile: number;
  brierSkillVsAdaptiveVolatility: number;
  aucVolatility: number;
  reliability: ReliabilityBin[];
  reliabilityByQuantile: ReliabilityBin[];
  /** From the tenth with the highest probabilities down: how many times the base rate it holds. */
  liftByDecile: number[];
  byConfidence: ConfidenceRow[];
  byMonth: ({ month: string } & Summary)[];
  bySymbol: ({ symbol: string } & Summary)[];
}

const CONFIDENCES = [0, 5, 10, 15, 20, 25, 30, 35, 40, 50, 60];

/** Everything one can say of predictions. `horizonBars` sets the bootstrap's blocks. */
export function qualityReport(
  predictions: Predictions,
  options: { symbol: string; horizonBars: number; seed: number; draws?: number },
): QualityReport {
  const { probability, label } = predictions;
  const summary = summarise(predictions);
  return {
    ...summary,
    aucInterval: aucInterval(probability, label, {
      blockRows: options.horizonBars * 6,
      draws: options.draws ?? 100,
      seed: options.seed,
    }),
    eceByQuantile: calibrationError(reliabilityByQuantile(probability, label)),
    brierSkillVsAdaptiveVolatility: skill(summary.brier, brierScore(predictions.adaptiveVolatility, label)),
    aucVolatility: areaUnderCurve(predictions.volatility, label),
    reliability: reliabilityCurve(probability, label),
    reliabilityByQuantile: reliabilityByQuantile(probability, label),
    liftByDecile: liftByDecile(probability, label),
    byConfidence: byConfidence(predictions),
    byMonth: byMonth(predictions),
    bySymbol: [{ symbol: options.symbol, ...summary }],
  };
}

export function summarise(predictions: Predictions): Summary {
  const { probability, label, volatility } = predictions;
  const baseRate = meanOf(label);
  const brier = brierScore(probability, label);
  return {
    n: label.length,
    baseRate,
    meanProbability: meanOf(probability),
    auc: areaUnderCurve(probability, label),
    brier,
    brierSkill: skill(brier, baseRate * (1 - baseRate)),
    brierSkillVsVolatility: skill(brier, brierScore(volatility, label)),
    ece: calibrationError(reliabilityCurve(probability, label)),
  };
}

function liftByDecile(probability: Float64Array, label: Uint8Array): number[] {
  const base = meanOf(label);
  const order = ascending(probability).reverse();
  return Array.from({ length: 10 }, (_, d) => {
    const part = order.subarray(Math.floor((d * order.length) / 10), Math.floor(((d + 1) * order.length) / 10));
    return base > 0 && part.length > 0 ? meanOf(Array.from(part, (i) => label[i]!)) / base : 0;
  });
}

function byConfidence({ probability, label, netReturnPct }: Predictions): ConfidenceRow[] {
  return CONFIDENCES.map((confidence) => {
    let count = 0;
    let hits = 0;
    let net = 0;
    for (let i = 0; i < label.length; i++)
      if (probability[i]! * 100 >= confidence) {
        count++;
        hits += label[i]!;
        net += netReturnPct[i]!;
      }
    return { confidence, count, hitRate: count > 0 ? hits / count : 0, netReturnPct: count > 0 ? net / count : 0 };
  }).filter((row) => row.count > 0);
}

function byMonth(predictions: Predictions): ({ month: string } & Summary)[] {
  const months: ({ month: string } & Summary)[] = [];
  const monthOf = (i: number) => new Date(predictions.timestamp[i]!).toISOString().slice(0, 7);
  for (let from = 0; from < predictions.label.length; ) {
    const month = monthOf(from);
    let to = from + 1;
    while (to < predictions.label.length && monthOf(to) === month) to++;
    months.push({ month, ...summarise(slicePredictions(predictions, from, to)) });
    from = to;
  }
  return months;
}

export function slicePredictions(predictions: Predictions, from: number, to: number): Predictions {
  return {
    rows: predictions.rows.subarray(from, to),
    timestamp: predictions.timestamp.subarray(from, to),
    probability: predictions.probability.subarray(from, to),
    label: predictions.label.subarray(from, to),
    netReturnPct: predictions.netReturnPct.subarray(from, to),
    volatility: predictions.volatility.subarray(from, to),
    adaptiveVolatility: predictions.adaptiveVolatility.subarray(from, to),
  };
}
