/**
 * A user's news for all of their open pages: one look at the database every quarter of a second per user, however many
 * pages there are, each bounded in time; prices come as the exchange's stream brings them. Delivery is at least once:
 * events carry ids by which a page knows what it has.
 */
import type { Filter } from '../../adapters/database/collection.js';
import type { StatusView } from '../../trading/types.js';
import type { ApiDependencies } from '../dependencies.js';
import { createFleetWatch } from './fleetWatch.js';
import { createMarketFeed, keyOf } from './marketFeed.js';
import * as views from './views.js';

export type StreamEvent = 'status' | 'log' | 'signal' | 'trade' | 'position' | 'notification' | 'equity' | 'market';
export interface News {
  event: StreamEvent;
  data: unknown;
  /** What a page gives back as Last-Event-ID: real time up to which everything has been told, ms. */
  id: string;
}
export type Listener = (news: readonly News[]) => void;

export interface StreamHub {
  /** @param lastEventId tells what was missed since, up to ten minutes back. The returned function ends it. */
  listen(userId: string, lastEventId: string | null, listener: Listener): () => void;
  /** How many pages listen. */
  size(): number;
  close(): void;
}

const EVERY_MS = 250;
/** A change of the symbols is followed in this time. */
const SETTINGS_EVERY_MS = 5_000;
/** Entries carry the time of their cycle's start and are written at its end. */
const LATENESS_MS = 60_000;
const REPLAY_MS = 600_000;
const STATUS_AT_LEAST_EVERY_MS = 10_000;

interface Room {
  listeners: Set<Listener>;
  timer: NodeJS.Timeout | undefined;
  /** What was told, by its id and version, with its time. */
  told: Map<string, number>;
  statusStamp: string;
  statusAt: number;
  /** Up to when everything has been told, ms. */
  lookedAt: number;
  market: { key: string; end: () => void } | null;
  settingsAt: number;
}

export function createStreamHub(
  deps: Pick<ApiDependencies, 'database' | 'repositories' | 'venue' | 'log'>,
  statusOf: (userId: string) => Promise<StatusView>,
): StreamHub {
  const rooms = new Map<string, Room>();
  const feed = createMarketFeed(deps);
  const fleet = createFleetWatch(deps.repositories.flags);

  function roomOf(userId: string): Room {
    const known = rooms.get(userId);
    if (known) return known;
    const room: Room = {
      listeners: new Set(),
      timer: undefined,
      told: new Map(),
      statusStamp: '',
      statusAt: 0,
      lookedAt: Date.now(),
      market: null,
      settingsAt: 0,
    };
    rooms.set(userId, room);
    // What is there already was not missed by anyone: a page fetches it by itself.
    void look(userId, room, Date.now() - LATENESS_MS, true);
    return room;
  }

  async function look(userId: string, room: Room, since: number, silently = false): Promise<void> {
    const now = Date.now();
    try {
      const found = await newsSince(deps, userId, new Date(since), new Date(now + LATENESS_MS));
      const fresh = found.filter(({ key }) => !room.told.has(key));
      for (const { key } of fresh) room.told.set(key, now);
      const news = fresh.map(({ event, data }): News => ({ event, data, id: String(now) }));
      if (!silently) news.push(...(await statusNews(userId, room, now)));
      if (!silently && news.length > 0) for (const listener of room.listeners) listener(news);
      room.lookedAt = now;
      if (now - room.settingsAt >= SETTINGS_EVERY_MS) await followMarket(userId, room, now);
      for (const [key, at] of room.told) if (now - at > 3 * LATENESS_MS) room.told.delete(key);
    } catch (error) {
      deps.log.debug({ userId, error: String(error) }, 'no news: the database does not answer');
    }
    if (!room.listeners.size && !silently) {
      room.market?.end();
      rooms.delete(userId);
    } else room.timer = setTimeout(() => void look(userId, room, Date.now() - LATENESS_MS), EVERY_MS);
  }

  /** Listens to the prices of the user's symbols, and of others once the settings change. */
  async function followMarket(userId: string, room: Room, now: number): Promise<void> {
    const config = await deps.repositories.config.get(userId);
    room.settingsAt = now;
    const key = config ? keyOf(config) : null;
    if (key === (room.market?.key ?? null)) return;
    room.market?.end();
    room.market = null;
    if (!config || key === null) return;
    const end = feed.listen(config, (items) => {
      const news: News[] = [{ event: 'market', data: { items }, id: String(room.lookedAt) }];
      for (const listener of room.listeners) listener(news);
    });
    room.market = { key, end };
  }

  async function statusNews(userId: string, room: Room, now: number): Promise<News[]> {
    const [stored, fleetStamp] = await Promise.all([deps.repositories.status.get(userId), fleet(now)]);
    const stamp = `${stored?.updatedAt.getTime() ?? 0} ${fleetStamp}`;
    if (stamp === room.statusStamp && now - room.statusAt < STATUS_AT_LEAST_EVERY_MS) return [];
    room.statusStamp = stamp;
    room.statusAt = now;
    return [{ event: 'status', data: await statusOf(userId), id: String(now) }];
  }

  async function replay(userId: string, lastEventId: string, listener: Listener): Promise<void> {
    const now = Date.now();
    const since = Math.max(now - REPLAY_MS, Number(lastEventId) - LATENESS_MS);
    const missed = await newsSince(deps, userId, new Date(since), new Date(now + LATENESS_MS));
    listener(missed.map(({ event, data }) => ({ event, data, id: String(now) })));
  }

  return {
    listen(userId, lastEventId, listener) {
      const room = roomOf(userId);
      room.listeners.add(listener);
      room.statusStamp = ''; // whoever comes is told the status at the next look
      if (lastEventId !== null && /^\d{1,15}$/.test(lastEventId))
        replay(userId, lastEventId, listener).catch(() => undefined);
      return () => {
        room.listeners.delete(listener);
      };
    },
    size: () => [...rooms.values()].reduce((sum, { listeners }) => sum + listeners.size, 0),
    close() {
      for (const room of rooms.values()) clearTimeout(room.timer);
      feed.close();
      rooms.clear();
    },
  };
}

