/** Backtests and searches on real servers: Temporal, a database, the exchange, and the product's own worker. */
import { prepareLiveRun } from '../../../trading/backtest/liveRun.js';
import { preparePlainRun } from '../../../trading/backtest/plainRun.js';
import type { RunReport } from '../../../trading/backtest/report.js';
import type { RunMarket } from '../../../trading/backtest/run.js';
import { candlesFromRows } from '../../../trading/market/columns.js';
import type { CandleColumns, CandleRow } from '../../../trading/types.js';
import { createExchange } from '../../../adapters/exchange/exchange.js';
import { loadDefaultConfig } from '../../../adapters/config/defaults.js';
import { RESEARCH_TASK_QUEUE } from '../../../workflows/messages.js';
import type { ResearchRequest } from '../../../workflows/researchMessages.js';
import { eventually, type Lab, startLab } from '../../support/trading.js';

const USER = 'researcher';
const MINUTE = 60_000;
const BASE = { symbol: 'BTC/USDT', timeframe: '1m', stopLossPct: 0.4, takeProfitPct: 0.8 };
let lab: Lab;
/** A span that has closed before the tests begin. */
let from: number;
let to: number;
let runs = 0;

beforeAll(async () => {
  lab = await startLab({ simulator: { speed: 1 } });
  await lab.repositories.config.create(USER, { ...loadDefaultConfig(), tradingMode: 'AGGRESSIVE' });
  const { marketTime } = (await (await fetch(`${lab.servers.controlUrl}/clock`)).json()) as { marketTime: number };
  to = Math.floor(marketTime / MINUTE) * MINUTE - MINUTE;
  from = to - 6_000 * MINUTE;
}, 120_000);
afterAll(() => lab?.close(), 30_000);

