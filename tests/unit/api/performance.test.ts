import type { StoredPoint } from '../../../adapters/database/documents.js';
import { performanceOf } from '../../../api/services/performance.js';

const DAY = 86_400_000;
const START = Date.UTC(2024, 0, 1);
const SLOTS = 288;

interface Stored {
  day: string;
  points: Record<string, StoredPoint>;
}

/** Days of five-minute points. */
const days = (count: number, point: (day: number, slot: number, time: number) => StoredPoint): Stored[] =>
  Array.from({ length: count }, (_, day) => ({
    day: new Date(START + day * DAY).toISOString().slice(0, 10),
    points: Object.fromEntries(
      Array.from({ length: SLOTS }, (_each, slot) => [slot, point(day, slot, START + day * DAY + slot * 300_000 + 1)]),
    ),
  }));

/** What GET /api/performance answers where the database holds these days. */
async function performance(stored: Stored[], recent: object[] = [], range: { from?: Date; to?: Date } = {}) {
  const query = (documents: object[]) => ({
    sort: () => query(documents),
    lean: () =>
      Object.assign(Promise.resolve(documents), {
        async *cursor() {
          yield* documents;
        },
      }),
  });
  const models = {
    equityDays: { find: () => query(stored) },
    performance: { find: () => query(recent) },
    trades: { find: () => query([]) },
  };
  return performanceOf({ database: { models } } as never, 'u', range);
}

/** Equity with a unit's value, counted since the beginning. */
const counted =
  (of: (day: number, slot: number) => [equity: number, value: number], since = START) =>
  (day: number, slot: number, time: number): StoredPoint => {
    const [equity, value] = of(day, slot);
    return [time, equity, 0, value, since];
  };

describe('the metrics of GET /api/performance', () => {
  test('an account that was empty at first is measured from what is put into it', async () => {
    const { metrics } = await performance(
      days(
        6,
        counted((day) => (day < 2 ? [0, 0] : [1_000 + day * 10, 1_000 + day * 10])),
      ),
    );
    expect(metrics).toMatchObject({ totalReturnPct: expect.closeTo((100 * 30) / 1_020, 6), maxDrawdownPct: 0 });
  });

  test('points of before, which tell nothing of what was moved, are not stuck behind an empty account', async () => {
    const { metrics } = await performance(
      days(6, (day, _slot, time): StoredPoint => [time, day === 2 ? 0 : 10_000 + day, 0]),
    );
    expect(metrics).toMatchObject({ totalReturnPct: expect.closeTo(0.01 + 0.02, 1) });
    expect(metrics['maxDrawdownPct']).toBe(0);
  });

  test.each([5_000, 20_000])('an account that became %d without a trade made and lost nothing', async (equity) => {
    const { metrics, equity: curve } = await performance(
      days(
        6,
        counted((day) => [day < 3 ? 10_000 : equity, 10_000]),
      ),
    );
    expect(metrics).toMatchObject({ totalReturnPct: 0, maxDrawdownPct: 0, volatilityPct: 0, sharpe: null });
    expect(metrics).toMatchObject({ startEquity: 10_000, endEquity: equity });
    expect(curve.at(-1)).toEqual({ timestamp: expect.any(String), equity, drawdownPct: 0 });
  });

  test('returns before and after a deposit are chained, however large it was', async () => {
    const gain = counted((day) =>
      day < 3 ? [10_000 + day * 100, 10_000 + day * 100] : [(99 + day) * 1_000, 9_900 + day * 100],
    );
    expect((await performance(days(6, gain))).metrics['totalReturnPct']).toBeCloseTo(4, 9);
  });

  test('another account, such as the live one behind the paper one, goes on where the one before stopped', async () => {
    const paper = days(
      5,
      counted((day) => (day < 3 ? [10_000, 10_000] : [500, 500])),
    );
    for (const { day, points } of paper)
      if (day > '2024-01-03') for (const point of Object.values(points)) point[4] = START + 3 * DAY;
    expect((await performance(paper)).metrics).toMatchObject({ totalReturnPct: 0, maxDrawdownPct: 0 });
  });

  test('points of before, without a unit, are measured by their equity', async () => {
    const old = days(6, (day, _slot, time) => [time, day < 3 ? 10_000 : 5_000, 0]);
    expect((await performance(old)).metrics).toMatchObject({ totalReturnPct: -50, maxDrawdownPct: 50 });
    const mixed = days(6, (day, slot, time) =>
      day < 3 ? [time, 10_000, 0] : counted(() => [day < 4 ? 10_000 : 5_000, 10_000])(day, slot, time),
    );
    expect((await performance(mixed)).metrics).toMatchObject({ totalReturnPct: 0, maxDrawdownPct: 0 });
  });

  test.each([6, 60, 365])('a fall of twenty minutes is seen in a curve of %d days', async (count) => {
    const dip = days(
      count,
      counted((day, slot) => (day === 3 && slot >= 101 && slot <= 104 ? [7_000, 7_000] : [10_000, 10_000])),
    );
    const { metrics, equity } = await performance(dip);
    expect(metrics['maxDrawdownPct']).toBeCloseTo(30, 9);
    expect(equity.length).toBeLessThanOrEqual(2_001);
    expect(equity.at(-1)!.timestamp).toBe(new Date(START + count * DAY - 300_000 + 1).toISOString());
  });

  test("the day's last value makes its return, though the answer has only some of the points", async () => {
    const evening = days(
      60,
      counted((day, slot) => (slot === SLOTS - 1 && day % 2 ? [10_500, 10_500] : [10_000, 10_000])),
    );
    const returns = Array.from({ length: 60 }, (_, day) => (day === 0 ? 0 : day % 2 ? 0.05 : 1 / 1.05 - 1));
    const mean = returns.reduce((sum, each) => sum + each, 0) / 60;
    const variance = returns.reduce((sum, each) => sum + (each - mean) ** 2, 0) / 59;
    expect((await performance(evening)).metrics['volatilityPct']).toBeCloseTo(100 * Math.sqrt(365 * variance), 6);
  });

  test('the newest snapshots follow the points before them, and a range cuts both', async () => {
    const stored = days(
      3,
      counted(() => [10_000, 10_000]),
    );
    const snapshot = (minute: number, equity: number) => ({
      ...{ _id: `u:${minute}`, userId: 'u', recordedAt: new Date(), cycle: minute, fees: 0, drawdownPct: 0, equity },
      ...{ timestamp: new Date(START + 3 * DAY - 300_000 + minute * 60_000), unitValue: equity, unitsSince: START },
    });
    const recent = [snapshot(2, 10_200), snapshot(1, 10_100), snapshot(0, 10_000)];
    const all = await performance(stored, recent);
    expect(all.equity.slice(-3).map(({ equity }) => equity)).toEqual([10_000, 10_100, 10_200]);
    expect(all.equity.at(-1)).not.toHaveProperty('unitValue');
    expect(all.metrics['totalReturnPct']).toBeCloseTo(2, 9);
    const cut = await performance(stored, recent, { from: new Date(START + DAY), to: recent[1]!.timestamp });
    expect(cut.metrics).toMatchObject({ endEquity: 10_100, startEquity: 10_000 });
    expect(cut.equity[0]!.timestamp).toBe(new Date(START + DAY + 1).toISOString());
  });
});
