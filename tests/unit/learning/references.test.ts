import { readFileSync } from 'node:fs';
import { type BoostingSettings, scoreForest, trainForest } from '../../../trading/learning/boosting/boost.js';
import { applyIsotonic, fitIsotonic } from '../../../trading/learning/calibration/isotonic.js';
import { fitPlatt } from '../../../trading/learning/calibration/platt.js';
import { fitLogistic } from '../../../trading/learning/logistic.js';
import { areaUnderCurve, brierScore } from '../../../trading/learning/quality/metrics.js';

interface References {
  X: number[][];
  y: number[];
  lightgbm: { fourTrees: number[]; lossOf20: number };
  logistic: { penalty: number; weights: number[]; intercept: number };
  scores: number[];
  isotonic: { at: number[]; values: number[] };
  platt: { slope: number; intercept: number };
  rounded: number[];
  auc: number;
  brier: number;
}

// Made with scikit-learn and LightGBM; docs/LEARNING.md tells how.
const references = JSON.parse(readFileSync(new URL('./references.json', import.meta.url), 'utf8')) as References;
const values = Float32Array.from(references.X.flat());
const rows = Int32Array.from(references.X, (_, i) => i);
const label = Uint8Array.from(references.y);

describe('against scikit-learn and LightGBM', () => {
  const boosting = (trees: number): BoostingSettings => ({
    objective: 'logistic',
    trees,
    leaves: 7,
    learningRate: 0.1,
    lambda: 5,
    minLeafRows: 1,
    minGain: 0,
    maxBins: 255,
    rowFraction: 1,
    featureFraction: 1,
    seed: 1,
  });
  const scoresOf = (trees: number) => {
    const forest = trainForest({ values, width: 4, rows, target: label }, boosting(trees));
    return references.X.map((_, i) => scoreForest(forest, values, i * 4));
  };

  test('the first trees are the ones that LightGBM grows, to the leaf', () => {
    const differences = scoresOf(4).map((z, i) => Math.abs(z - references.lightgbm.fourTrees[i]!));
    expect(Math.max(...differences)).toBeLessThan(1e-6);
  });

  // From the fifth on, LightGBM skips a feature that could not be split further up, and misses the best split.
  test('twenty trees fit at least as well as LightGBM', () => {
    const losses = scoresOf(20).map((z, i) => Math.log1p(Math.exp(label[i] === 1 ? -z : z)));
    expect(losses.reduce((sum, loss) => sum + loss, 0) / losses.length).toBeLessThan(
      references.lightgbm.lossOf20 * 1.005,
    );
  });

  test('the root split is the best of all that there are', () => {
    const [tree] = trainForest({ values, width: 4, rows, target: label }, boosting(1)).trees;
    const p = references.y.reduce((sum, y) => sum + y, 0) / references.y.length;
    const side = (feature: number, cut: number) => {
      const left = references.y.filter((_, i) => references.X[i]![feature]! <= cut);
      const g = left.reduce((sum, y) => sum + p - y, 0);
      const h = (n: number) => n * p * (1 - p) + 5;
      return (g * g) / h(left.length) + (g * g) / h(references.y.length - left.length);
    };
    const all = [0, 1, 2, 3].flatMap((feature) =>
      Array.from({ length: 29 }, (_, cut) => ({ feature, cut, gain: side(feature, cut) })),
    );
    const best = all.reduce((a, b) => (b.gain > a.gain ? b : a));
    expect([tree!.feature[0], tree!.threshold[0]]).toEqual([best.feature, best.cut]);
  });

  test('logistic regression finds the penalised optimum', () => {
    const { penalty, weights, intercept } = references.logistic;
    const model = fitLogistic(values, 4, [0, 1, 2, 3], rows, label, { penalty, maxIterations: 100, tolerance: 1e-12 });
    weights.forEach((weight, i) => expect(model.weights[i]).toBeCloseTo(weight, 6));
    expect(model.intercept).toBeCloseTo(intercept, 6);
  });

  test('isotonic regression gives the same staircase', () => {
    const map = fitIsotonic(references.scores, label);
    const { at, values: expected } = references.isotonic;
    at.forEach((score, i) => expect(applyIsotonic(map, score)).toBeCloseTo(expected[i]!, 10));
  });

  test('Platt scaling gives the same line', () => {
    const { slope, intercept } = fitPlatt(references.scores, label);
    expect(slope).toBeCloseTo(references.platt.slope, 5);
    expect(intercept).toBeCloseTo(references.platt.intercept, 5);
  });

  test('AUC with ties and the Brier score', () => {
    expect(areaUnderCurve(references.rounded, label)).toBeCloseTo(references.auc, 12);
    expect(brierScore(references.rounded, label)).toBeCloseTo(references.brier, 12);
  });
});
