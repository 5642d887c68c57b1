/** `sign_in_failures`: how often signing in failed lately, counted once for all API processes and over restarts. */
import { createHash } from 'node:crypto';
import type { Database } from './connect.js';
import type { SignInFailuresDocument } from './documents.js';
import { insertOnce } from './values.js';

export interface FailureCount {
  count: number;
  /** When the count begins anew, real time. */
  until: Date;
}

export function createSignInFailuresRepository({ models }: Database) {
  return {
    /** Of a key, such as an account and an address; null where nothing is counted. */
    async get(key: string, now = new Date()): Promise<FailureCount | null> {
      const found = await models.signInFailures.findById(hashed(key)).lean<SignInFailuresDocument>();
      return found && found.expiresAt > now ? { count: found.count, until: found.expiresAt } : null;
    },

    /** Counts one more; the first begins a span of `seconds`. */
    async add(key: string, seconds: number, now = new Date()): Promise<void> {
      const _id = hashed(key);
      const expiresAt = new Date(now.getTime() + seconds * 1_000);
      const more = { _id, expiresAt: { $gt: now } };
      if ((await models.signInFailures.updateOne(more, { $inc: { count: 1 } })).matchedCount > 0) return;
      // The database deletes what has run out within a minute; until then it is begun anew here.
      const over = { _id, expiresAt: { $lte: now } };
      if ((await models.signInFailures.updateOne(over, { $set: { count: 1, expiresAt } })).matchedCount > 0) return;
      if (await insertOnce(() => models.signInFailures.create([{ _id, count: 1, expiresAt }]))) return;
      await models.signInFailures.updateOne(more, { $inc: { count: 1 } });
    },

    async forget(key: string): Promise<void> {
      await models.signInFailures.deleteOne({ _id: hashed(key) });
    },
  };
}

export type SignInFailuresRepository = ReturnType<typeof createSignInFailuresRepository>;

/** No list of addresses of people is kept for this. */
const hashed = (key: string): string => createHash('sha256').update(key).digest('hex');
