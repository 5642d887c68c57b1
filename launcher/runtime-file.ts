import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ProcessName } from './children.js';
import { readJson, replaceFile } from './data-dir.js';

/** `DATA_DIR/runtime.json`: what runs where. It exists while everything that was started answers. */
export interface Runtime {
  pid: number; // the launcher's
  apiUrl: string;
  dashboardUrl: string;
  temporalAddress: string;
  temporalUiUrl?: string;
  temporalNamespace: string;
  mongodbUri: string;
  exchangeUrl: string;
  exchangeControlUrl?: string;
  processes: Partial<Record<ProcessName, number>>;
}

const fileOf = (dataDir: string): string => join(dataDir, 'runtime.json');

export function writeRuntime(dataDir: string, runtime: Runtime): void {
  replaceFile(fileOf(dataDir), `${JSON.stringify(runtime, null, 2)}\n`);
}

export function readRuntime(dataDir: string): Runtime | null {
  return readJson<Runtime>(fileOf(dataDir));
}

/** Removes the file if it is of the launcher with this pid; a leftover of a dead one is removed at the next start. */
export function removeRuntime(dataDir: string, pid?: number): void {
  if (pid === undefined || readRuntime(dataDir)?.pid === pid) rmSync(fileOf(dataDir), { force: true });
}
