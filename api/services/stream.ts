/**
 * A user's news for all of their open pages: one look at the database every 150 ms per user, however many
 * pages there are, and less often the more users look; prices come as the exchange's stream brings them. Delivery is at
 * least once: events carry ids by which a page knows what it has.
 */
import type { StatusView } from '../../trading/types.js';
import type { ApiDependencies } from '../dependencies.js';
import { createFleetWatch } from './fleetWatch.js';
import { createMarketFeed, keyOf } from './marketFeed.js';
import { newsSince } from './news.js';

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

const EVERY_MS = 150;
/** Looks of all users together, a second: the database is there for trading first. */
const MOST_LOOKS = 60;
/** A change of the symbols is followed in this time. */
const SETTINGS_EVERY_MS = 5_000;
/** Entries carry the time of their cycle's start and are written at its end: usually soon, in any case within a minute. */
const LATENESS_MS = 60_000;
const USUAL_LATENESS_MS = 6_000;
/** Between two looks for what came unusually late. */
const LATE_ONES_EVERY_MS = 3_000;
const REPLAY_MS = 600_000;
const STATUS_AT_LEAST_EVERY_MS = 10_000;

interface Room {
  listeners: Set<Listener>;
  timer: NodeJS.Timeout | undefined;
  /** What was told, by its id and version, with its time. */
  told: Map<string, number>;
  statusStamp: string;
  statusAt: number;
  askingStatus: boolean;
  /** Up to when everything has been told, ms. */
  lookedAt: number;
  /** When what may have come unusually late was last looked for, ms. */
  lateOnesAt: number;
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
      askingStatus: false,
      lookedAt: Date.now(),
      lateOnesAt: 0,
      market: null,
      settingsAt: 0,
    };
    rooms.set(userId, room);
    // What is there already was not missed by anyone: a page fetches it by itself.
    void look(userId, room, true);
    return room;
  }

  async function look(userId: string, room: Room, silently = false): Promise<void> {
    const now = Date.now();
    const forLateOnes = now - room.lateOnesAt >= LATE_ONES_EVERY_MS;
    const since = new Date(now - (forLateOnes ? LATENESS_MS : USUAL_LATENESS_MS));
    try {
      const fresh = await newsSince(deps, userId, since, new Date(now + LATENESS_MS), room.told);
      for (const { key } of fresh) room.told.set(key, now);
      if (forLateOnes) room.lateOnesAt = now;
      if (!silently) {
        tell(
          room,
          fresh.map(({ event, data }): News => ({ event, data, id: String(now) })),
        );
        // Not waited for: it may take as long as a worker takes to answer.
        void tellStatus(userId, room, now);
      }
      room.lookedAt = now;
      if (now - room.settingsAt >= SETTINGS_EVERY_MS) await followMarket(userId, room, now);
      for (const [key, at] of room.told) if (now - at > 3 * LATENESS_MS) room.told.delete(key);
    } catch (error) {
      deps.log.debug({ userId, error: String(error) }, 'no news: the database does not answer');
    }
    if (!room.listeners.size && !silently) {
      room.market?.end();
      rooms.delete(userId);
    } else {
      const pause = Math.max(EVERY_MS, (1_000 * rooms.size) / MOST_LOOKS);
      room.timer = setTimeout(() => void look(userId, room), pause);
    }
  }

  function tell({ listeners }: Room, news: readonly News[]): void {
    if (news.length > 0) for (const listener of listeners) listener(news);
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
    const end = feed.listen(config, (data) => {
      tell(room, [{ event: 'market', data, id: String(room.lookedAt) }]);
    });
    room.market = { key, end };
  }

  async function tellStatus(userId: string, room: Room, now: number): Promise<void> {
    if (room.askingStatus) return;
    room.askingStatus = true;
    try {
      const [stored, fleetStamp] = await Promise.all([deps.repositories.status.get(userId), fleet(now)]);
      const stamp = `${stored?.updatedAt.getTime() ?? 0} ${fleetStamp}`;
      if (stamp === room.statusStamp && now - room.statusAt < STATUS_AT_LEAST_EVERY_MS) return;
      room.statusStamp = stamp;
      room.statusAt = now;
      tell(room, [{ event: 'status', data: await statusOf(userId), id: String(now) }]);
    } catch (error) {
      room.statusStamp = ''; // asked again at the next look
      deps.log.debug({ userId, error: String(error) }, 'no status for the pages');
    } finally {
      room.askingStatus = false;
    }
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
