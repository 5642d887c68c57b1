import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { readJson, replaceFile } from './data-dir.js';
import { startGuard } from './guard.js';
import { openLog, worthShowing } from './logs.js';
import { endProcess, identify, type ProcessIdentity } from './processes.js';
import { type ChildSpec, type Supervised, supervise } from './supervise.js';

/** The processes of one data directory, in the order in which they are stopped. */
export const STOP_ORDER = ['api', 'worker', 'simulator', 'mongodb', 'temporal'] as const;
export type ProcessName = (typeof STOP_ORDER)[number];

export interface Children {
  start<Ready>(spec: ChildSpec<Ready> & { name: ProcessName }): Supervised<Ready>;
  pids(): Partial<Record<ProcessName, number>>;
  /** Stops one child for good, such as a server that did not come up before the next candidate is tried. */
  stop(name: ProcessName): Promise<void>;
  /** Stops everything in order, one after another. */
  stopAll(): Promise<void>;
}

export interface ChildrenOptions {
  dataDir: string;
  /** A line for the person at the terminal. */
  say(text: string): void;
  /** A process was replaced: its pid has changed. */
  changed(): void;
}

/** How long a process left behind by a launcher that died may take to end, ms. */
const STALE_PATIENCE = 5000;

/**
 * Every child's process is recorded in `DATA_DIR/children.json`, so that the next launcher finds what one that died
 * without warning may have left: it is ended first, since two databases on one folder would ruin it.
 */
export async function manageChildren(options: ChildrenOptions): Promise<Children> {
  const { dataDir, say, changed } = options;
  const record = join(dataDir, 'children.json');
  await endLeftovers(record, say);
  const guard = startGuard();
  const running = new Map<ProcessName, Supervised<unknown>>();
  const known: Partial<Record<ProcessName, ProcessIdentity>> = {};

  async function stop(name: ProcessName): Promise<void> {
    await running.get(name)?.stop();
    running.delete(name);
    delete known[name];
    replaceFile(record, JSON.stringify(known));
  }

  let closing = false;

  return {
    start(spec) {
      if (closing) throw new Error(`${spec.name} is not started: everything is being stopped`);
      const log = openLog(join(dataDir, 'logs'), spec.name, (line) => {
        const text = spec.ipc ? worthShowing(line) : null;
        if (text) say(`${spec.name}: ${text}`);
      });
      const child = supervise(spec, log, guard, {
        started(_, pid) {
          const identity = identify(pid);
          if (identity) known[spec.name] = identity;
          replaceFile(record, JSON.stringify(known));
        },
        died: (_, how, delay) => say(`${how}; it is started again in ${(delay / 1000).toFixed(2)} s`),
        restarted(_, pid) {
          changed();
          say(`${spec.name} is running again as process ${pid}`);
        },
      });
      running.set(spec.name, child);
      return child;
    },
    pids() {
      const pids: Partial<Record<ProcessName, number>> = {};
      for (const [name, child] of running) pids[name] = child.pid();
      return pids;
    },
    stop,
    async stopAll() {
      closing = true;
      for (const name of STOP_ORDER) await stop(name);
      guard.close();
      rmSync(record, { force: true });
    },
  };
}

async function endLeftovers(record: string, say: (text: string) => void): Promise<void> {
  const left = readJson<Partial<Record<ProcessName, ProcessIdentity>>>(record) ?? {};
  const ended = STOP_ORDER.map(async (name) => {
    const process = left[name];
    if (!process || identify(process.pid)?.startedAt !== process.startedAt) return;
    say(`ending ${name}, process ${process.pid}, which an earlier start left running`);
    await endProcess(process, STALE_PATIENCE);
  });
  await Promise.all(ended);
}
