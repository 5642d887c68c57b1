/** A user's equity over market time: five-minute points of whole days, and every snapshot of the last half hour. */
import type { EquityDayDocument, PerformanceDocument, StoredPoint } from '../../adapters/database/documents.js';
import { growth } from '../../trading/pnl/index.js';
import type { ApiDependencies } from '../dependencies.js';

/** Market time, both ends inclusive. */
export interface Range {
  from?: Date | undefined;
  to?: Date | undefined;
}

/** All points in the order of time, as columns: a year has 105,000. Times in ms, money in quote units. */
export interface EquityColumns {
  time: number[];
  equity: number[];
  drawdownPct: number[];
  /** What the first equity came to by trading alone, deposits and withdrawals apart. */
  value: number[];
}

const RECENT_MS = 1_800_000;
/** A week of points is read at a time; between these the process does other things. */
const DAYS_AT_ONCE = 7;

/** `recent` are the snapshots behind the last points of `columns`. */
export async function equityCurve(
  { models }: ApiDependencies['database'],
  userId: string,
  range: Range,
): Promise<{ columns: EquityColumns; recent: PerformanceDocument[] }> {
  const inside = within(range);
  const lately = { $gt: new Date(Date.now() - RECENT_MS), $lte: new Date(Date.now() + 60_000) };
  const newest = await models.performance.find({ userId, recordedAt: lately }).lean<PerformanceDocument[]>();
  const recent = newest.filter(({ timestamp }) => inside(timestamp.getTime()));
  recent.sort((a, b) => a.timestamp.getTime() - b.timestamp.getTime());
  const start = recent[0]?.timestamp.getTime() ?? Number.POSITIVE_INFINITY;

  const curve = createCurve();
  const days = models.equityDays
    .find({ userId, day: daysOf(range) })
    .sort({ day: 1 })
    .lean<EquityDayDocument[]>();
  for await (const { points } of days.cursor({ batchSize: DAYS_AT_ONCE }))
    for (const point of Object.values(points)) if (point[0] < start && inside(point[0])) curve.add(point);
  for (const { timestamp, equity, drawdownPct, unitValue, unitsSince } of recent)
    curve.add([timestamp.getTime(), equity, drawdownPct, unitValue, unitsSince]);
  return { columns: curve.columns, recent };
}

function createCurve() {
  const columns: EquityColumns = { time: [], equity: [], drawdownPct: [], value: [] };
  let before: { equity: number; unitValue?: number | null; unitsSince?: number | null } | undefined;
  let value = 0;
  return {
    columns,
    add([time, equity, drawdownPct, unitValue, unitsSince]: StoredPoint): void {
      const point = { equity, unitValue, unitsSince };
      if (before) value *= growth(before, point);
      else {
        // An account that is empty at first begins with what is put into it.
        value = equity;
        columns.value.fill(value);
      }
      if (value > 0) before = point;
      columns.time.push(time);
      columns.equity.push(equity);
      columns.drawdownPct.push(drawdownPct);
      columns.value.push(value);
    },
  };
}

const within = ({ from, to }: Range): ((time: number) => boolean) => {
  const [first, last] = [from?.getTime() ?? Number.NEGATIVE_INFINITY, to?.getTime() ?? Number.POSITIVE_INFINITY];
  return (time) => time >= first && time <= last;
};

function daysOf({ from, to }: Range): object {
  const day = (date: Date) => date.toISOString().slice(0, 10);
  return from || to ? { $gte: day(from ?? new Date(0)), $lte: to ? day(to) : '9999' } : { $gt: '' };
}
