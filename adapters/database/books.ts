import type { Repositories } from './repositories.js';

/** What is known of a user's trading, but for what it has done: it enters a history. Null where the user has none yet. */
export async function booksOf(repositories: Repositories, userId: string) {
  const [stored, settings, open, restoredAt] = await Promise.all([
    repositories.status.get(userId),
    repositories.config.get(userId),
    repositories.positions.open(userId),
    repositories.flags.restoredAt(),
  ]);
  if (!stored || !settings) return null;
  const { isEnabled, liquidateOnEmergency } = settings;
  const fromBackup = restoredAt !== null && stored.updatedAt <= restoredAt;
  const status = { ...stored, receipts: undefined, baseline: undefined };
  return { status, isEnabled, fromBackup, liquidateOnEmergency, openPositions: open.length };
}
