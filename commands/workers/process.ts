/** One worker process that is started, stopped and frozen by hand. */
import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../adapters/paths.js';

export interface WorkerProcess {
  pid: number;
  ready: Promise<void>;
  signal(name: NodeJS.Signals): void;
  ended: Promise<void>;
}

/**
 * @param prefix a command that runs the rest elsewhere, such as on a test host; it must hand on its place to the rest
 * @param root the release that is started
 */
export function startWorker(
  env: Record<string, string>,
  logFile: string,
  prefix: readonly string[] = [],
  root = projectRoot(),
): WorkerProcess {
  const [command = '', ...args] = [
    ...prefix,
    ...[process.execPath, '--enable-source-maps', join(root, 'dist', 'worker', 'main.js')],
  ];
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  const log = createWriteStream(logFile, { flags: 'a' });
  child.stdout?.pipe(log, { end: false });
  child.stderr?.pipe(log, { end: false });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const ready = new Promise<void>((resolve, reject) => {
    child.once('message', () => resolve());
    child.once('error', reject);
    void ended.then(() => reject(new Error(`the worker ended before it was ready; see ${logFile}`)));
  });
  ready.catch(() => undefined);
  return { pid: child.pid ?? 0, ready, ended, signal: (name) => void child.kill(name) };
}
