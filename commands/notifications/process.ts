/** A worker process that is killed without warning and started again, and when it was up. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../adapters/paths.js';
import { followSteps, type Orphans } from '../../adapters/temporal/stepsUnderWay.js';

export interface KillableWorker {
  /** Real times, ms, of the kills so far. */
  readonly kills: number[];
  /** Until the next is ready to follow: a kill that had to wait for it would strike after the work. */
  heirReady(): Promise<void>;
  /** Kills it and lets the next begin, which was made ready before. */
  killAndRestart(): Promise<void>;
  readonly pid: number;
  stop(): Promise<void>;
}

/**
 * @param entry a program of dist/ that tells by a message that it is ready, such as `worker/main`
 * @param spares processes that wait, ready, to follow the one that is killed
 */
export async function startKillableWorker(
  entry: string,
  env: Record<string, string>,
  logFile: string,
  spares = 0,
): Promise<KillableWorker> {
  const log = openSync(logFile, 'a');
  const kills: number[] = [];
  let underWay: (() => Orphans) | null = null;
  let child = begin(await launch());
  const heirs: Promise<ChildProcess>[] = [];
  for (let i = 0; i < spares; i++) prepare();
  return {
    kills,
    get pid() {
      return child.pid ?? 0;
    },
    heirReady: async () => void (await heirs[0]),
    async killAndRestart() {
      const heir = await (heirs.shift() ?? launch());
      kills.push(Date.now());
      await end(child);
      child = begin(heir);
      if (spares > 0) prepare();
    },
    async stop() {
      await end(child);
      for (const heir of heirs) await heir.then(end, () => undefined);
      closeSync(log);
    },
  };

  function prepare(): void {
    const heir = launch();
    heir.catch(() => undefined); // told where it is waited for
    heirs.push(heir);
  }

  /** Says that it may; the product's own worker begins by itself and does not listen. */
  function begin(ready: ChildProcess): ChildProcess {
    ready.send({ orphans: underWay?.() });
    underWay = followSteps(ready);
    return ready;
  }

  async function launch(): Promise<ChildProcess> {
    const started = spawn(process.execPath, [join(projectRoot(), 'dist', `${entry}.js`)], {
      env: { PATH: process.env['PATH'], ...env },
      stdio: ['ignore', log, log, 'ipc'],
    });
    const failed = once(started, 'exit').then(([code]) => {
      throw new Error(`the worker ended with ${String(code)} before it was ready; see ${logFile}`);
    });
    await Promise.race([once(started, 'message'), failed]);
    failed.catch(() => undefined);
    return started;
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}
