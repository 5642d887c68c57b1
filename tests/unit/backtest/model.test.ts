import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { htmlReport } from '../../../commands/backtest/html.js';
import { runLive } from '../../../commands/backtest/live.js';
import { backtestOptions } from '../../../commands/backtest/options.js';
import { reportOf, summaryText } from '../../../commands/backtest/report.js';
import { buildDataset } from '../../../trading/learning/dataset.js';
import { edgeCovers } from '../../../trading/learning/edge.js';
import { DEFAULT_PARAMETERS, type LearningParameters } from '../../../trading/learning/parameters.js';
import { REQUIRED_CANDLES, scoreCandles } from '../../../trading/learning/score.js';
import { scoreSeries } from '../../../trading/learning/series.js';
import { hashOf, type SerializedModel, serializeModel } from '../../../trading/learning/serialize.js';
import { trainModel } from '../../../trading/learning/train.js';
import { createStrategy, reducedConfidence } from '../../../trading/signals/index.js';
import { MODES } from '../../../trading/sizing/index.js';
import type { Timeframe } from '../../../trading/types.js';
import { firstCandles, wavyMarket } from '../learning/markets.js';

const parameters: LearningParameters = {
  ...DEFAULT_PARAMETERS,
  boosting: { ...DEFAULT_PARAMETERS.boosting, trees: 15, minLeafRows: 50 },
  validation: { ...DEFAULT_PARAMETERS.validation, folds: 2 },
};
const limits = JSON.parse(readFileSync(new URL('../../../config/risk_config.json', import.meta.url), 'utf8'));
const TRAINED = 5_000;
const candles = wavyMarket(8_000);
const data = buildDataset(candles, parameters);
const about = { symbol: 'BTC/USDT', timeframe: '5m', endRow: TRAINED, report: null };
const trained = serializeModel(data, trainModel(data, TRAINED, parameters), about, parameters);
const rehashed = (model: SerializedModel): SerializedModel => ({ ...model, hash: hashOf(model) });
/** As trained, but with a step that is certain to move. */
const model = rehashed({ ...trained, recalibration: { ...trained.recalibration, step: 0.01 } });

describe('a model along a series', () => {
  const start = candles.timestamp.findIndex((time) => time > model.recalibration.through);

  test('says what the worker and the evaluation are told, candle by candle, the recalibration included', () => {
    const expected = scoreCandles(model, candles, start, candles.length).probability;
    const scorer = scoreSeries(model, candles, 0);
    const found = expected.map((_, index) => scorer.at(start + index)!);
    expect(found).toEqual(expected);
    expect(scorer.counts).toEqual({ scored: candles.length - start, early: 0, old: 0 });
    // It did move: the same model standing still says something else.
    const still = scoreSeries(rehashed({ ...model, recalibration: { ...model.recalibration, step: 0 } }), candles, 0);
    expect(Math.abs(still.at(candles.length - 1)! - found.at(-1)!)).toBeGreaterThan(1e-4);
  });

  test('says the same when it is asked about a few candles only, and when later ones are not there yet', () => {
    const all = scoreSeries(model, candles, 0);
    const full = Array.from({ length: candles.length }, (_, index) => all.at(index));
    const few = scoreSeries(model, candles, 0);
    for (let index = 600; index < candles.length; index += 37) expect(few.at(index)).toBe(full[index]);
    for (const known of [900, TRAINED + 300, 7_000]) {
      const cut = scoreSeries(model, firstCandles(candles, 0, known), 0);
      expect(cut.at(known - 1)).toBe(full[known - 1]);
    }
  });

  test('says nothing before it has its history, nor when it has grown too old', () => {
    const scorer = scoreSeries(model, candles, 2);
    expect(scorer.at(REQUIRED_CANDLES - 2)).toBeNull();
    expect(scorer.at(REQUIRED_CANDLES - 1)).toBeGreaterThan(0);
    const twoDays = (2 * 24 * 60) / 5;
    expect(scorer.at(TRAINED - 1 + twoDays)).toBeGreaterThan(0);
    expect(scorer.at(TRAINED + twoDays)).toBeNull();
    expect(scorer.counts).toEqual({ scored: 2, early: 1, old: 1 });
  });
});