async function start(kind: 'backtest' | 'search', request: Partial<ResearchRequest>) {
  const runId = `${kind}-${process.pid}-${++runs}`;
  const span = { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
  const whole = { ...BASE, ...span, strategy: 'trend', ...request };
  await lab.repositories.backtests.insert({ id: runId, userId: USER, kind, request: { ...whole } });
  const handle = await lab.client.workflow.start(`${kind}Workflow`, {
    workflowId: runId,
    taskQueue: RESEARCH_TASK_QUEUE,
    args: [{ runId, userId: USER, kind, request: whole }],
  });
  const document = async () => (await lab.repositories.backtests.get(runId))!;
  return { handle, document };
}

/** The span's candles straight from the exchange. */
async function candles(): Promise<CandleColumns> {
  const rows: CandleRow[] = [];
  for (let since = from; since < to; since += 1000 * MINUTE) {
    const query = `symbol=BTCUSDT&interval=1m&limit=1000&startTime=${since}&endTime=${Math.min(to, since + 1000 * MINUTE) - 1}`;
    const page = (await (await fetch(`${lab.servers.exchangeUrl}/api/v3/klines?${query}`)).json()) as unknown[][];
    rows.push(...page.map((row) => row.slice(0, 6).map(Number) as unknown as CandleRow));
  }
  return candlesFromRows(rows);
}

const setup = { params: {}, cash: 10_000, feePct: 0.1, slippagePct: 0, stopLossPct: 0.4, takeProfitPct: 0.8 };
const market = (all: CandleColumns): RunMarket => ({
  ...{ symbol: 'BTC/USDT', timeframe: '1m' as const, candles: all, warmUp: 0 },
});
const told = (trades: { entryTime: number; exitTime: number }[]) =>
  trades.map((trade) => ({
    ...trade,
    entryTime: new Date(trade.entryTime).toISOString(),
    exitTime: new Date(trade.exitTime).toISOString(),
  }));

test('a backtest makes the trades that the engine makes on the same candles, and no candle enters its history', async () => {
  const { handle, document } = await start('backtest', {});
  await handle.result();
  const { status, progress, result } = await document();
  const report = result as unknown as RunReport;
  const direct = preparePlainRun(market(await candles()), { ...setup, strategy: 'trend', sizePct: 100 });
  const expected = direct.once();

  expect({ status, progress }).toEqual({ status: 'COMPLETED', progress: 1 });
  expect(expected.trades.length).toBeGreaterThan(5);
  expect(report.trades).toEqual(told(expected.trades));
  expect(report).toMatchObject({
    finalEquity: expected.finalEquity,
    candles: 6_000,
    tradesTotal: expected.trades.length,
  });
  expect(report.equity).toHaveLength(1_000);
  expect(report.equity.at(-1)!.equity).toBeCloseTo(expected.finalEquity, 6);
  expect(JSON.stringify(await handle.fetchHistory()).length).toBeLessThan(60_000);
}, 60_000);

test('the ensemble runs by the rules of the trading loop', async () => {
  const { handle, document } = await start('backtest', {
    strategy: 'ensemble',
    sizePct: 10,
    stopLossPct: 1,
    takeProfitPct: 2,
  });
  await handle.result();
  const report = (await document()).result as unknown as RunReport;
  const config = {
    ...{
      ...loadDefaultConfig(),
      tradingMode: 'AGGRESSIVE' as const,
      symbols: ['BTC/USDT'],
      timeframe: '1m' as const,
      positionSizePct: 10,
    },
    ...{ stopLossPct: 1, takeProfitPct: 2 },
  };
  const exchange = createExchange({ venue: 'simulator', url: lab.servers.exchangeUrl });
  const rules = (await exchange.market.symbolRules()).get('BTC/USDT')!;
  await exchange.close();
  const whole = { ...setup, strategy: 'ensemble', sizePct: 10, stopLossPct: 1, takeProfitPct: 2 };
  const expected = prepareLiveRun([{ ...market(await candles()), rules }], whole, config).once();
  expect(expected.trades.length).toBeGreaterThan(0);
  expect(report).toMatchObject({ rules: 'live', finalEquity: expected.finalEquity, trades: told(expected.trades) });
}, 60_000);

test.each([
  ['an unknown strategy', { strategy: 'alchemy' }, /no strategy "alchemy"; there are trend/],
  ['a parameter out of its range', { strategy: 'sma-cross', params: { fast: 0 } }, /fast must be .* not 0/],
  ['an unlisted symbol', { symbol: 'NO/SUCH' }, /does not list "NO\/SUCH"/],
  [
    'a beginning after the end',
    { from: '2024-08-02T00:00:00Z', to: '2024-08-01T00:00:00Z' },
    /from .* must be before to/,
  ],
  [
    'a time without candles',
    { from: '2190-01-01T00:00:00Z', to: '2190-01-02T00:00:00Z' },
    /has no candles of BTC\/USDT 1m/,
  ],
])(
  '%s ends as FAILED and says so',
  async (_what, request, reason) => {
    const { handle, document } = await start('backtest', request);
    await expect(handle.result()).rejects.toMatchObject({ cause: { message: expect.stringMatching(reason) } });
    expect(await document()).toMatchObject({ status: 'FAILED', error: expect.stringMatching(reason), result: null });
  },
  60_000,
);

test('a grid of more than 10,000 combinations is refused', async () => {
  const values = Array.from({ length: 101 }, (_, index) => index + 1);
  const { handle, document } = await start('search', {
    grid: { stopLossPct: values.slice(0, 99), takeProfitPct: values.concat(values) },
  });
  await expect(handle.result()).rejects.toThrow();
  expect((await document()).error).toMatch(/19998 combinations are more than 10000/);
}, 60_000);

test('a guided search goes on after kill -9 of the worker without doing a finished batch again', async () => {
  const grid = {
    stopLossPct: [0.7, 0.8, 0.9, 1, 1.2, 1.5],
    takeProfitPct: [1.5, 2, 2.5, 3, 4, 5],
    'mean-reversion': [0.5, 1],
  };
  const { handle, document } = await start('search', {
    ...{ strategy: 'ensemble', sizePct: 10, grid, method: 'tpe', maxTrials: 30 },
    from: new Date(to - 4_500 * MINUTE).toISOString(),
  });
  const finished = async () =>
    ((await handle.fetchHistory()).events ?? []).filter((event) => event.activityTaskCompletedEventAttributes).length;
  // The first one completed is the plan, the second a batch of those that are drawn.
  const before = await eventually(finished, (count) => count >= 2, 40_000);
  lab.worker.kill();
  expect(before).toBeLessThan(7);
  await handle.result();

  const names = ((await handle.fetchHistory()).events ?? []).flatMap(
    (event) => event.activityTaskScheduledEventAttributes?.activityType?.name ?? [],
  );
  // Ten are drawn in batches of 4; five optimisers propose four each, once.
  expect(names.filter((name) => name === 'runTrials')).toHaveLength(3 + 5);
  expect(names.filter((name) => name === 'proposeTrials')).toHaveLength(1);
  const { status, result } = await document();
  const { results, best, walkForward, trials } = result as unknown as {
    trials: number;
    results: { params: Record<string, number>; metrics: Record<string, number> }[];
    best: RunReport & { deflatedSharpe: number };
    walkForward: { folds: { params: Record<string, number>; returnPct: number }[] };
  };
  expect({ status, trials, tried: results.length }).toEqual({ status: 'COMPLETED', trials: 30, tried: 30 });
  expect(result).toMatchObject({ method: 'tpe', combinations: 72 });
  expect(new Set(results.map(({ params }) => JSON.stringify(params))).size).toBe(30);
  const sharpes = results.map(({ metrics }) => metrics['sharpe'] ?? Number.NEGATIVE_INFINITY);
  expect(sharpes).toEqual([...sharpes].sort((a, b) => b - a));
  expect(sharpes[0]).not.toBe(Number.NEGATIVE_INFINITY);
  expect(best.params).toMatchObject(results[0]!.params);
  expect(best.metrics['totalReturnPct']).toBeCloseTo(results[0]!.metrics['totalReturnPct']!, 9);
  expect(best.deflatedSharpe).toBeGreaterThanOrEqual(0);
  expect(best.deflatedSharpe).toBeLessThan(best.metrics['probabilisticSharpe'] ?? 1);
  expect(walkForward.folds).toHaveLength(4);
}, 120_000);

test('a search can be cancelled in the middle, and its threads are free for the next run', async () => {
  const values = (most: number) => Array.from({ length: 60 }, (_, index) => ((index + 1) * most) / 60);
  const { handle, document } = await start('search', {
    strategy: 'ensemble',
    grid: { stopLossPct: values(2), takeProfitPct: values(4) },
  });
  await eventually(document, ({ progress }) => progress >= 0.1, 40_000);
  await handle.cancel();
  await expect(handle.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
  expect(await document()).toMatchObject({ status: 'CANCELLED', result: null });
  const next = await start('backtest', { strategy: 'sma-cross' });
  await next.handle.result();
  expect((await next.document()).status).toBe('COMPLETED');
}, 90_000);
