import { buildDataset, LearningDataError, newestRows } from '../../../trading/learning/dataset.js';
import { predictRows } from '../../../trading/learning/evaluate.js';
import { walkForward } from '../../../trading/learning/folds.js';
import {
  barriersOf,
  bothSides,
  DEFAULT_BARRIERS,
  tripleBarrier,
  UNRESOLVED,
} from '../../../trading/learning/labels.js';
import { loadModel } from '../../../trading/learning/load.js';
import { DEFAULT_PARAMETERS, type LearningParameters, parametersFor } from '../../../trading/learning/parameters.js';
import { runControls } from '../../../trading/learning/quality/controls.js';
import { qualityReport } from '../../../trading/learning/quality/report.js';
import { KNOWN_FEATURES, REQUIRED_CANDLES, scoreCandles, scoreSignal } from '../../../trading/learning/score.js';
import { type SerializedModel, serializeModel } from '../../../trading/learning/serialize.js';
import { trainModel } from '../../../trading/learning/train.js';
import type { CandleColumns } from '../../../trading/types.js';
import { firstCandles, wavyMarket } from './markets.js';

const parameters: LearningParameters = {
  ...DEFAULT_PARAMETERS,
  boosting: { ...DEFAULT_PARAMETERS.boosting, trees: 20, minLeafRows: 50 },
  validation: { ...DEFAULT_PARAMETERS.validation, folds: 3 },
};
const HORIZON = parameters.barriers.horizonBars;
const candles = wavyMarket(9_000);
const data = buildDataset(candles, parameters);
const testRow = 7_000;
const model = trainModel(data, testRow, parameters);
const predictions = predictRows(data, model, testRow, parameters);
const saved = serializeModel(
  data,
  model,
  { symbol: 'BTC/USDT', timeframe: '5m', endRow: testRow, report: null },
  parameters,
);

describe('labels', () => {
  const flat = (changes: Partial<Record<number, [high: number, low: number, close: number]>>): CandleColumns => {
    const market = firstCandles(wavyMarket(120), 0, 120);
    for (const key of ['open', 'high', 'low', 'close'] as const) market[key].fill(100);
    for (const [at, [high, low, close]] of Object.entries(changes) as unknown as [string, [number, number, number]][]) {
      market.high[Number(at)] = high;
      market.low[Number(at)] = low;
      market.close[Number(at)] = close;
    }
    return market;
  };
  test('a target that comes first is 1, a stop that comes first is 0', () => {
    expect(tripleBarrier(flat({ 5: [102.1, 100, 100], 6: [100, 98, 100] })).label[0]).toBe(1);
    expect(tripleBarrier(flat({ 5: [100, 98.9, 100], 6: [103, 100, 100] })).label[0]).toBe(0);
  });
  test('both in one candle is 0: the stop is taken to have come first', () => {
    const { label, resolvedAt, netReturnPct } = tripleBarrier(flat({ 3: [103, 98, 100] }));
    expect([label[0], resolvedAt[0]]).toEqual([0, 3]);
    expect(netReturnPct[0]).toBeCloseTo(0.99 * 99.9 - 100.1, 4);
  });
  test('neither within the horizon is 0 and sells at the close', () => {
    const { label, netReturnPct } = tripleBarrier(flat({ 48: [100, 100, 100.5], 49: [110, 100, 100] }));
    expect(label[0]).toBe(0);
    expect(netReturnPct[0]).toBeCloseTo(100.5 * 0.999 - 100.1, 4);
  });
  test('the last rows stay unresolved, whatever happened in them', () => {
    const { label } = tripleBarrier(flat({ 119: [110, 100, 100] }));
    expect([...label.subarray(120 - 48)].every((value) => value === UNRESOLVED)).toBe(true);
    expect(label[120 - 49]).toBe(1);
  });
});

describe('the question', () => {
  test('is four hours at every timeframe, of at least four candles', () => {
    const bars = (['1m', '5m', '15m', '1h', '4h', '1d'] as const).map((timeframe) => barriersOf(timeframe).horizonBars);
    expect(bars).toEqual([240, 48, 16, 4, 4, 4]);
    expect(parametersFor('1h').validation.embargoRows).toBe(4);
  });
  test('of both sides: a market turned upside down has the same answer, one side alone has not', () => {
    const few = firstCandles(candles, 0, 2_000);
    const upsideDown = { ...few };
    for (const [key, of] of [
      ['open', 'open'],
      ['high', 'low'],
      ['low', 'high'],
      ['close', 'close'],
    ] as const)
      upsideDown[key] = few[of].map((price) => 1e9 / price);
    const own = tripleBarrier(few).label;
    const other = tripleBarrier(upsideDown).label;
    const shares = bothSides(few, own, DEFAULT_BARRIERS);
    expect(bothSides(upsideDown, other, DEFAULT_BARRIERS)).toEqual(shares);
    expect(other).not.toEqual(own);
    const known = few.length - DEFAULT_BARRIERS.horizonBars;
    expect(shares.subarray(0, known)).toEqual(Float32Array.from(own.subarray(0, known), (a, i) => (a + other[i]!) / 2));
    expect(shares.subarray(known).every((share) => share === 0)).toBe(true);
  });
  test('is learnt from the newest rows only where there are very many', () => {
    expect(newestRows(data, testRow, { ...parameters, mostRows: 1_000 }).firstRow).toBe(testRow - 1_000);
    expect(newestRows(data, testRow, parameters).firstRow).toBe(data.firstRow);
  });
});

