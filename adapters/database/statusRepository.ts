/** `system_status`: what the workflow last said of itself, the account's baseline, and the halt that fences orders. */
import type { EmergencyRequest, StatusView, VenueMode } from '../../trading/types.js';
import { byId } from './byId.js';
import type { Database } from './connect.js';
import type { StatusDocument, StoredBaseline } from './documents.js';
import { inParts, insertOnce } from './values.js';

/** The stop that halted the user in the books and that the user's workflow has not taken; null where none stands. */
export const pendingStopOf = (status: Pick<StatusDocument, 'halted' | 'pendingStop'> | null): EmergencyRequest | null =>
  (status?.halted && status.pendingStop) || null;

const TRADING = ['RUNNING', 'REDUCING'];

const asStopped = (now: Date) => ({ status: 'EMERGENCY_STOPPED', since: now.toISOString(), nextCycleAt: null });

export function createStatusRepository({ models }: Database) {
  return {
    get: byId<StatusDocument>(models.status),

    /** A new user's document: STOPPED, nothing counted. An existing one stays as it is. */
    create: (userId: string, mode: VenueMode, now = new Date()): Promise<boolean> =>
      insertOnce(() => models.status.create([initialStatus(userId, mode, now)])),

    /** Writes the view unless a newer revision is stored, or a stop that the workflow has not taken yet; false where one is. */
    async put(userId: string, view: StatusView, revision: number, now = new Date()): Promise<boolean> {
      const filter = { _id: userId, revision: { $lte: revision }, pendingStop: null };
      const result = await models.status.updateOne(filter, { $set: { ...view, revision, updatedAt: now } });
      return result.matchedCount === 1;
    },

    /** Who trades and whose next cycle was to begin before then; the interval in s. For the watchdog. */
    async dueBefore(before: Date): Promise<{ userId: string; nextCycleAt: number; interval: number }[]> {
      // Both ends, for the index: without a lower one SecantusDB reads everybody who waits for nothing.
      const filter = { status: { $in: TRADING }, nextCycleAt: { $gt: '', $lt: before.toISOString() } };
      const late = await models.status
        .find(filter, { userId: 1, nextCycleAt: 1 })
        .lean<Pick<StatusDocument, 'userId' | 'nextCycleAt'>[]>();
      if (late.length === 0) return [];
      const intervals = new Map<string, number>();
      for (const some of inParts(late.map(({ userId }) => userId))) {
        const settings = await models.config
          .find({ _id: { $in: some } }, { userId: 1, tradingInterval: 1 })
          .lean<{ userId: string; tradingInterval: number }[]>();
        for (const { userId, tradingInterval } of settings) intervals.set(userId, tradingInterval);
      }
      return late.flatMap(({ userId, nextCycleAt }) => {
        const interval = intervals.get(userId);
        return nextCycleAt && interval ? [{ userId, nextCycleAt: Date.parse(nextCycleAt), interval }] : [];
      });
    },

    async setBaseline(userId: string, baseline: StoredBaseline, now = new Date()): Promise<void> {
      await models.status.updateOne({ _id: userId }, { $set: { baseline, updatedAt: now } });
    },

    /** Halts the user's orders and raises the epoch; false where the user has no document. */
    async halt(userId: string, now = new Date()): Promise<boolean> {
      const update = { $set: { halted: true, pendingStop: null, updatedAt: now }, $inc: { haltEpoch: 1 } };
      return (await models.status.updateOne({ _id: userId }, update)).matchedCount === 1;
    },

    /**
     * Halts the user's orders before their workflow is told, and shows them as stopped where they trade.
     * @returns false where they are halted already, or have no document
     */
    async haltBefore(userId: string, stop: EmergencyRequest, now = new Date()): Promise<boolean> {
      const set = { halted: true, pendingStop: stop, updatedAt: now };
      for (const [filter, more] of [
        [{ status: { $in: TRADING } }, asStopped(now)],
        [{}, {}],
      ] as const) {
        const update = { $set: { ...set, ...more }, $inc: { haltEpoch: 1 } };
        const found = await models.status.updateOne({ _id: userId, halted: false, ...filter }, update);
        if (found.matchedCount === 1) return true;
      }
      return false;
    },

    /**
     * Halts everybody who trades, in one write, and shows them as stopped from then on. What they are stopped with stays
     * pending for each until their workflow takes it.
     */
    async haltTraders(stop: EmergencyRequest, now = new Date()): Promise<void> {
      await models.status.updateMany(
        { status: { $in: TRADING }, halted: false },
        { $set: { halted: true, pendingStop: stop, ...asStopped(now), updatedAt: now }, $inc: { haltEpoch: 1 } },
      );
    },

    /** The same of these, whatever they do; who is halted by an emergency of their own keeps that one. */
    async haltAll(userIds: readonly string[], stop: EmergencyRequest, now = new Date()): Promise<void> {
      // Not one filter with `$or`: SecantusDB finds no index for that, and looks at everybody for each part. In this
      // order, or those of the second would be found by the first as well.
      const haltable = [{ halted: true, 'pendingStop.fleet': { $ne: null } }, { halted: false }];
      const update = { $set: { halted: true, pendingStop: stop, updatedAt: now }, $inc: { haltEpoch: 1 } };
      // Who was stopped before is shown so until their workflow takes it.
      const trading = { pendingStop: { $ne: null }, status: { $in: TRADING } };
      for (const some of inParts(userIds)) {
        for (const those of haltable) await models.status.updateMany({ _id: { $in: some }, ...those }, update);
        await models.status.updateMany({ _id: { $in: some }, ...trading }, { $set: asStopped(now) });
      }
    },

    /** The workflow has taken the stop that halted its user, and says so here; false where no halt stands. */
    async takeHalt(userId: string, now = new Date()): Promise<boolean> {
      // An older record of a cycle that was interrupted doesn't write over it.
      const update = { $set: { ...asStopped(now), revision: now.getTime(), pendingStop: null, updatedAt: now } };
      return (await models.status.updateOne({ _id: userId, halted: true }, update)).matchedCount === 1;
    },

    /** Stops that users have asked for themselves and that their workflows have not taken yet. */
    async ownPendingStops(): Promise<Map<string, EmergencyRequest>> {
      const found = await models.status
        .find({ halted: true, 'pendingStop.halted': { $ne: null } }, { userId: 1, pendingStop: 1 })
        .lean<{ userId: string; pendingStop: EmergencyRequest }[]>();
      return new Map(found.map(({ userId, pendingStop }) => [userId, pendingStop]));
    },

    /** Users halted by a stop that their workflows have not taken yet. */
    async withPendingStop(): Promise<string[]> {
      const found = await models.status
        .find({ halted: true, pendingStop: { $ne: null } }, { userId: 1 })
        .lean<{ userId: string }[]>();
      return found.map(({ userId }) => userId);
    },

    /**
     * Lifts the halt, as a reset does; the epoch stays raised.
     * @param epoch only while it still stands there: whoever was halted anew meanwhile stays halted
     */
    async release(userId: string, epoch?: number, now = new Date()): Promise<void> {
      const filter = { _id: userId, ...(epoch === undefined ? {} : { haltEpoch: epoch }) };
      await models.status.updateOne(filter, { $set: { halted: false, pendingStop: null, updatedAt: now } });
    },

    /** Looked at right before an order is sent. A user without a document is halted: nothing is known of them. */
    async haltState(userId: string): Promise<{ halted: boolean; epoch: number }> {
      const found = await models.status
        .findById(userId, { halted: 1, haltEpoch: 1 })
        .lean<Pick<StatusDocument, 'halted' | 'haltEpoch'>>();
      return found ? { halted: found.halted, epoch: found.haltEpoch } : { halted: true, epoch: 0 };
    },
  };
}

/** As a new user's is. */
export function initialStatus(userId: string, mode: VenueMode, now: Date): StatusDocument {
  return {
    _id: userId,
    userId,
    status: 'STOPPED',
    riskState: 'ACTIVE',
    mode,
    since: now.toISOString(),
    uptimeSeconds: 0,
    cycle: 0,
    lastCycleAt: null,
    nextCycleAt: null,
    activeSignals: 0,
    tradesToday: 0,
    dailyPnl: 0,
    dailyPnlPct: 0,
    equity: 0,
    openPositions: 0,
    refusals: [],
    lastError: null,
    emergency: null,
    revision: 0,
    haltEpoch: 0,
    halted: false,
    pendingStop: null,
    baseline: null,
    receipts: [],
    updatedAt: now,
  };
}
