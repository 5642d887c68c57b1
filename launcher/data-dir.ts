import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { takeLock } from './lock.js';

/**
 * Makes the folder where it is absent and takes it for this process.
 * @returns a function that gives the folder free again.
 * @throws Error that names the process which has the folder, or the folder where it cannot be written.
 */
export async function lockDataDir(dataDir: string): Promise<() => void> {
  const lock = await writable(dataDir, () => {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    return takeLock(join(dataDir, 'launcher.lock'));
  });
  if (lock.taken) return lock.release;
  const pid = lock.holder.pid;
  throw new Error(
    `DATA_DIR: ${dataDir} is in use by another \`npm start\`, process ${pid}; stop that one first, or set DATA_DIR to another folder`,
  );
}

/** Replaces a file in one step: readers see the old content or the new one. Readable by its owner only. */
export function replaceFile(path: string, content: string): void {
  const draft = `${path}.${process.pid}.tmp`;
  writeFileSync(draft, content, { mode: 0o600 });
  renameSync(draft, path);
}

/** The content of a JSON file, or null where there is none or it is not whole. */
export function readJson<T>(path: string): T | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as T;
  } catch {
    return null;
  }
}

async function writable<T>(dataDir: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new Error(
      `DATA_DIR: ${dataDir} cannot be used (${(error as Error).message}); name a folder that you may write to`,
    );
  }
}
