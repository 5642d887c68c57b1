import { fitLogistic, probabilityOf, scoreLogistic } from '../../../trading/learning/logistic.js';
import { decidePromotion } from '../../../trading/learning/promotion.js';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { gradientPart, hessianPart, packGradients } from '../../../trading/learning/boosting/histogram.js';
import { calibrate, chooseCalibration } from '../../../trading/learning/calibration/choose.js';
import { populationStability, watchDrift } from '../../../trading/learning/drift.js';
import { edgeCovers } from '../../../trading/learning/edge.js';
import { featureColumns } from '../../../trading/learning/features/columns.js';
import {
  calibrationError,
  reliabilityByQuantile,
  reliabilityCurve,
} from '../../../trading/learning/quality/metrics.js';
import { createRandom } from '../../../trading/learning/random.js';
import { learnOutcome, recalibrated, startRecalibration } from '../../../trading/learning/recalibration.js';
import { sha256 } from '../../../trading/learning/sha256.js';
import { firstCandles, wavyMarket } from './markets.js';

test('packed sums of gradients and hessians come apart again', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.tuple(fc.double({ min: -1, max: 1, noNaN: true }), fc.double({ min: 1e-6, max: 0.25, noNaN: true })),
        {
          minLength: 1,
          maxLength: 200,
        },
      ),
      (pairs) => {
        const g = Float64Array.from(pairs, ([gradient]) => gradient);
        const h = Float64Array.from(pairs, ([, hessian]) => hessian);
        const rows = Int32Array.from(pairs, (_, i) => i);
        const packed = packGradients(g, h, rows, new Float64Array(pairs.length));
        const sum = packed.values.reduce((total, value) => total + value, 0);
        const total = (values: Float64Array) => values.reduce((all, value) => all + value, 0);
        expect(gradientPart(sum) * packed.gradientUnit).toBeCloseTo(total(g), 4);
        expect(hessianPart(sum) * packed.hessianUnit).toBeCloseTo(total(h), 4);
      },
    ),
  );
});

test('logistic regression finds the optimum where targets are rare and far out', () => {
  const random = createRandom(5);
  const n = 4_000;
  const x = Float32Array.from({ length: n }, () => random() * 6 - 3);
  const y = Uint8Array.from(x, (v) => (v > 2.9 && random() < 0.5 ? 1 : 0));
  const rows = Int32Array.from({ length: n }, (_, i) => i);
  const model = fitLogistic(x, 1, [0], rows, y, { penalty: 1, maxIterations: 60, tolerance: 1e-9 });
  const told = Array.from(rows, (row) => probabilityOf(scoreLogistic(model, x, row, [0])));
  // At the optimum the intercept's gradient is zero: as many are told as happened.
  expect(told.reduce((sum, p) => sum + p, 0)).toBeCloseTo(
    y.reduce((sum, v) => sum + v, 0),
    4,
  );
});

test('a model is promoted only when it is better on rows that nobody has seen', () => {
  const test = { n: 5_000, brierSkill: 0.02, brierSkillVsVolatility: 0.01, ece: 0.01 };
  const controls = { shuffledAuc: 0.5, plantedLeakCaught: true, lookahead: [] };
  const contest = { rows: 5_000, challengerBrier: 0.05, championBrier: 0.051, championVersion: 'old' };
  expect(decidePromotion(test, controls, null).promote).toBe(true);
  expect(decidePromotion(test, controls, contest)).toMatchObject({
    promote: true,
    reason: expect.stringMatching(/^better: Brier 0.05000/),
  });
  const kept: [Parameters<typeof decidePromotion>, RegExp][] = [
    [[test, controls, { ...contest, championBrier: 0.05 }], /not better/],
    [[test, controls, { ...contest, rows: 10 }], /only 10 rows/],
    [[{ ...test, brierSkill: -0.01 }, controls, null], /worse than the base rate/],
    [[{ ...test, brierSkillVsVolatility: 0 }, controls, null], /no better than volatility/],
    [[{ ...test, ece: 0.2 }, controls, null], /calibration error/],
    [[{ ...test, n: 10 }, controls, null], /only 10 unseen/],
    [[test, { ...controls, plantedLeakCaught: false }, null], /planted leak/],
    [[test, { ...controls, lookahead: ['return1'] }, null], /return1/],
    [[test, { ...controls, shuffledAuc: 0.6 }, null], /shuffled/],
  ];
  for (const [given, reason] of kept) {
    const decision = decidePromotion(...given);
    expect(decision.promote).toBe(false);
    expect(decision.reason).toMatch(reason);
  }
});

