import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { identify, isSame, pause, type ProcessIdentity } from './processes.js';

export type Lock = { taken: true; release(): void } | { taken: false; holder: ProcessIdentity };

/**
 * Takes a lock file for this process or says who holds it. A lock whose holder is dead is taken over; `release`
 * removes only one's own.
 */
export async function takeLock(path: string): Promise<Lock> {
  const mine = JSON.stringify(identify(process.pid));
  for (;;) {
    if (createWhole(path, mine)) return { taken: true, release: () => remove(path, mine) };
    const theirs = readOrNull(path);
    const holder = parse(theirs);
    if (holder && isSame(holder)) return { taken: false, holder };
    if (theirs !== null) await removeStale(path, theirs, mine);
  }
}

/** Creates the file with all of its content at once; false where it exists already. */
export function createWhole(path: string, content: string): boolean {
  const draft = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  try {
    writeFileSync(draft, content, { mode: 0o600 });
    linkSync(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/**
 * Removes a dead holder's lock without ever removing a living one's: the right to remove it is a file of its own that
 * only one process can create, and its creator looks at the lock again before removing it.
 */
async function removeStale(path: string, stale: string, mine: string): Promise<void> {
  const right = `${path}.takeover`;
  if (createWhole(right, mine)) {
    remove(path, stale);
    remove(right, mine);
    return;
  }
  const other = readOrNull(right);
  const owner = parse(other);
  if (owner && isSame(owner)) await pause(20);
  else if (other !== null) remove(right, other);
}

function remove(path: string, content: string): void {
  if (readOrNull(path) === content) rmSync(path, { force: true });
}

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

function parse(content: string | null): ProcessIdentity | null {
  try {
    return content === null ? null : (JSON.parse(content) as ProcessIdentity | null);
  } catch {
    return null;
  }
}
