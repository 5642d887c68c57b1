/** A worker process that a campaign kills and starts again, as often as it likes. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../adapters/paths.js';
import { followSteps, type Orphans } from '../../adapters/temporal/stepsUnderWay.js';
import { keepSpare } from '../../launcher/spare.js';

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

export interface CampaignWorkerOptions {
  /** With it, every start draws its crash points from a seed of its own that follows from this one. */
  seed?: number;
  /** Keeps another one loaded and waiting, as the launcher does (false). */
  spare?: boolean;
}

/** How long after a start the spare begins to load, ms. */
const SPARE_AFTER = 500;

interface WorkerProcess {
  child: ChildProcess;
  exited: Promise<NodeJS.Signals | null>;
  /** A spare is ready but for taking tasks. */
  waiting: Promise<void>;
  byCampaign: boolean;
}

export function startCampaignWorker(
  env: Record<string, string>,
  logFile: string,
  { seed, spare: withSpare = false }: CampaignWorkerOptions = {},
): CampaignWorker {
  const log = createWriteStream(logFile, { flags: 'a' });
  const kills = { byCampaign: 0, atCrashPoints: 0 };
  const atPoint: Record<string, number> = {};
  let starts = 0;
  let current: WorkerProcess | null = null;
  let underWay: (() => Orphans) | null = null;
  let stopping = false;
  let upSince: number | null = null;
  const startsMs: number[] = [];
  let waiting: (() => void)[] = [];
  const spare = withSpare ? keepSpare(() => begin({ WORKER_SPARE: 'true' }), SPARE_AFTER) : null;

  function begin(more: Record<string, string> = {}): WorkerProcess {
    const draws = seed === undefined ? {} : { CRASH_SEED: String(seed * 10_000 + starts++) };
    const child = spawn(process.execPath, ['--enable-source-maps', join(projectRoot(), 'dist', 'worker', 'main.js')], {
      env: { ...process.env, ...env, ...draws, ...more },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    child.stdout?.pipe(log, { end: false });
    child.stderr?.pipe(log, { end: false });
    const exited = new Promise<NodeJS.Signals | null>((done) => child.once('exit', (_code, signal) => done(signal)));
    const waiting = new Promise<void>((done) => {
      child.on('message', (message) => (message as { waiting?: boolean }).waiting && done());
    });
    return { child, exited, waiting, byCampaign: false };
  }

  function launch(): void {
    const launchedAt = Date.now();
    const taken = spare?.take();
    const started = taken ?? begin();
    current = started;
    const orphans = underWay?.();
    underWay = followSteps(started.child);
    void taken?.waiting.then(
      () => taken.child.connected && taken.child.send({ begin: true, orphans }, () => undefined),
    );
    started.child.stderr?.on('data', (chunk: Buffer) => {
      for (const [, point] of chunk.toString().matchAll(/^crash point (\S+)$/gm)) {
        atPoint[point!] = (atPoint[point!] ?? 0) + 1;
        upSince = null;
      }
    });
    started.child.on('message', (message) => {
      if (!(message as { ready?: boolean }).ready) return;
      upSince = Date.now();
      startsMs.push(upSince - launchedAt);
      spare?.prepare();
      for (const done of waiting.splice(0)) done();
    });
    void started.exited.then((signal) => {
      upSince = null;
      if (stopping) return;
      if (signal === 'SIGKILL') kills[started.byCampaign ? 'byCampaign' : 'atCrashPoints'] += 1;
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
    pid: () => current?.child.pid,
    ready: () => (upSince !== null ? Promise.resolve() : new Promise((done) => void waiting.push(done))),
    kill() {
      if (current) current.byCampaign = true;
      upSince = null;
      current?.child.kill('SIGKILL');
    },
    async stop() {
      stopping = true;
      waiting = [];
      spare?.close()?.child.kill('SIGKILL');
      const { child, exited } = current ?? {};
      if (child && child.exitCode === null && child.signalCode === null) {
        child.kill('SIGTERM');
        const force = setTimeout(() => child.kill('SIGKILL'), 12_000);
        await exited;
        clearTimeout(force);
      }
      log.end();
    },
  };
}
