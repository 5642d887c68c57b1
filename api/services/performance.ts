/** Equity curve and metrics of a user, from day documents and the newest snapshots. */
import type { EquityDayDocument, PerformanceDocument, TradeDocument } from '../../adapters/database/documents.js';
import { performanceMetrics } from '../../trading/metrics/index.js';
import type { ApiDependencies } from '../dependencies.js';
import { equity as equityView } from './views.js';

export interface Range {
  from?: Date | undefined;
  to?: Date | undefined;
}

const RECENT_MS = 1_800_000;
const MOST_POINTS = 2_000;

/** @param range market time, as performance is */
export async function performanceOf({ database }: Pick<ApiDependencies, 'database'>, userId: string, range: Range) {
  const { models } = database;
  const day = (date: Date) => date.toISOString().slice(0, 10);
  const days =
    range.from || range.to
      ? { $gte: day(range.from ?? new Date(0)), $lte: range.to ? day(range.to) : '9999' }
      : { $gt: '' };
  const recent = { $gt: new Date(Date.now() - RECENT_MS), $lte: new Date(Date.now() + 60_000) };
  const [stored, newest, trades] = await Promise.all([
    models.equityDays.find({ userId, day: days }).lean<EquityDayDocument[]>(),
    models.performance.find({ userId, recordedAt: recent }).lean<PerformanceDocument[]>(),
    models.trades.find({ userId, exitTime: between(range) }).lean<TradeDocument[]>(),
  ]);
  const inside = (time: number) =>
    time >= (range.from?.getTime() ?? -Infinity) && time <= (range.to?.getTime() ?? Infinity);
  const fine = newest.map(equityView).filter(({ timestamp }) => inside(Date.parse(timestamp)));
  fine.sort((a, b) => (a.timestamp < b.timestamp ? -1 : 1));
  const start = fine[0] ? Date.parse(fine[0].timestamp) : Infinity;
  const coarse = stored
    .flatMap(({ points }) => Object.values(points))
    .filter(([time]) => time < start && inside(time))
    .sort(([a], [b]) => a - b)
    .map(([time, value, drawdownPct]) => ({ timestamp: new Date(time).toISOString(), equity: value, drawdownPct }));
  const curve = [...thinned(coarse, MOST_POINTS), ...thinned(fine, MOST_POINTS)];
  return { equity: curve, metrics: metricsOf(curve, trades), byStrategy: byStrategy(trades) };
}

const between = ({ from, to }: Range) => ({ $gte: from ?? new Date(0), ...(to && { $lte: to }) });

/** Trades by the strategy whose vote weighed most in the entry; best first. pnl in quote units. */
function byStrategy(trades: readonly TradeDocument[]) {
  const groups = new Map<string, TradeDocument[]>();
  for (const trade of trades) {
    const name = trade.leadingStrategy ?? trade.strategy ?? 'unknown';
    groups.set(name, [...(groups.get(name) ?? []), trade]);
  }
  const total = (of: readonly number[]) => of.reduce((sum, value) => sum + value, 0);
  return [...groups]
    .map(([strategy, group]) => {
      const wins = group.filter(({ pnl }) => pnl > 0).length;
      return {
        strategy,
        trades: group.length,
        wins,
        winRatePct: (100 * wins) / group.length,
        pnl: total(group.map(({ pnl }) => pnl)),
        averagePnlPct: total(group.map(({ pnlPct }) => pnlPct)) / group.length,
      };
    })
    .sort((a, b) => b.pnl - a.pnl);
}

function metricsOf(curve: readonly { timestamp: string; equity: number }[], trades: readonly TradeDocument[]) {
  const equity = {
    time: curve.map(({ timestamp }) => Date.parse(timestamp)),
    equity: curve.map(({ equity: value }) => value),
  };
  const measured = trades
    .map(({ entryTime, exitTime, ...rest }) => ({
      ...rest,
      entryTime: entryTime.getTime(),
      exitTime: exitTime.getTime(),
    }))
    .sort((a, b) => a.exitTime - b.exitTime);
  return performanceMetrics({ equity, trades: measured });
}

/** Every n-th point, the last one always. */
function thinned<Point>(points: readonly Point[], most: number): Point[] {
  const step = Math.ceil(points.length / most);
  return step <= 1 ? [...points] : points.filter((_, index) => index % step === 0 || index === points.length - 1);
}