interface Found {
  event: StreamEvent;
  data: unknown;
  key: string;
  at: number;
}

/** Everything that was written or changed in a window of real time, oldest first. */
async function newsSince(
  deps: Pick<ApiDependencies, 'database' | 'venue'>,
  userId: string,
  from: Date,
  to: Date,
): Promise<Found[]> {
  const { models } = deps.database;
  const inside = (field: string): Filter => ({ userId, [field]: { $gt: from, $lte: to } });
  const [logs, signals, trades, positions, notifications, equity] = await Promise.all([
    models.logs.find(inside('timestamp')).lean(),
    models.signals.find(inside('updatedAt')).lean(),
    models.trades.find(inside('recordedAt')).lean(),
    models.positions.find(inside('updatedAt')).lean(),
    models.notifications.find(inside('updatedAt')).lean(),
    models.performance.find(inside('recordedAt')).lean(),
  ]);
  const valued = await views.positionsAtMarket(deps, positions);
  const found = <Document extends { _id: string }>(
    event: StreamEvent,
    documents: readonly Document[],
    time: (document: Document) => Date,
    data: (document: Document, index: number) => unknown,
  ): Found[] =>
    documents.map((one, index) => {
      const at = time(one).getTime();
      return { event, data: data(one, index), key: `${event} ${one._id} ${at}`, at };
    });
  return [
    ...found('log', logs, ({ timestamp }) => timestamp, views.log),
    ...found('signal', signals, ({ updatedAt }) => updatedAt, views.signal),
    ...found('trade', trades, ({ recordedAt }) => recordedAt, views.trade),
    ...found(
      'position',
      positions,
      ({ updatedAt }) => updatedAt,
      (_, index) => valued[index],
    ),
    ...found('notification', notifications, ({ updatedAt }) => updatedAt, views.notification),
    ...found('equity', equity, ({ recordedAt }) => recordedAt, views.equity),
  ].sort((a, b) => a.at - b.at);
}
