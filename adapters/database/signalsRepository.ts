/** `ai_signals_log`. Signals are written with a cycle's record; here is what happens to them afterwards. */
import type { Signal } from '../../trading/types.js';
import type { Write } from './bulkWrites.js';
import { byId } from './byId.js';
import type { Database } from './connect.js';
import type { SignalDocument } from './documents.js';

/** A signal of a cycle; `id` is derived from user, symbol and candle, so that a repeated cycle writes it once. */
export interface SignalRecord {
  id: string;
  signal: Signal;
  /** Why it was not acted upon. */
  rejection?: string | null;
}

/** Opinions that became nothing are kept for 90 days, as logs are. */
export const KEPT_MS = 90 * 86_400_000;

export function createSignalsRepository({ models }: Database) {
  const idOnly = byId(models.signals, { _id: 1 });
  return {
    /** Whether this candle's opinion is in the log already. */
    exists: async (id: string): Promise<boolean> => (await idOnly(id)) !== null,

    /** @param isOpen whether its position is still open: the signal is active as long */
    async markExecuted(id: string, executionPrice: string, isOpen: boolean, now = new Date()): Promise<void> {
      const set = {
        executed: true,
        executionPrice: Number(executionPrice),
        executedAt: now,
        active: isOpen,
        forgetAt: null,
        updatedAt: now,
      };
      await models.signals.updateOne({ _id: id, executed: false }, { $set: set });
    },

    /** Its position closed. */
    async deactivate(id: string, now = new Date()): Promise<void> {
      await models.signals.updateOne({ _id: id, active: true }, { $set: { active: false, updatedAt: now } });
    },

    /** The same as part of a message of several writes. */
    deactivating: (id: string, now = new Date()): Write => ({
      collection: 'ai_signals_log',
      operation: {
        updateOne: { filter: { _id: id }, update: { $set: { active: false, updatedAt: now } } },
      },
    }),
  };
}

export function signalDocument(userId: string, record: SignalRecord, now: Date): SignalDocument {
  const { signal } = record;
  return {
    _id: record.id,
    userId,
    symbol: signal.symbol,
    signalType: signal.type,
    confidenceScore: Math.round(signal.confidence),
    entryPrice: signal.entryPrice,
    stopLoss: signal.stopLoss,
    takeProfit: signal.takeProfit,
    executed: false,
    executionPrice: null,
    // It is written when its cycle is over: it has become a position by then (`markExecuted`), or never will.
    active: false,
    createdAt: now,
    executedAt: null,
    updatedAt: now,
    candleTime: new Date(signal.candleTime),
    probability: signal.probability ?? null,
    modelVersion: signal.modelVersion ?? null,
    rejection: record.rejection ?? null,
    reasons: signal.reasons,
    votes: signal.votes ?? {},
    contributions: signal.contributions ?? [],
    analyst: signal.analyst ?? null,
    forgetAt: new Date(now.getTime() + KEPT_MS),
  };
}
