/**
 * Who changed what, when: a chain in which every entry's hash covers the one before it, so that nothing can be changed
 * or taken out of the middle unseen.
 */
import { createHash } from 'node:crypto';
import type { Database } from './connect.js';
import type { AuditDocument } from './documents.js';
import { insertOnce } from './values.js';

export interface AuditEntry {
  /** Who did it; null for nobody signed in. */
  actorId: string | null;
  /** Whose things were changed. */
  userId: string | null;
  /** Dotted, such as `config.update`. */
  action: string;
  target?: string;
  /** Before and after of what changed; never a secret. */
  changes?: Record<string, unknown>;
  ip?: string | null;
}

/** An entry as it was once seen, kept outside of the database. */
export interface AuditAnchor {
  place: number;
  hash: string;
}

/** Where a chain is broken: the entry's place and how. */
export interface AuditBreak {
  place: number;
  problem: 'MISSING' | 'CHANGED' | 'RELINKED';
}

const GENESIS = '0'.repeat(64);
const ATTEMPTS = 50;
/** Entries checked at a time: 5,000 in one lot kept everything else of the process waiting for 90 to 120 ms, 200 for 5. */
const BATCH = 200;

export function createAuditRepository({ models }: Database) {
  // Places are tried from the last one known here; another process's entries are found by the duplicate key.
  let tail: { place: number; hash: string } | null = null;
  let queue: Promise<unknown> = Promise.resolve();

  async function lastEntry(): Promise<{ place: number; hash: string }> {
    let known = tail ?? (await firstGuess());
    for (;;) {
      const next = await models.audit.findById(known.place + 1, { hash: 1 }).lean<AuditDocument>();
      if (!next) return known;
      known = { place: next._id, hash: next.hash };
    }
  }

  async function firstGuess(): Promise<{ place: number; hash: string }> {
    const [last] = await models.audit.find({}, { hash: 1 }).sort({ _id: -1 }).limit(1).lean<AuditDocument[]>();
    return last ? { place: last._id, hash: last.hash } : { place: 0, hash: GENESIS };
  }

  async function appendNow(entry: AuditEntry, at: Date): Promise<void> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const last = await lastEntry();
      const document = chained(entry, at, last);
      if (await insertOnce(() => models.audit.create([document]))) {
        tail = { place: document._id, hash: document.hash };
        return;
      }
      tail = last;
    }
    throw new Error('the audit log could not be written: its end is contended');
  }

  return {
    append(entry: AuditEntry, at = new Date()): Promise<void> {
      const turn = queue.then(() => appendNow(entry, at));
      queue = turn.catch(() => undefined);
      return turn;
    },

    /**
     * Reads the chain; null when it is whole. An anchor kept elsewhere shows a cut end and a chain that was written
     * anew, too.
     * @param options.sinceAnchor only what came after the anchor, which then stands for everything before it
     */
    async verify(anchor?: AuditAnchor, { sinceAnchor = false } = {}): Promise<AuditBreak | null> {
      let previous: AuditAnchor = { place: 0, hash: GENESIS };
      if (anchor && sinceAnchor) {
        const known = await models.audit.findById(anchor.place).lean<AuditDocument>();
        if (!known) return { place: anchor.place, problem: 'MISSING' };
        if (known.hash !== anchor.hash || hashOf(known) !== anchor.hash)
          return { place: anchor.place, problem: 'CHANGED' };
        previous = anchor;
      }
      const rest = models.audit.find({ _id: { $gt: previous.place } });
      for await (const entry of rest.sort({ _id: 1 }).lean<AuditDocument[]>().cursor({ batchSize: BATCH })) {
        if (entry._id !== previous.place + 1) return { place: previous.place + 1, problem: 'MISSING' };
        if (entry.previousHash !== previous.hash) return { place: entry._id, problem: 'RELINKED' };
        if (entry.hash !== hashOf(entry)) return { place: entry._id, problem: 'CHANGED' };
        if (anchor?.place === entry._id && anchor.hash !== entry.hash) return { place: entry._id, problem: 'CHANGED' };
        previous = { place: entry._id, hash: entry.hash };
      }
      return anchor && anchor.place > previous.place ? { place: previous.place + 1, problem: 'MISSING' } : null;
    },

    /** The chain's end, to be kept outside of the database as an anchor. */
    head: lastEntry,
  };
}

function chained(entry: AuditEntry, at: Date, last: { place: number; hash: string }): AuditDocument {
  const document = {
    _id: last.place + 1,
    at,
    actorId: entry.actorId,
    userId: entry.userId,
    action: entry.action,
    target: entry.target ?? '',
    changes: JSON.parse(JSON.stringify(entry.changes ?? {})) as Record<string, unknown>,
    ip: entry.ip ?? null,
    previousHash: last.hash,
  };
  return { ...document, hash: hashOf(document) };
}

function hashOf(entry: Omit<AuditDocument, 'hash'>): string {
  const { _id, at, actorId, userId, action, target, changes, ip, previousHash } = entry;
  const text = canonical([_id, at.toISOString(), actorId, userId, action, target, changes, ip, previousHash]);
  return createHash('sha256').update(text).digest('hex');
}

/** JSON with the keys of every object in order: the same entry always has the same text. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
