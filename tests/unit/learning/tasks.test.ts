import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeCandles } from '../../../adapters/training/files.js';
import { type FinishResult, runTask } from '../../../adapters/training/tasks.js';
import { buildDataset } from '../../../trading/learning/dataset.js';
import { tripleBarrier } from '../../../trading/learning/labels.js';
import { DEFAULT_PARAMETERS, type LearningParameters } from '../../../trading/learning/parameters.js';
import { decidePromotion } from '../../../trading/learning/promotion.js';
import { brierScore } from '../../../trading/learning/quality/metrics.js';
import { scoreCandles } from '../../../trading/learning/score.js';
import { type SerializedModel, serializeModel } from '../../../trading/learning/serialize.js';
import { trainModel } from '../../../trading/learning/train.js';
import { firstCandles, wavyMarket } from './markets.js';

const parameters: LearningParameters = {
  ...DEFAULT_PARAMETERS,
  boosting: { ...DEFAULT_PARAMETERS.boosting, trees: 5, minLeafRows: 50 },
  validation: { ...DEFAULT_PARAMETERS.validation, folds: 2 },
};
const candles = wavyMarket(8_000);
const testRow = 6_000;
const folder = mkdtempSync(join(tmpdir(), 'training-tasks-'));
const files = {
  candles: join(folder, 'candles.bin'),
  folds: [0, 1].map((index) => join(folder, `fold-${index}.bin`)),
};
const subject = { candles: files.candles, testFrom: candles.timestamp[testRow]!, parameters };
const quiet = () => undefined;

beforeAll(() => {
  writeCandles(files.candles, candles);
  files.folds.forEach((out, index) => runTask({ ...subject, kind: 'fold', index, out }, quiet));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function finish(champion: string | null): FinishResult {
  const out = join(folder, 'result.json');
  const about = { symbol: 'BTC/USDT', timeframe: '5m', folds: files.folds, champion, out };
  runTask({ ...subject, ...about, kind: 'finish' }, quiet);
  return JSON.parse(readFileSync(out, 'utf8')) as FinishResult;
}

/** One that learnt from the first `rows` rows, as an earlier night's training made it. */
function earlier(rows: number, own: LearningParameters = parameters): string {
  const data = buildDataset(firstCandles(candles, 0, testRow), own);
  const about = { symbol: 'BTC/USDT', timeframe: '5m', endRow: rows, report: null };
  return JSON.stringify(serializeModel(data, trainModel(data, rows, own), about, own));
}

test('a plan tells the folds and the rows to learn from and to judge on', () => {
  expect(runTask({ ...subject, kind: 'plan' }, quiet)).toEqual({ folds: 2, rows: 6_000 - 579, testRows: 2_000 - 48 });
});

test('a champion is met on the rows that neither has seen, and their scores decide', () => {
  const json = earlier(5_000);
  const champion = JSON.parse(json) as SerializedModel;
  const { contest, decision, model } = finish(json);
  const told = scoreCandles(champion, candles, testRow, 8_000 - 48).probability;
  expect(contest).toEqual({
    rows: 2_000 - 48,
    challengerBrier: model.report!.test.brier,
    championBrier: brierScore(told, tripleBarrier(candles).label.subarray(testRow)),
    championVersion: champion.version,
  });
  expect(decision).toEqual(decidePromotion(model.report!.test, model.report!.controls, contest));
  expect(model.recalibration.through).toBe(candles.timestamp[8_000 - 1 - 48]);
});

test('rows that the champion has learnt from, and a horizon after them, do not count', () => {
  const late = buildDataset(candles, parameters);
  const trained = trainModel(late, 7_000, parameters);
  const about = { symbol: 'BTC/USDT', timeframe: '5m', endRow: 7_000, report: null };
  const { contest } = finish(JSON.stringify(serializeModel(late, trained, about, parameters)));
  expect(contest!.rows).toBe(8_000 - 48 - 7_000 - 48);
});

test('a champion that cannot be read, or that answers another question, is no rival', () => {
  expect(finish('{"format":1}').contest).toBeNull();
  const barriers = { ...parameters.barriers, takeProfitPct: 1 };
  expect(finish(earlier(5_000, { ...parameters, barriers })).contest).toBeNull();
});
