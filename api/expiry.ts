/** Sweeps away once a minute what has expired in the database, for as long as the process lives. */
import type { Database } from '../adapters/database/connect.js';
import { createExpiry } from '../adapters/database/expiry.js';
import type { Logger } from '../adapters/log.js';

/** @returns ends it */
export function startExpiry(database: Database, log: Logger, everyMs = 60_000): () => void {
  const sweep = createExpiry(database);
  let stopped = false;
  let timer = setTimeout(round, everyMs).unref();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };

  function round(): void {
    sweep(Date.now())
      .catch((error: unknown) =>
        log.warn({ error: String(error) }, 'what has expired could not be removed; tried again'),
      )
      .finally(() => {
        if (!stopped) timer = setTimeout(round, everyMs).unref();
      });
  }
}
