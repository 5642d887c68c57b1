import { type ChildProcess, spawn } from 'node:child_process';
import type { Guard } from './guard.js';
import type { LogFile } from './logs.js';
import { pause } from './processes.js';
import { keepSpare } from './spare.js';

/** How to run one child and how to know that it answers. */
export interface ChildSpec<Ready = void> {
  name: string;
  command: string;
  args: string[];
  /** The whole environment of the child. */
  env: Record<string, string | undefined>;
  cwd?: string;
  /** Opens a channel for `process.send`; a Node child is also told by its end that the launcher has died. */
  ipc?: boolean;
  /** Resolves when the child answers; is given up when the signal aborts. */
  ready(child: ChildProcess, signal: AbortSignal): Promise<Ready>;
  readyWithin: number; // ms
  /** Start it again when it ends (true). */
  restart?: boolean;
  /** Another process of it waits for this one's death: then its `ready` tells it to begin. */
  spare?: {
    /** How long after a start it is started, ms. */
    after: number;
    /** Brings it to where it waits; what fails ends it, and another one is tried later. */
    prepare(child: ChildProcess): Promise<void>;
  };
  /** How long the child may take to end by itself after SIGTERM, ms. */
  stopWithin: number;
}

export interface ChildEvents {
  /** A process was started; `pid` is its own. */
  started?(name: string, pid: number): void;
  died?(name: string, how: string, nextIn: number): void;
  restarted?(name: string, pid: number): void;
}

export interface Supervised<Ready = void> {
  readonly name: string;
  /**
   * What the first start's `ready` gave; rejects with StartFailed where it failed, and then nothing is left running.
   * Later deaths don't reject it: the child is started again.
   */
  readonly ready: Promise<Ready>;
  /** Of the process that runs now; undefined while none does. */
  pid(): number | undefined;
  stop(): Promise<void>;
}

/** The first start did not come to an answer. `exitCode` is the child's, or null where it had not ended. */
export class StartFailed extends Error {
  constructor(
    readonly child: string,
    reason: string,
    readonly exitCode: number | null,
    readonly tail: string[],
  ) {
    super(reason);
    this.name = 'StartFailed';
  }
}

const FIRST_DELAY = 250;
const LONGEST_DELAY = 30_000;
/** After a life of this long, from its first answer on, the delay starts from the beginning again, ms. */
const CALM = 10_000;

/**
 * Starts a child and, once it has answered, starts it again whenever it ends: after 0.25 s, then after twice as long
 * each time, up to 30 s, with the same command on the same address.
 */
export function supervise<Ready>(
  spec: ChildSpec<Ready>,
  log: LogFile,
  guard: Guard,
  events: ChildEvents = {},
): Supervised<Ready> {
  let current: Running | null = null;
  let stopping = false;
  let wake = (): void => undefined;
  let delay = FIRST_DELAY;
  const reserve = spec.spare;
  const spare = reserve && keepSpare(() => launchSpare(spec, reserve.prepare, log, guard), reserve.after);

  async function start(): Promise<{ running: Running; value: Ready }> {
    const running = spare?.take() ?? launch(spec, log, guard);
    current = running;
    if (running.child.pid !== undefined) events.started?.(spec.name, running.child.pid);
    try {
      const value = await answered(spec, running, log);
      spare?.prepare();
      return { running, value };
    } catch (error) {
      await end(running, 500);
      throw error;
    }
  }

  async function keepAlive(running: Running): Promise<void> {
    let since = Date.now();
    let exited: Promise<string> = running.exited;
    while (!stopping) {
      const how = await exited;
      if (stopping) return;
      if (Date.now() - since > CALM) delay = FIRST_DELAY;
      events.died?.(spec.name, how, delay);
      log.note(`${how}; starting again in ${delay} ms`);
      await Promise.race([pause(delay), new Promise<void>((resolve) => (wake = resolve))]);
      delay = Math.min(delay * 2, LONGEST_DELAY);
      if (stopping) return;
      try {
        const again = await start();
        exited = again.running.exited;
        if (!stopping) events.restarted?.(spec.name, again.running.child.pid ?? 0);
      } catch (error) {
        exited = Promise.resolve((error as Error).message);
      }
      since = Date.now();
    }
  }

  async function first(): Promise<Ready> {
    const { running, value } = await start();
    if (spec.restart !== false) void keepAlive(running);
    return value;
  }

  const ready = first();
  ready.catch(() => undefined); // The caller may look later.
  return {
    name: spec.name,
    ready,
    pid: () => (current && !current.ended() ? current.child.pid : undefined),
    async stop() {
      stopping = true;
      wake();
      // A spare has begun nothing that it would have to finish.
      const waiting = spare?.close();
      waiting?.child.kill('SIGKILL');
      if (current) await end(current, spec.stopWithin);
      await waiting?.exited;
      log.note('stopped');
      log.close();
    },
  };
}

