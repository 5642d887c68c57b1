/**
 * The database's shape by version. Each migration runs once, in order, by whichever process comes first; the others
 * wait for it. A migration must bear being run again: a process may die in the middle of one.
 */
import { createHash } from 'node:crypto';
import type { Database } from './connect.js';
import type { MigrationDocument } from './documents.js';
import { KEPT_MS } from './signalsRepository.js';
import { insertOnce } from './values.js';

export interface Migration {
  /** Ordered by it; never changed once released. */
  id: string;
  name: string;
  run(database: Database): Promise<void>;
}

/** Changes of documents that are stored already. New collections and fields with defaults need none. */
export const MIGRATIONS: readonly Migration[] = [
  {
    id: '0001-signals-are-forgotten',
    name: 'signals that became no trade are kept for 90 days from now',
    async run({ models }) {
      const filter = { executed: false, forgetAt: { $exists: false } };
      await models.signals.updateMany(filter, { $set: { forgetAt: new Date(Date.now() + KEPT_MS) } });
    },
  },
  {
    id: '0002-csrf-tokens-as-hashes',
    name: 'CSRF tokens are kept as hashes',
    async run({ models }) {
      const found = await models.sessions.find({ csrf: { $ne: null } }).lean<{ _id: string; csrf: string }[]>();
      for (const { _id, csrf } of found)
        if (!/^[0-9a-f]{64}$/.test(csrf))
          await models.sessions.updateOne(
            { _id, csrf },
            { $set: { csrf: createHash('sha256').update(csrf).digest('hex') } },
          );
    },
  },
  {
    id: '0003-active-signals',
    name: 'signals are active while their position is open',
    async run({ models }) {
      const set = { $set: { active: false } };
      await models.signals.updateMany({ active: true, executed: false }, set);
      const left = await models.signals.find({ active: true }, { _id: 1 }).lean<{ _id: string }[]>();
      const open = models.positions.find({ status: { $ne: 'CLOSED' } }, { signalId: 1 });
      const held = new Set((await open.lean<{ signalId: string | null }[]>()).map(({ signalId }) => signalId));
      for (const { _id } of left) if (!held.has(_id)) await models.signals.updateOne({ _id }, set);
    },
  },
];

const WAIT_MS = 60_000;
const LOOK_EVERY_MS = 200;

/**
 * Brings the database to this version: creates missing indexes, then runs what has not run.
 * @returns the names of what was done now
 * @throws Error where another process has been at one migration for a minute without an end
 */
export async function migrate(database: Database, migrations: readonly Migration[] = MIGRATIONS): Promise<string[]> {
  const indexes = { id: `0000-indexes-${indexHash(database)}`, name: 'indexes', run: createIndexes };
  const done: string[] = [];
  for (const migration of [indexes, ...migrations]) if (await runOnce(database, migration)) done.push(migration.name);
  return done;
}

async function runOnce(database: Database, migration: Migration): Promise<boolean> {
  const { models } = database;
  const giveUpAt = Date.now() + WAIT_MS;
  for (;;) {
    const known = await models.migrations.findById(migration.id).lean<MigrationDocument>();
    if (known?.appliedAt) return false;
    const claim = { _id: migration.id, name: migration.name, startedAt: new Date(), appliedAt: null };
    const mine = known ? await takeOver(database, known) : await insertOnce(() => models.migrations.create([claim]));
    if (mine) {
      await migration.run(database);
      await models.migrations.updateOne({ _id: migration.id }, { $set: { appliedAt: new Date() } });
      return true;
    }
    if (Date.now() > giveUpAt) throw new Error(`migration ${migration.id} is under way elsewhere and does not end`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

/** Whoever began and has been silent for half the waiting time is taken for dead. */
async function takeOver({ models }: Database, known: MigrationDocument): Promise<boolean> {
  if (Date.now() - known.startedAt.getTime() < WAIT_MS / 2) return false;
  const filter = { _id: known._id, startedAt: known.startedAt, appliedAt: null };
  return (await models.migrations.updateOne(filter, { $set: { startedAt: new Date() } })).matchedCount === 1;
}

async function createIndexes({ models }: Database): Promise<void> {
  await Promise.all(Object.values(models).map((model) => model.createIndexes()));
}

function indexHash({ models }: Database): string {
  const all = Object.entries(models).map(([name, model]) => [name, model.schema.indexes()]);
  return createHash('sha256').update(JSON.stringify(all)).digest('hex').slice(0, 12);
}
