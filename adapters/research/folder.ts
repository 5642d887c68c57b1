/** The candle file of a run: collected once by each worker that has a part in it, shared by all its tasks. */
import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { writeCandles } from '../training/files.js';
import type { CandleColumns } from '../../trading/types.js';

export interface CandleShelf {
  /** Path of the run's file; collects what is absent, once however many ask at the same time. */
  ensure(runId: string, collect: () => Promise<CandleColumns>): Promise<string>;
  remove(runId: string): void;
}

/** Runs that nobody came back for are removed after this. */
const KEPT_MS = 7 * 86_400_000;

/** @param now real time, ms */
export function openCandleShelf(root: string, now: () => number): CandleShelf {
  const collecting = new Map<string, Promise<void>>();
  return {
    async ensure(runId, collect) {
      const path = fileOf(root, runId);
      if (!existsSync(path)) {
        removeOld(root, now());
        const under = collecting.get(runId) ?? collect().then((candles) => writeCandles(path, candles));
        collecting.set(runId, under);
        await under.finally(() => collecting.delete(runId));
      }
      return path;
    },
    remove: (runId) => rmSync(fileOf(root, runId), { force: true }),
  };
}

/** @throws where the id could name another place than a file of the folder */
function fileOf(root: string, runId: string): string {
  if (!/^[A-Za-z0-9-]{1,80}$/.test(runId)) throw new Error(`"${runId}" cannot name a run`);
  mkdirSync(root, { recursive: true });
  return join(root, `${runId}.candles`);
}

function removeOld(root: string, now: number): void {
  for (const name of readdirSync(root)) {
    const path = join(root, name);
    if (now - statSync(path).mtimeMs > KEPT_MS) rmSync(path, { force: true });
  }
}