test('sha256 agrees with the platform', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
      expect(sha256(text)).toBe(createHash('sha256').update(text).digest('hex'));
    }),
  );
});

test('an edge covers costs when the expected result is not negative', () => {
  const { covers, needed } = edgeCovers(0.39, { stopLossPct: 1, takeProfitPct: 2, feeRate: 0.001 });
  expect(needed).toBeCloseTo(0.4, 12);
  expect(covers).toBe(false);
  expect(edgeCovers(0.4, { stopLossPct: 1, takeProfitPct: 2, feeRate: 0.001 }).covers).toBe(true);
});

describe('calibration', () => {
  const random = createRandom(3);
  const truth = Float64Array.from({ length: 8_000 }, () => random() * 4 - 3);
  const label = Uint8Array.from(truth, (z) => (random() < 1 / (1 + Math.exp(-z)) ? 1 : 0));

  test('leaves alone what is calibrated, mends what is not', () => {
    expect(chooseCalibration(truth, label).chosen.kind).toBe('none');
    const exaggerated = truth.map((z) => 2.5 * z + 1);
    const { chosen } = chooseCalibration(exaggerated, label);
    expect(chosen.kind).not.toBe('none');
    const mended = exaggerated.map((z) => calibrate(chosen, z));
    expect(calibrationError(reliabilityCurve(mended, label))).toBeLessThan(0.03);
    expect(calibrationError(reliabilityByQuantile(mended, label))).toBeLessThan(0.03);
  });

  test('a map that one stormy week asks for is not taken', () => {
    const stormy = label.map((y, i) => (i > 5_600 && i < 6_400 ? 1 : y));
    const quietBefore = truth.map((z, i) => (i < 4_800 ? z - 1 : z));
    expect(chooseCalibration(quietBefore, stormy).chosen.kind).toBe('none');
  });

  test('the recalibration follows a base rate that moved', () => {
    const state = startRecalibration(0.01);
    for (let i = 0; i < 5_000; i++) learnOutcome(state, -2, i % 4 === 0 ? 1 : 0);
    expect(recalibrated(state, -2)).toBeCloseTo(0.25, 1);
  });
});

describe('drift watch', () => {
  const market = wavyMarket(4_000);
  const matrix = featureColumns(market);
  const width = matrix.names.length;
  const deciles = matrix.names.map((_, f) => {
    const sorted = Array.from(
      { length: matrix.rows - matrix.firstRow },
      (_, i) => matrix.values[(matrix.firstRow + i) * width + f]!,
    ).sort((a, b) => a - b);
    return Array.from({ length: 9 }, (_, d) => sorted[Math.floor(((d + 1) * sorted.length) / 10)]!);
  });
  const nothing = { probability: [], label: [] };

  test('the stability index is 0 for the same distribution and large for another', () => {
    const edges = [1, 2, 3, 4, 5, 6, 7, 8, 9];
    expect(
      populationStability(
        edges,
        Array.from({ length: 100 }, (_, i) => (i % 10) + 0.5),
      ),
    ).toBeCloseTo(0, 6);
    expect(
      populationStability(
        edges,
        Array.from({ length: 100 }, () => 50),
      ),
    ).toBeGreaterThan(1);
  });

  test('the training data itself is steady', () => {
    expect(watchDrift(deciles, matrix, nothing, 0.01).verdict).toBe('STEADY');
  });

  test('a market ten times as wild has drifted', () => {
    const wild = firstCandles(market, 0, market.length);
    for (let i = 0; i < wild.length; i++) {
      wild.high[i]! *= 1.05;
      wild.low[i]! *= 0.95;
    }
    const gone = deciles.map((edges) => edges.map((edge) => edge + 100));
    expect(watchDrift(gone, featureColumns(wild), nothing, 0.01)).toMatchObject({ verdict: 'DRIFTED' });
  });

  test('probabilities that stopped coming true have drifted', () => {
    const live = { probability: new Float64Array(2_000).fill(0.4), label: new Uint8Array(2_000) };
    const report = watchDrift(deciles, matrix, live, 0.01);
    expect(report.verdict).toBe('DRIFTED');
    expect(report.reason).toMatch(/told 40.0 %, happened 0.0 %/);
  });
});
