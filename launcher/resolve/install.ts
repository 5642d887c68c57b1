import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { takeLock } from '../lock.js';
import { pause } from '../processes.js';

/**
 * Fills `folder` once, whoever comes first: into a draft beside it, which takes the name when it is whole. Others who
 * want the same at the same time wait; after a death in the middle the next one starts over.
 * @param works whether what is there can be used; what cannot is replaced.
 */
export async function installOnce(
  folder: string,
  works: () => boolean,
  fill: (draft: string) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  mkdirSync(dirname(folder), { recursive: true });
  const release = await waitForLock(`${folder}.lock`, signal);
  try {
    if (works()) return;
    removeOldDrafts(folder);
    const draft = `${folder}.draft-${process.pid}`;
    try {
      await fill(draft);
      rmSync(folder, { recursive: true, force: true });
      renameSync(draft, folder);
    } finally {
      rmSync(draft, { recursive: true, force: true });
    }
  } finally {
    release();
  }
}

function removeOldDrafts(folder: string): void {
  const parent = dirname(folder);
  const drafts = readdirSync(parent).filter((name) => name.startsWith(`${basename(folder)}.draft-`));
  for (const name of drafts) rmSync(join(parent, name), { recursive: true, force: true });
}

async function waitForLock(path: string, signal?: AbortSignal): Promise<() => void> {
  for (;;) {
    signal?.throwIfAborted();
    const lock = await takeLock(path);
    if (lock.taken) return lock.release;
    await pause(100);
  }
}
