/** A worker process that a campaign kills and starts again, as often as it likes. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../adapters/paths.js';

export interface CampaignWorker {
  readonly kills: { byCampaign: number; atCrashPoints: number };
  /** Deaths by the name of the crash point. */
  readonly atPoint: Record<string, number>;
  /** Real time, ms, at which the worker last became ready; null while it is down. */
  upSince(): number | null;
  /** How long its last start took, ms. */
  startMs(): number;
  /** How long each of its starts took, ms. */
  readonly startsMs: number[];
  /** Of the process that runs now. */
  pid(): number | undefined;
  ready(): Promise<void>;
  kill(): void;
  stop(): Promise<void>;
}

/** @param seed with it, every start draws its crash points from a seed of its own that follows from this one */
export function startCampaignWorker(env: Record<string, string>, logFile: string, seed?: number): CampaignWorker {
  const log = createWriteStream(logFile, { flags: 'a' });
  const kills = { byCampaign: 0, atCrashPoints: 0 };
  const atPoint: Record<string, number> = {};
  let starts = 0;
  let child: ChildProcess | null = null;
  let stopping = false;
  let upSince: number | null = null;
  const startsMs: number[] = [];
  let waiting: (() => void)[] = [];

  function launch(): void {
    const entry = join(projectRoot(), 'dist', 'worker', 'main.js');
    let byCampaign = false;
    const launchedAt = Date.now();
    const draws = seed === undefined ? {} : { CRASH_SEED: String(seed * 10_000 + starts++) };
    const started = spawn(process.execPath, ['--enable-source-maps', entry], {
      env: { ...process.env, ...env, ...draws },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    child = Object.assign(started, { killedByCampaign: () => (byCampaign = true) });
    started.stdout?.pipe(log, { end: false });
    started.stderr?.pipe(log, { end: false });
    started.stderr?.on('data', (chunk: Buffer) => {
      for (const [, point] of chunk.toString().matchAll(/^crash point (\S+)$/gm)) {
        atPoint[point!] = (atPoint[point!] ?? 0) + 1;
        upSince = null;
      }
    });
    started.on('message', () => {
      upSince = Date.now();
      startsMs.push(upSince - launchedAt);
      for (const done of waiting.splice(0)) done();
    });
    started.on('exit', (_code, signal) => {
      upSince = null;
      if (stopping) return;
      if (signal === 'SIGKILL') kills[byCampaign ? 'byCampaign' : 'atCrashPoints'] += 1;
      setTimeout(launch, 100);
    });
  }
  launch();

  return {
    kills,
    atPoint,
    upSince: () => upSince,
    startMs: () => startsMs.at(-1) ?? 0,
    startsMs,
    pid: () => child?.pid,
    ready: () => (upSince !== null ? Promise.resolve() : new Promise((done) => void waiting.push(done))),
    kill() {
      (child as (ChildProcess & { killedByCampaign?: () => void }) | null)?.killedByCampaign?.();
      upSince = null;
      child?.kill('SIGKILL');
    },
    async stop() {
      stopping = true;
      waiting = [];
      const ended = new Promise<void>((done) => child?.once('exit', () => done()));
      if (child && child.exitCode === null && child.signalCode === null) {
        child.kill('SIGTERM');
        const force = setTimeout(() => child?.kill('SIGKILL'), 12_000);
        await ended;
        clearTimeout(force);
      }
      log.end();
    },
  };
}
