/**
 * Removes what has outlived its TTL index. A MongoDB does so by itself and leaves nothing to find here. The embedded
 * SecantusDB would read every document of such a collection once a minute and keep everybody waiting meanwhile (0.6 to 1.3 s
 * with a thousand users who had begun two to five minutes before), so its own sweep is off (launcher/servers/mongodb.ts).
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Collection } from './collection.js';
import type { Database } from './connect.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** How far the thorough look goes back step by step; what is older goes in one. */
const BACK_MS = 30 * DAY_MS;
/** Between two questions of the thorough look, ms: others are served meanwhile. */
const PAUSE_MS = 20;

interface Rule {
  collection: Collection<unknown>;
  field: string;
  /** How long a document lives on after the time in its field, ms. */
  keptMs: number;
}

/**
 * The first sweep, one a day, and one that comes long after the last are thorough; all others look at what expired within
 * the last hour, so that each has but the last minute's documents to remove.
 * @returns a sweep, to be called once a minute: it takes the time, ms, and gives the number of documents removed
 * @throws (the sweep) the driver's error without a database; the next one does what was left
 */
export function createExpiry({ models }: Pick<Database, 'models'>): (now: number) => Promise<number> {
  const rules = Object.values(models).flatMap((model) => rulesOf(model as Collection<unknown>));
  let thoroughAt = -Infinity;
  let sweptAt = -Infinity;

  return async (now) => {
    // Also where the machine slept: what expired meanwhile is older than what a sweep looks at.
    const thorough = now - thoroughAt >= DAY_MS || now - sweptAt >= HOUR_MS / 2;
    let removed = 0;
    for (const rule of rules)
      removed += await (thorough ? removeThoroughly(rule, now) : remove(rule, now - HOUR_MS, now));
    if (thorough) thoroughAt = now;
    sweptAt = now;
    return removed;
  };
}

/**
 * Hour by hour where there is something, for a question that removes a month's documents would hold the collection for as
 * long as it takes; in ever longer steps where there is nothing.
 */
async function removeThoroughly(rule: Rule, now: number): Promise<number> {
  let removed = await remove(rule, 0, now - BACK_MS);
  let step = HOUR_MS;
  let from = now - BACK_MS;
  while (from < now) {
    const to = Math.min(from + step, now);
    const found = await remove(rule, from, to);
    removed += found;
    from = to;
    step = found > 0 ? HOUR_MS : Math.min(2 * step, DAY_MS);
    await pause(PAUSE_MS);
  }
  return removed;
}

/** Between two times, ms, for SecantusDB reads what has no lower bound from the front: everything without a date as well. */
async function remove({ collection, field, keptMs }: Rule, from: number, to: number): Promise<number> {
  const lived = { $gte: new Date(from - keptMs), $lt: new Date(to - keptMs) };
  return (await collection.deleteMany({ [field]: lived })).deletedCount;
}

const rulesOf = (collection: Collection<unknown>): Rule[] =>
  collection.schema
    .indexes()
    .flatMap(([keys, { expireAfterSeconds }]) =>
      expireAfterSeconds === undefined
        ? []
        : [{ collection, field: Object.keys(keys)[0]!, keptMs: expireAfterSeconds * 1_000 }],
    );
