import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import {
  bootstrapMean,
  drawdown,
  expectedBestSharpe,
  METRIC_DEFINITIONS,
  performanceMetrics,
  underwater,
} from '../../../trading/metrics/index.js';
import { normalCdf, normalQuantile } from '../../../trading/metrics/statistics.js';
import type { MeasuredTrade } from '../../../trading/metrics/index.js';

interface Recorded {
  equity: number[];
  benchmark: number[];
  tradePct: number[];
  expected: Record<string, number>;
  quantstats: Record<string, number>;
  search: { trials: number; variance: number; expectedBest: number };
  normal: [number, number][];
  bootstrap: [number, number];
}
const recorded = JSON.parse(readFileSync(new URL('../../fixtures/metrics.json', import.meta.url), 'utf8')) as Recorded;
const DAY = 86_400_000;
const time = recorded.equity.map((_, index) => index * DAY);
const trades = recorded.tradePct.map(
  (pnlPct, index): MeasuredTrade => ({
    entryTime: index * DAY,
    exitTime: index * DAY + DAY / 2,
    entryPrice: 100,
    exitPrice: 100 + pnlPct,
    quantity: 1,
    pnl: pnlPct,
    pnlPct,
    fees: 0.1,
  }),
);
const metrics = performanceMetrics({
  equity: { time, equity: recorded.equity },
  trades,
  benchmark: recorded.benchmark,
  search: recorded.search,
});

const agrees = (found: number | null, expected: number) =>
  expect(Math.abs(found! - expected)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(expected)));

interface RecordedPortfolio {
  time: number[];
  equity: number[];
  benchmark: number[];
  trades: MeasuredTrade[];
  expected: Record<string, number>;
}
const portfolio = JSON.parse(
  readFileSync(new URL('../../fixtures/metrics-portfolio.json', import.meta.url), 'utf8'),
) as RecordedPortfolio;
const ofPortfolio = performanceMetrics({ ...portfolio, equity: portfolio });

describe('metrics against independent implementations', () => {
  test.each(Object.entries(portfolio.expected))('%s is what vectorbt says of its own portfolio', (name, expected) =>
    agrees(ofPortfolio[name]!, expected),
  );
  test('leave out none but the bounds of the mean trade, which are drawn', () => {
    const names = [portfolio, recorded].flatMap(({ expected }) => Object.keys(expected));
    const left = Object.keys(METRIC_DEFINITIONS).filter((name) => !names.includes(name));
    expect(left).toEqual(['meanTradeLowPct', 'meanTradeHighPct']);
  });
  test.each(Object.entries(recorded.expected))('%s is what empyrical and SciPy say', (name, expected) =>
    agrees(metrics[name]!, expected),
  );
  test.each(Object.entries(recorded.quantstats))('%s is what quantstats says', (name, expected) =>
    agrees(metrics[name]!, expected),
  );
  test("the normal distribution is SciPy's, and its quantile the inverse", () => {
    for (const [x, p] of recorded.normal) {
      expect(Math.abs(normalCdf(x) / p - 1)).toBeLessThan(1e-11);
      if (Math.abs(x) < 4) expect(Math.abs(normalQuantile(p) - x)).toBeLessThan(1e-9);
    }
    agrees(expectedBestSharpe(recorded.search.trials, recorded.search.variance), recorded.search.expectedBest);
  });
  test("the bootstrap is repeatable by seed and close to NumPy's", () => {
    const interval = bootstrapMean(recorded.tradePct, { seed: 3 });
    expect(interval).toEqual(bootstrapMean(recorded.tradePct, { seed: 3 }));
    expect(interval).not.toEqual(bootstrapMean(recorded.tradePct, { seed: 4 }));
    expect(Math.abs(interval[0] - recorded.bootstrap[0])).toBeLessThan(0.03);
    expect(Math.abs(interval[1] - recorded.bootstrap[1])).toBeLessThan(0.03);
  });
});

