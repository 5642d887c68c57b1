/** The files of one training run. A worker that takes the run over finds here what is done already. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

export interface TrainingFolder {
  path: string;
  candles: string;
  champion: string;
  fold(index: number): string;
  result: string;
  has(file: string): boolean;
  readText(file: string): string;
  remove(): void;
}

/** Runs that nobody came back for are removed after this. */
const KEPT_MS = 7 * 86_400_000;

/** @param run the workflow's run id; anything but letters, digits and dashes is refused */
export function openTrainingFolder(root: string, run: string): TrainingFolder {
  if (!/^[A-Za-z0-9-]{1,80}$/.test(run)) throw new Error(`"${run}" cannot name a training run`);
  const path = join(root, run);
  mkdirSync(path, { recursive: true });
  const inside = (name: string) => join(path, name);
  return {
    path,
    candles: inside('candles.bin'),
    champion: inside('champion.json'),
    fold: (index) => inside(`fold-${index}.bin`),
    result: inside('result.json'),
    has: existsSync,
    readText: (file) => readFileSync(file, 'utf8'),
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}

export function removeOldRuns(root: string, now: number): void {
  if (!existsSync(root)) return;
  for (const name of readdirSync(root)) {
    const path = join(root, name);
    if (now - statSync(path).mtimeMs > KEPT_MS) rmSync(path, { recursive: true, force: true });
  }
}
