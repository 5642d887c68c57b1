/** What the database has of a user's news, in the form in which pages are told. */
import type { Filter } from '../../adapters/database/collection.js';
import type { ApiDependencies } from '../dependencies.js';
import type { StreamEvent } from './stream.js';
import * as views from './views.js';

export interface Found {
  event: StreamEvent;
  data: unknown;
  key: string;
  at: number;
}

/** Everything that was written or changed in a window of real time and is not among the known, oldest first. */
export async function newsSince(
  deps: Pick<ApiDependencies, 'database' | 'venue'>,
  userId: string,
  from: Date,
  to: Date,
  known: ReadonlyMap<string, unknown> = new Map(),
): Promise<Found[]> {
  const { models } = deps.database;
  const inside = (field: string): Filter => ({ userId, [field]: { $gt: from, $lte: to } });
  const keyOf = (event: StreamEvent, id: string, at: Date): string => `${event} ${id} ${at.getTime()}`;
  const found = async <Document extends { _id: string }>(
    event: StreamEvent,
    documents: Promise<readonly Document[]>,
    time: (document: Document) => Date,
    shown: (documents: readonly Document[]) => unknown[] | Promise<unknown[]>,
  ): Promise<Found[]> => {
    const fresh = (await documents).filter((one) => !known.has(keyOf(event, one._id, time(one))));
    const data = await shown(fresh);
    return fresh.map((one, index) => {
      const at = time(one);
      return { event, data: data[index], key: keyOf(event, one._id, at), at: at.getTime() };
    });
  };
  const each =
    <Document, View>(view: (document: Document) => View) =>
    (documents: readonly Document[]): View[] =>
      documents.map(view);
  const all = await Promise.all([
    found('log', models.logs.find(inside('timestamp')).lean(), ({ timestamp }) => timestamp, each(views.log)),
    found('signal', models.signals.find(inside('updatedAt')).lean(), ({ updatedAt }) => updatedAt, each(views.signal)),
    found('trade', models.trades.find(inside('recordedAt')).lean(), ({ recordedAt }) => recordedAt, each(views.trade)),
    found(
      'position',
      models.positions.find(inside('updatedAt')).lean(),
      ({ updatedAt }) => updatedAt,
      (positions) => views.positionsAtMarket(deps, positions, views.NEWS_PATIENCE_MS),
    ),
    found(
      'notification',
      models.notifications.find(inside('updatedAt')).lean(),
      ({ updatedAt }) => updatedAt,
      each(views.notification),
    ),
    found(
      'equity',
      models.performance.find(inside('recordedAt')).lean(),
      ({ recordedAt }) => recordedAt,
      each(views.equity),
    ),
  ]);
  return all.flat().sort((a, b) => a.at - b.at);
}
