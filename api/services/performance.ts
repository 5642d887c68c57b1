/** Equity curve and metrics of a user. */
import type { TradeDocument } from '../../adapters/database/documents.js';
import { performanceMetrics } from '../../trading/metrics/index.js';
import type { ApiDependencies } from '../dependencies.js';
import { type EquityColumns, equityCurve, type Range } from './equityCurve.js';
import { equity as equityView } from './views.js';

/** Points of an answer: so many of all but the last half hour, and so many of that. The metrics are of all there are. */
const MOST_POINTS = 2_000;

/** @param range market time, as performance is */
export async function performanceOf({ database }: Pick<ApiDependencies, 'database'>, userId: string, range: Range) {
  const [{ columns, recent }, trades] = await Promise.all([
    equityCurve(database, userId, range),
    database.models.trades.find({ userId, exitTime: between(range) }).lean<TradeDocument[]>(),
  ]);
  const coarse = thinned(columns.time.length - recent.length).map((index) => ({
    timestamp: new Date(columns.time[index]!).toISOString(),
    equity: columns.equity[index]!,
    drawdownPct: columns.drawdownPct[index]!,
  }));
  const fine = thinned(recent.length).map((index) => equityView(recent[index]!));
  return { equity: [...coarse, ...fine], metrics: metricsOf(columns, trades), byStrategy: byStrategy(trades) };
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

function metricsOf({ time, equity, value }: EquityColumns, trades: readonly TradeDocument[]) {
  const measured = trades
    .map(({ entryTime, exitTime, ...rest }) => ({
      ...rest,
      entryTime: entryTime.getTime(),
      exitTime: exitTime.getTime(),
    }))
    .sort((a, b) => a.exitTime - b.exitTime);
  return performanceMetrics({ equity: { time, equity }, value, trades: measured });
}

/** Places of every n-th of so many points, the last one always. */
function thinned(length: number): number[] {
  const step = Math.max(1, Math.ceil(length / MOST_POINTS));
  const places: number[] = [];
  for (let index = 0; index < length; index += step) places.push(index);
  if (length > 0 && places.at(-1) !== length - 1) places.push(length - 1);
  return places;
}