describe('a backtest with a model', () => {
  const folder = mkdtempSync(join(tmpdir(), 'backtest-model-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const saved = (content: unknown, name = 'model.json'): string => {
    const path = join(folder, name);
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
    return path;
  };
  const market = { symbol: 'BTC/USDT', timeframe: '5m' as Timeframe, candles, warmUp: 0, detail: undefined };
  const run = (args: string[], markets = [market]) => {
    const said: string[] = [];
    const options = backtestOptions(['--data', 'memory', '--strategy', 'ensemble', '--mode', 'AGGRESSIVE', ...args]);
    const found = runLive(markets, options, (line) => said.push(line), limits);
    return { found, said, options, report: reportOf(found, markets, options) };
  };
  const path = saved(model);
  const withModel = run(['--model', path, '--model-max-age', '0', '--without-model', 'full']);

  test('names the model and what it was asked in JSON, summary and page', () => {
    const { report, options, found } = withModel;
    expect(report).toMatchObject({
      policy: 'ensemble',
      models: [{ symbol: 'BTC/USDT', version: model.version, hash: model.hash, timeframe: '5m', old: 0 }],
    });
    expect(report.models![0]!.scored).toBeGreaterThan(100);
    expect(summaryText(report, options)).toContain(`${model.version} for BTC/USDT`);
    expect(htmlReport(report, found)).toContain(model.version);
  });

  test('tells how many candles lie in what the model was made from, and for how many it is too old', () => {
    expect(withModel.said.join()).toMatch(/\d+ of 8000 candles lie in what model .* was made from/);
    const aged = run(['--model', path, '--model-max-age', '3']);
    expect(aged.said.join()).toContain('more than 3 days old');
    expect(aged.report.models![0]!.old).toBeGreaterThan(0);
  });

  test('trades as without one where it only annotates, and writes its word beside the trades', () => {
    const without = run([]);
    expect(without.report.models).toBeUndefined();
    const bare = withModel.found.trades.map(({ probability: _, ...trade }) => trade);
    expect(bare).toEqual(without.found.trades);
    expect(bare.length).toBeGreaterThan(20);
    const told = withModel.found.trades.filter(({ probability }) => probability !== undefined);
    expect(told.length).toBeGreaterThan(20);
    const scorer = scoreSeries(model, candles, 0);
    for (const { entryTime, probability } of told)
      expect(probability).toBeCloseTo(scorer.at(candles.timestamp.indexOf(entryTime) - 1)!, 4);
  });

  test('takes proposals that the model has no answer to as live does: with a tenth less confidence, or not at all', () => {
    const until = candles.timestamp[TRAINED]! + 3 * 86_400_000;
    const later = (...args: string[]) =>
      run(['--model', path, '--model-max-age', '3', ...args]).found.trades.filter(({ entryTime }) => entryTime > until);
    const full = later('--without-model', 'full');
    const reduced = later();
    expect(later('--without-model', 'hold')).toEqual([]);
    expect(reduced.length).toBeGreaterThan(0);
    expect(reduced.length).toBeLessThan(full.length);
    // Nine tenths of the confidence that the vote made, still enough for the mode.
    const votes = createStrategy('ensemble').votes(candles);
    for (const { entryTime } of reduced) {
      const confidence = Math.round(100 * votes[candles.timestamp.indexOf(entryTime) - 1]!);
      expect(reducedConfidence(confidence)).toBeGreaterThanOrEqual(MODES.AGGRESSIVE.minConfidence);
    }
    const bare = run(['--without-model', 'hold']);
    expect(bare.found.trades).toEqual([]);
  });

  test('enters by policy edge only where the probability covers the costs', () => {
    const { report, found } = run([
      ...['--model', path, '--model-max-age', '0', '--policy', 'edge', '--take-profit', '20', '--fee', '0.01'],
    ]);
    expect(report.refusals!['MODEL_BELOW_COSTS']).toBeGreaterThan(0);
    expect(found.trades.length).toBeGreaterThan(0);
    expect(found.trades.length).toBeLessThan(withModel.found.trades.length);
    const costs = { stopLossPct: 1, takeProfitPct: 20, feeRate: 0.0001 };
    for (const { probability } of found.trades) expect(edgeCovers(probability! + 5e-5, costs).covers).toBe(true);
  });

  test.each<[string, () => string, RegExp]>([
    ['a file that is not there', () => join(folder, 'absent.json'), /cannot be read/],
    ['a file that is no JSON', () => saved('timestamp,open\n', 'candles.csv'), /is no JSON/],
    ['JSON that is no model', () => saved({ test: {} }, 'report.json'), /model format undefined is not known; 2 is/],
    ['a model of another format', () => saved({ ...model, format: 1 }, 'old.json'), /model format 1 is not known/],
    ['a model that was changed', () => saved({ ...model, features: ['return1'] }, 'x.json'), /is not what was saved/],
    [
      'a model for other candles',
      () => saved(rehashed({ ...model, timeframe: '1h' }), 'hours.json'),
      /is for 1h candles, those of BTC\/USDT are 5m/,
    ],
    [
      'a model for another symbol',
      () => saved(rehashed({ ...model, symbol: 'ETH/USDT' }), 'ether.json'),
      /is for ETH\/USDT, the candles are of BTC\/USDT/,
    ],
    [
      'a model that needs a second symbol',
      () => saved(rehashed({ ...model, features: [...model.features, 'otherReturn12'] }), 'cross.json'),
      /trained with a second symbol's candles \(otherReturn12\)/,
    ],
  ])('refuses %s and says why', (_name, make, message) => {
    expect(() => run(['--model', make()])).toThrow(message);
  });

  test('refuses two models for one symbol, the plain rules, and the policy edge without a model', () => {
    expect(() => run(['--model', path, '--model', path])).toThrow(/another model for BTC\/USDT/);
    expect(() => run(['--rules', 'plain', '--model', path])).toThrow(/need --rules live/);
    expect(() => run(['--policy', 'edge'])).toThrow(/needs --model/);
  });

  test('asks in the order of time only', () => {
    const scorer = scoreSeries(model, candles, 0);
    scorer.at(700);
    expect(() => scorer.at(699)).toThrow(RangeError);
  });
});
