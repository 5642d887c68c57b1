/** Backtests and searches: what was asked, how far it is, what came out. */
import type { Database } from './connect.js';
import type { BacktestDocument } from './documents.js';
import { insertOnce } from './values.js';

const ENDED = ['COMPLETED', 'FAILED', 'CANCELLED'] as const;

export function createBacktestsRepository({ models }: Database) {
  const unfinished = (id: string) => ({ _id: id, status: { $nin: ENDED } });
  return {
    insert: (run: Pick<BacktestDocument, 'userId' | 'kind' | 'request'> & { id: string }, now = new Date()) => {
      const { id, ...rest } = run;
      const start = { status: 'QUEUED', progress: 0, result: null, error: null, finishedAt: null } as const;
      return insertOnce(() =>
        models.backtests.create([{ ...rest, ...start, _id: id, createdAt: now, updatedAt: now }]),
      );
    },

    get: (id: string): Promise<BacktestDocument | null> => models.backtests.findById(id).lean<BacktestDocument>(),

    /** @param progress fraction, 0 to 1 */
    async progress(id: string, progress: number, now = new Date()): Promise<void> {
      // A repeated step tells again what it told before: the run as a whole never goes back.
      const reached = Math.min(1, Math.max(0, progress));
      const set = { status: 'RUNNING', progress: reached, updatedAt: now };
      await models.backtests.updateOne({ ...unfinished(id), progress: { $lte: reached } }, { $set: set });
    },

    /** The first end that is told stays; false where it had ended before. */
    async finish(
      id: string,
      end: { status: (typeof ENDED)[number]; result?: Record<string, unknown>; error?: string },
      now = new Date(),
    ): Promise<boolean> {
      const done = end.status === 'COMPLETED' ? { progress: 1 } : {};
      const set = { ...done, status: end.status, result: end.result ?? null, error: end.error ?? null };
      const update = { $set: { ...set, finishedAt: now, updatedAt: now } };
      return (await models.backtests.updateOne(unfinished(id), update)).matchedCount === 1;
    },
  };
}