describe('metrics', () => {
  test('each one has a definition, and each definition a metric', () => {
    expect(Object.keys(METRIC_DEFINITIONS)).toEqual(expect.arrayContaining(Object.keys(metrics)));
    expect(Object.keys(metrics)).toHaveLength(Object.keys(METRIC_DEFINITIONS).length);
    const documented = readFileSync(new URL('../../../docs/METRICS.md', import.meta.url), 'utf8');
    for (const name of Object.keys(metrics)) expect(documented).toContain(`\`${name}\``);
  });
  test('are null, not NaN, where nothing is defined', () => {
    const empty = performanceMetrics({ equity: { time: [], equity: [] }, trades: [] });
    expect(empty).toMatchObject({ sharpe: null, winRatePct: null, totalReturnPct: null, trades: 0 });
    const still = performanceMetrics({ equity: { time: [0, DAY, 2 * DAY], equity: [5, 5, 5] }, trades: [] });
    expect(still).toMatchObject({ totalReturnPct: 0, maxDrawdownPct: 0, sharpe: null, calmar: null });
    expect(() => JSON.stringify(still)).not.toThrow();
  });
  test('of days are null below a span of two: part-days on both sides of midnight are none', () => {
    const hour = DAY / 24;
    const steps = Array.from({ length: 49 }, (_, index) => index);
    const over = (hours: number) => {
      const evening = steps.slice(0, hours + 1).map((index) => 20 * hour + index * hour);
      const equity = evening.map((_, index) => 10_000 - (index % 7));
      return performanceMetrics({ equity: { time: evening, equity }, trades: [], benchmark: equity });
    };
    const short = over(47);
    const daily = ['cagrPct', 'volatilityPct', 'sharpe', 'sortino', 'calmar', 'omega'];
    daily.push('valueAtRiskPct', 'expectedShortfallPct', 'alphaPct', 'beta', 'probabilisticSharpe');
    expect(daily.filter((name) => short[name] !== null)).toEqual([]);
    agrees(short['totalReturnPct']!, -0.05);
    agrees(short['maxDrawdownPct']!, 0.06);
    expect(daily.filter((name) => over(48)[name] === null)).toEqual([]);
  });
  test('know the length of a fall and the time under water', () => {
    const hours = [100, 90, 80, 100, 95, 120, 110].map((equity, index) => [index * 3_600_000, equity] as const);
    const found = drawdown({ time: hours.map(([at]) => at), equity: hours.map(([, equity]) => equity) });
    expect(found).toMatchObject({
      peakTime: 0,
      bottomTime: 2 * 3_600_000,
      recoveryTime: 3 * 3_600_000,
      length: 3 * 3_600_000,
      longestUnderwater: 3 * 3_600_000,
    });
    expect(found.depth).toBeCloseTo(0.2, 12);
    expect(found.underwaterShare).toBeCloseTo(4 / 6, 12);
    expect([...underwater([10, 5, 20])]).toEqual([0, -0.5, 0]);
  });
  test('the deepest fall equals the naive search over all pairs', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 2, maxLength: 40 }), (equity) => {
        let deepest = 0;
        for (let from = 0; from < equity.length; from++)
          for (let to = from; to < equity.length; to++) deepest = Math.max(deepest, 1 - equity[to]! / equity[from]!);
        expect(drawdown({ time: equity.map((_, index) => index), equity }).depth).toBeCloseTo(deepest, 12);
      }),
      { numRuns: 200 },
    );
  });
  test('exposure counts overlapping trades once and turnover both sides', () => {
    const span = (entryTime: number, exitTime: number): MeasuredTrade => ({
      entryTime,
      exitTime,
      entryPrice: 10,
      exitPrice: 12,
      quantity: 5,
      pnl: 10,
      pnlPct: 20,
      fees: 0,
    });
    const found = performanceMetrics({
      equity: { time: [0, 100], equity: [100, 120] },
      trades: [span(0, 20), span(10, 30), span(50, 60)],
    });
    expect(found['exposurePct']).toBeCloseTo(40, 12);
    expect(found['turnover']).toBeCloseTo((3 * 5 * 22) / 110, 12);
  });
});
