/** How late cycles begin, read from the users' stored status: one question for all users, twice a second. */
import type { Database } from '../../adapters/database/connect.js';
import { type CycleSeen, cycleStep } from './statistics.js';

export interface Punctuality {
  /** Of each measured cycle, ms after the time that its predecessor promised. */
  lateness: number[];
  /** Times of the grid without a cycle, because the one before took longer than the interval. */
  skipped: number;
  /** Cycles that began and ended between two looks: counted, but their lateness is not known. */
  unmeasured: number;
  /** The longest that a cycle was seen overdue while nothing had begun or ended yet, ms. */
  longestOverdueMs: number;
}

export function createPunctuality(database: Database, userIds: readonly string[], intervalMs: number) {
  const figures: Punctuality = { lateness: [], skipped: 0, unmeasured: 0, longestOverdueMs: 0 };
  const known = new Map<string, CycleSeen>();
  const watched = new Set(userIds);

  async function look(): Promise<void> {
    const projection = { userId: 1, cycle: 1, lastCycleAt: 1, nextCycleAt: 1 } as const;
    // All that are there: SecantusDB compares each document with each id of a list.
    const found = await database.models.status.find({}, projection).lean();
    for (const { userId, cycle, lastCycleAt, nextCycleAt } of found) {
      if (!watched.has(userId)) continue;
      const now = { cycle, lastCycleAt: toMs(lastCycleAt), nextCycleAt: toMs(nextCycleAt) };
      take(now, known.get(userId));
      known.set(userId, now);
    }
  }

  function take(now: CycleSeen, before: CycleSeen | undefined): void {
    const overdue = now.nextCycleAt === null ? 0 : Date.now() - now.nextCycleAt;
    figures.longestOverdueMs = Math.max(figures.longestOverdueMs, overdue);
    if (!before) return;
    const step = cycleStep(before, now, intervalMs);
    if (step) {
      figures.lateness.push(step.latenessMs);
      figures.skipped += step.skipped;
    } else if (now.cycle > before.cycle) figures.unmeasured += now.cycle - before.cycle;
  }

  return { figures, look };
}

const toMs = (iso: string | null): number | null => (iso === null ? null : Date.parse(iso));
