/** `system_status`: what the workflow last said of itself, the account's baseline, and the halt that fences orders. */
import type { EmergencyReceipt, StatusView, VenueMode } from '../../trading/types.js';
import type { Database } from './connect.js';
import type { StatusDocument, StoredBaseline } from './documents.js';
import { insertOnce } from './values.js';

const KEPT_RECEIPTS = 20;

export function createStatusRepository({ models }: Database) {
  return {
    get: (userId: string): Promise<StatusDocument | null> => models.status.findById(userId).lean<StatusDocument>(),

    /** A new user's document: STOPPED, nothing counted. An existing one stays as it is. */
    create: (userId: string, mode: VenueMode, now = new Date()): Promise<boolean> =>
      insertOnce(() => models.status.create([initialStatus(userId, mode, now)])),

    /** Writes the view unless a newer revision is stored; false where one is. */
    async put(userId: string, view: StatusView, revision: number, now = new Date()): Promise<boolean> {
      const filter = { _id: userId, revision: { $lte: revision } };
      const result = await models.status.updateOne(filter, { $set: { ...view, revision, updatedAt: now } });
      return result.matchedCount === 1;
    },

    /** Who trades and whose next cycle was to begin before then; the interval in s. For the watchdog. */
    async dueBefore(before: Date): Promise<{ userId: string; nextCycleAt: number; interval: number }[]> {
      const filter = {
        status: { $in: ['RUNNING', 'REDUCING'] },
        nextCycleAt: { $ne: null, $lt: before.toISOString() },
      };
      const late = await models.status
        .find(filter, { userId: 1, nextCycleAt: 1 })
        .lean<Pick<StatusDocument, 'userId' | 'nextCycleAt'>[]>();
      if (late.length === 0) return [];
      const settings = await models.config
        .find({ userId: { $in: late.map(({ userId }) => userId) } }, { userId: 1, tradingInterval: 1 })
        .lean<{ userId: string; tradingInterval: number }[]>();
      const intervals = new Map(settings.map(({ userId, tradingInterval }) => [userId, tradingInterval]));
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
      const update = { $set: { halted: true, updatedAt: now }, $inc: { haltEpoch: 1 } };
      return (await models.status.updateOne({ _id: userId }, update)).matchedCount === 1;
    },

    /** Lifts the halt, as a reset does; the epoch stays raised. */
    async release(userId: string, now = new Date()): Promise<void> {
      await models.status.updateOne({ _id: userId }, { $set: { halted: false, updatedAt: now } });
    },

    /** Looked at right before an order is sent. A user without a document is halted: nothing is known of them. */
    async haltState(userId: string): Promise<{ halted: boolean; epoch: number }> {
      const found = await models.status
        .findById(userId, { halted: 1, haltEpoch: 1 })
        .lean<Pick<StatusDocument, 'halted' | 'haltEpoch'>>();
      return found ? { halted: found.halted, epoch: found.haltEpoch } : { halted: true, epoch: 0 };
    },

    /** Keeps an emergency's receipt as the last one, replacing an earlier state of the same emergency. */
    async putReceipt(userId: string, receipt: EmergencyReceipt, now = new Date()): Promise<void> {
      const earlier = (await this.get(userId))?.receipts ?? [];
      const others = earlier.filter((one) => one.triggeredAt !== receipt.triggeredAt);
      const receipts = [...others, receipt].slice(-KEPT_RECEIPTS);
      await models.status.updateOne({ _id: userId }, { $set: { emergency: receipt, receipts, updatedAt: now } });
    },
  };
}

function initialStatus(userId: string, mode: VenueMode, now: Date): StatusDocument {
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
    baseline: null,
    receipts: [],
    updatedAt: now,
  };
}
