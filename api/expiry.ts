/** Sweeps away once a minute what has expired in the database, for as long as the process lives. */
import type { Database } from '../adapters/database/connect.js';
import { createExpiry } from '../adapters/database/expiry.js';
import type { Logger } from '../adapters/log.js';
import { inRounds } from './rounds.js';

/** @returns ends it */
export function startExpiry(database: Database, log: Logger, everyMs = 60_000): () => void {
  const sweep = createExpiry(database);
  return inRounds(() => sweep(Date.now()), {
    firstMs: everyMs,
    nextMs: () => everyMs,
    failed: (error) => log.warn({ error: String(error) }, 'what has expired could not be removed; tried again'),
  });
}