interface Running {
  child: ChildProcess;
  /** How it ended, in words. */
  exited: Promise<string>;
  ended(): boolean;
  exitCode(): number | null;
}

function launch<Ready>(spec: ChildSpec<Ready>, log: LogFile, guard: Guard): Running {
  const child = spawn(spec.command, spec.args, {
    cwd: spec.cwd,
    env: spec.env as NodeJS.ProcessEnv,
    stdio: spec.ipc ? ['ignore', 'pipe', 'pipe', 'ipc'] : ['ignore', 'pipe', 'pipe'],
    // A session of its own: Ctrl-C reaches the launcher only, which then stops everything in order.
    detached: true,
  });
  let code: number | null = null;
  let ended = false;
  if (child.stdout) log.attach(child.stdout);
  if (child.stderr) log.attach(child.stderr);
  if (child.pid !== undefined) {
    log.note(`started as process ${child.pid}`);
    guard.add(child.pid);
  }
  const exited = new Promise<string>((resolve) => {
    const done = (how: string): void => {
      ended = true;
      if (child.pid !== undefined) guard.remove(child.pid);
      resolve(how);
    };
    child.once('error', (error) => done(`${spec.name} could not be started: ${error.message}`));
    child.once('exit', (exitCode, signal) => {
      code = exitCode;
      done(signal ? `${spec.name} was ended by ${signal}` : `${spec.name} ended with code ${exitCode}`);
    });
  });
  return { child, exited, ended: () => ended, exitCode: () => code };
}

function launchSpare<Ready>(
  spec: ChildSpec<Ready>,
  prepare: NonNullable<ChildSpec['spare']>['prepare'],
  log: LogFile,
  guard: Guard,
): Running {
  const running = launch(spec, log, guard);
  prepare(running.child).catch((error: Error) => {
    log.note(`the spare process is of no use: ${error.message}`);
    running.child.kill('SIGKILL');
  });
  return running;
}

async function answered<Ready>(spec: ChildSpec<Ready>, running: Running, log: LogFile): Promise<Ready> {
  const abort = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const fail = (reason: string): never => {
    throw new StartFailed(spec.name, reason, running.exitCode(), log.tail());
  };
  try {
    return await Promise.race([
      spec.ready(running.child, abort.signal),
      running.exited.then(async (how) => {
        await pause(50); // What it said last is still in the pipe.
        return fail(`${how} before it answered`);
      }),
      new Promise<never>((_, reject) => {
        timer = setTimeout(() => {
          const seconds = Math.round(spec.readyWithin / 1000);
          reject(new StartFailed(spec.name, `${spec.name} did not answer within ${seconds} s`, null, log.tail()));
        }, spec.readyWithin);
      }),
    ]);
  } finally {
    clearTimeout(timer);
    abort.abort();
  }
}

async function end(running: Running, patience: number): Promise<void> {
  if (running.ended()) return;
  running.child.kill('SIGTERM');
  const timer = setTimeout(() => running.child.kill('SIGKILL'), patience);
  await running.exited;
  clearTimeout(timer);
}
