import { watchModel, type WatchDependencies } from '../../../activities/modelWatch.js';
import { connectDatabase, type Database } from '../../../adapters/database/connect.js';
import { createModelsRepository } from '../../../adapters/database/modelsRepository.js';
import { createScorer, type ScorerDependencies } from '../../../adapters/training/scorer.js';
import { buildDataset } from '../../../trading/learning/dataset.js';
import { DEFAULT_PARAMETERS, type LearningParameters } from '../../../trading/learning/parameters.js';
import { scoreCandles } from '../../../trading/learning/score.js';
import { hashOf, type SerializedModel, serializeModel } from '../../../trading/learning/serialize.js';
import { trainModel } from '../../../trading/learning/train.js';
import { candlesBetween } from '../../../trading/market/columns.js';
import type { CandleColumns } from '../../../trading/types.js';
import { startServers, type TestServers } from '../../support/servers.js';
import { firstCandles, wavyMarket } from '../../unit/learning/markets.js';

const STEP = 300_000;
const parameters: LearningParameters = {
  ...DEFAULT_PARAMETERS,
  boosting: { ...DEFAULT_PARAMETERS.boosting, trees: 10, minLeafRows: 50 },
  validation: { ...DEFAULT_PARAMETERS.validation, folds: 2 },
};
const market = wavyMarket(9_000);
const END = 5_000;
/** What the live system keeps of a market. */
const CACHED = 1_000;
const model = trained();

let servers: TestServers;
let database: Database;
let models: ReturnType<typeof createModelsRepository>;

beforeAll(async () => {
  servers = await startServers({ mongodb: true });
  database = await connectDatabase(servers.mongodbUri);
  models = createModelsRepository(database);
}, 60_000);
afterAll(async () => {
  await database?.close();
  await servers?.stop();
});

function trained(): SerializedModel {
  const data = buildDataset(firstCandles(market, 0, END), parameters);
  const about = { symbol: 'BTC/USDT', timeframe: '5m', endRow: END - 48, report: null };
  return serializeModel(data, trainModel(data, END - 48, parameters), about, parameters);
}

/** Registers the model under a symbol and a version of its own and puts it to use. */
async function inUse(symbol: string, version: string, changes: object = {}): Promise<void> {
  const own = { ...model, symbol, version };
  const artifact = JSON.stringify({ ...own, hash: hashOf(own), ...changes });
  const about = { quality: null, features: [], trainedFrom: null, trainedTo: null };
  await models.insert({ ...about, version, symbol, timeframe: '5m', stage: 'candidate', artifact });
  await models.promote(version);
}

/** From the model's end on every move is three times as large. */
function wilder(candles: CandleColumns): CandleColumns {
  const made = firstCandles(candles, 0, candles.length);
  const base = candles.close[END - 1]!;
  for (const key of ['open', 'high', 'low', 'close'] as const)
    for (let i = END; i < made.length; i++) made[key][i] = base * (candles[key][i]! / base) ** 3;
  return made;
}

const upTo = (index: number): CandleColumns => firstCandles(market, Math.max(0, index + 1 - CACHED), index + 1);
const timeAt = (index: number): number => market.timestamp[index]! + STEP;

function scorer(changes: Partial<ScorerDependencies> = {}) {
  const warned: string[] = [];
  const made = createScorer({
    active: (symbol, timeframe) => models.active(symbol, timeframe),
    history: async (_symbol, _timeframe, from, to) => candlesBetween(market, from, to),
    warn: (_fields, message) => void warned.push(message),
    now: () => 0,
    refreshMs: Infinity,
    ...changes,
  });
  return { ...made, warned };
}

describe('the model in use', () => {
  test('says what scoring the whole history says, however long the worker has been running', async () => {
    await inUse('BTC/USDT', 'good');
    const { opinion, refresh } = scorer();
    const whole = scoreCandles(model, market, END, 7_500).probability;
    for (let index = END; index < 7_500; index += 100) {
      await refresh('BTC/USDT', '5m', timeAt(index));
      const told = opinion('BTC/USDT', '5m', upTo(index));
      if ('silent' in told) throw new Error(told.silent);
      expect(told.version).toBe('good');
      expect(told.probability).toBeCloseTo(whole[index - END]!, 5);
    }
  });

  test('is none where there is none, and says so', async () => {
    const { opinion, refresh } = scorer();
    await refresh('SOL/USDT', '5m', timeAt(END));
    expect(opinion('SOL/USDT', '5m', upTo(END))).toEqual({ silent: 'no model yet' });
  });

  test('says nothing once its data ended too long ago, and that once into the log', async () => {
    const { opinion, refresh, warned } = scorer({ maxAgeDays: 3 });
    await refresh('BTC/USDT', '5m', timeAt(END));
    expect(opinion('BTC/USDT', '5m', upTo(END))).toHaveProperty('probability');
    const silent = "the model's data ended more than 3 days ago";
    for (const index of [8_000, 8_001]) expect(opinion('BTC/USDT', '5m', upTo(index))).toEqual({ silent });
    expect(warned).toEqual(['model too old to be asked']);
  });

  test('says nothing where it does not load, and that once into the log', async () => {
    await inUse('ETH/USDT', 'changed', { calibration: { kind: 'platt', slope: 9, intercept: 0 } });
    const { opinion, refresh, warned } = scorer();
    for (const index of [END, END + 1]) {
      await refresh('ETH/USDT', '5m', timeAt(index));
      expect(opinion('ETH/USDT', '5m', upTo(index))).toEqual({ silent: 'the model in use does not load' });
    }
    expect(warned).toEqual(['model not usable']);
  });

  test('stays while the database cannot be read', async () => {
    let down = false;
    const { opinion, refresh } = scorer({
      active: async (symbol, timeframe) => {
        if (down) throw new Error('no answer');
        return models.active(symbol, timeframe);
      },
    });
    await refresh('BTC/USDT', '5m', timeAt(END));
    down = true;
    await refresh('BTC/USDT', '5m', timeAt(END + 1));
    expect(opinion('BTC/USDT', '5m', upTo(END + 1))).toHaveProperty('probability');
  });
});

describe('the drift watch', () => {
  const alerts: string[] = [];
  const watched = (candles: CandleColumns): WatchDependencies => ({
    models,
    history: async ({ from, to }) => candlesBetween(candles, from, to),
    marketTime: async () => candles.timestamp[candles.length - 1]! + STEP,
    alert: async (id) => void alerts.push(id),
    now: () => Date.now(),
  });

  test('leaves a model alone whose market is the one that it learnt', async () => {
    await inUse('ADA/USDT', 'steady');
    const outcome = await watchModel(watched(market), (await models.get('steady'))!);
    expect(outcome).toMatchObject({ demoted: false });
    expect((await models.get('steady'))!.stage).toBe('active');
    expect(alerts).toEqual([]);
  });

  test('takes one out of use whose probabilities stopped coming true, and alerts: then nobody is asked', async () => {
    await inUse('XRP/USDT', 'drifted');
    const outcome = await watchModel(watched(wilder(market)), (await models.get('drifted'))!);
    expect(outcome).toMatchObject({ version: 'drifted', verdict: 'DRIFTED', demoted: true });
    expect(outcome.reason).toMatch(/calibration error|left the range/);
    expect((await models.get('drifted'))!.stage).toBe('failed');
    expect(alerts).toEqual(['drift-drifted']);
    const { opinion, refresh } = scorer();
    await refresh('XRP/USDT', '5m', timeAt(END));
    expect(opinion('XRP/USDT', '5m', upTo(END))).toEqual({ silent: 'no model yet' });
  });
});