describe('walk-forward', () => {
  test('tests end to end on later rows, with the gap for purge and embargo', () => {
    const folds = walkForward(100, 1100, { folds: 4, firstTrainShare: 0.5, purgeRows: 48, embargoRows: 10 });
    expect(folds.map(({ test }) => test)).toEqual([
      { from: 600, to: 725 },
      { from: 725, to: 850 },
      { from: 850, to: 975 },
      { from: 975, to: 1100 },
    ]);
    for (const { train, test } of folds) expect(train).toEqual({ from: 100, to: test.from - 58 });
  });
});

describe('training', () => {
  test('finds what there is to find, calibrated, with clean controls', () => {
    const report = qualityReport(predictions, { symbol: 'BTC/USDT', horizonBars: HORIZON, seed: 1, draws: 20 });
    expect(report.n).toBe(9_000 - HORIZON - testRow);
    expect(report.auc).toBeGreaterThan(0.6);
    expect(report.brierSkill).toBeGreaterThan(0);
    expect(report.ece).toBeLessThan(0.12);
    expect(report.aucInterval.low).toBeLessThan(report.auc);
    expect(report.aucInterval.high).toBeGreaterThan(report.auc);
    expect(report.byMonth.reduce((sum, month) => sum + month.n, 0)).toBe(report.n);
    const controls = runControls(data, testRow, parameters);
    expect(Math.abs(controls.shuffledAuc - 0.5)).toBeLessThan(0.05);
    expect(controls).toMatchObject({ plantedLeakCaught: true, lookahead: [] });
  });

  test('is the same again with the same seed', () => {
    const again = trainModel(data, testRow, parameters);
    expect(predictRows(data, again, testRow, parameters).probability).toEqual(predictions.probability);
  });

  test('sees nothing of the rows that it is tested on', () => {
    const changed = firstCandles(candles, 0, candles.length);
    for (const key of ['open', 'high', 'low', 'close', 'volume'] as const)
      for (let i = testRow; i < changed.length; i++) changed[key][i]! *= 1.5 + 0.3 * Math.sin(i);
    const other = trainModel(buildDataset(changed, parameters), testRow, parameters);
    expect(JSON.stringify(other.parts)).toBe(JSON.stringify(model.parts));
    expect(other.calibration).toEqual(model.calibration);
    expect(other.recalibration).toEqual(model.recalibration);
  });

  test('predicts each row from what was known at its candle: cutting the future off changes nothing', () => {
    for (const length of [7_100, 7_555, 8_200]) {
      const cut = buildDataset(firstCandles(candles, 0, length), parameters);
      const seen = predictRows(cut, model, testRow, parameters);
      expect(seen.probability).toEqual(predictions.probability.slice(0, seen.probability.length));
    }
  });

  test('one horizon of labels moves the recalibration alike at every timeframe', () => {
    for (const timeframe of ['1m', '5m', '1h'] as const)
      expect(parametersFor(timeframe).recalibration).toEqual(DEFAULT_PARAMETERS.recalibration);
    expect(model.recalibration.step * HORIZON).toBeCloseTo(DEFAULT_PARAMETERS.recalibration.stepPerHorizon, 12);
  });

  test('the final fit starts with half of the correction that its folds ended with', () => {
    const recalibration = { ...parameters.recalibration, carried: 1 };
    const whole = trainModel(data, testRow, { ...parameters, recalibration }).recalibration;
    expect(whole.intercept).not.toBe(0);
    expect(model.recalibration).toEqual({ ...whole, intercept: whole.intercept / 2 });
  });

  test('names data that is too short', () => {
    expect(() => buildDataset(firstCandles(candles, 0, 600), parameters)).toThrow(LearningDataError);
    expect(() => trainModel(data, 700, parameters)).toThrow(/20 targets/);
  });
});

describe('a saved model', () => {
  const stored = JSON.parse(JSON.stringify(saved)) as SerializedModel;
  const loaded = loadModel(stored, KNOWN_FEATURES);

  test('scores later candles as the evaluation did', () => {
    const probability = scoreCandles(loaded, firstCandles(candles, 0, 7_400), testRow, 7_400).probability;
    probability.forEach((p, i) => expect(p).toBeCloseTo(predictions.probability[i]!, 3));
  });

  test('scores one candle from a short history, tells why, and ignores later candles', () => {
    const row = 7_300;
    const short = firstCandles(candles, row + 1 - 1_000, row + 50);
    const score = scoreSignal(loaded, short, 999);
    expect(score.probability).toBeCloseTo(predictions.probability[row - testRow]!, 2);
    expect(scoreSignal(loaded, firstCandles(short, 0, 1_000))).toEqual(score);
    expect(score.contributions).toHaveLength(loaded.features.length);
    expect(Math.abs(score.contributions[0]!.effect)).toBeGreaterThanOrEqual(Math.abs(score.contributions[1]!.effect));
    expect(score.contributions.every(({ effect, value }) => Number.isFinite(effect) && Number.isFinite(value))).toBe(
      true,
    );
  });

  test('refuses too few candles', () => {
    expect(() => scoreSignal(loaded, firstCandles(candles, 0, REQUIRED_CANDLES - 1))).toThrow(RangeError);
  });

  test('is refused when anything in it was changed', () => {
    const forged = JSON.parse(JSON.stringify(saved)) as SerializedModel;
    forged.parts.boosting.trees[0]!.value[0]! += 0.1;
    expect(() => loadModel(forged)).toThrow(/is not what was saved/);
    expect(() => loadModel({ format: 1 })).toThrow(/format 1/);
    expect(() => loadModel(stored, ['other'])).toThrow(/features that are not computed here/);
    expect(() => loadModel({ ...stored, parts: undefined })).toThrow(/parts is missing/);
  });

  test('has the same hash whatever order its keys come back in', () => {
    const reversed = Object.fromEntries(Object.entries(stored).reverse());
    expect(loadModel(reversed).hash).toBe(saved.hash);
  });
});
