import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { startGuard } from '../../../launcher/guard.js';
import { takeLock } from '../../../launcher/lock.js';
import { openLog, worthShowing } from '../../../launcher/logs.js';
import { freePort, isFree } from '../../../launcher/ports.js';
import { endProcess, identify, pause } from '../../../launcher/processes.js';
import { createProgress } from '../../../launcher/progress.js';
import { until } from '../../../launcher/servers/until.js';
import { type ChildSpec, StartFailed, supervise } from '../../../launcher/supervise.js';
import { temporaryFolder } from '../../support/folders.js';

let folder: ReturnType<typeof temporaryFolder>;
let guard: ReturnType<typeof startGuard>;
beforeEach(() => {
  folder = temporaryFolder('supervise');
  guard = startGuard();
});
afterEach(() => {
  guard.close();
  folder.remove();
});

function shell(script: string, more: Partial<ChildSpec> = {}): ChildSpec {
  const ready = async (): Promise<void> => undefined;
  return {
    name: 'child',
    command: '/bin/sh',
    args: ['-c', script],
    env: process.env,
    ready,
    readyWithin: 2000,
    stopWithin: 300,
    ...more,
  };
}

async function eventually(holds: () => boolean): Promise<void> {
  await until(async () => expect(holds()).toBe(true), AbortSignal.timeout(5_000));
}

describe('supervision', () => {
  test('starts a child again whenever it dies, after a growing delay', async () => {
    const delays: number[] = [];
    const deaths: string[] = [];
    let back: (pid: number) => void = () => undefined;
    const child = supervise(shell('exec sleep 60'), openLog(folder.path, 'child'), guard, {
      died: (_, how, delay) => {
        deaths.push(how);
        delays.push(delay);
      },
      restarted: (_, pid) => back(pid),
    });
    await child.ready;
    for (let n = 0; n < 2; n += 1) {
      const restarted = new Promise<number>((resolve) => (back = resolve));
      process.kill(child.pid() ?? 0, 'SIGKILL');
      const pid = await restarted;
      expect(child.pid()).toBe(pid);
    }
    expect(delays).toEqual([250, 500]);
    expect(deaths).toEqual(Array(2).fill('child was ended by SIGKILL'));
    await child.stop();
    expect(child.pid()).toBeUndefined();
  });

  test('a spare that waits takes the place of a child that dies, and ends with it', async () => {
    const log = openLog(folder.path, 'child');
    const started = (): number[] =>
      [...readFileSync(join(folder.path, 'child.log'), 'utf8').matchAll(/started as process (\d+)/g)].map(([, pid]) =>
        Number(pid),
      );
    let back: (pid: number) => void = () => undefined;
    const child = supervise(
      shell('exec sleep 60', { spare: { after: 10, prepare: async () => undefined } }),
      log,
      guard,
      { restarted: (_, pid) => back(pid) },
    );
    await child.ready;
    await eventually(() => started().length === 2);
    const [first, spare] = started();
    const restarted = new Promise<number>((resolve) => (back = resolve));
    process.kill(first!, 'SIGKILL');
    expect(await restarted).toBe(spare);
    expect(child.pid()).toBe(spare);
    await eventually(() => started().length === 3);
    await child.stop();
    expect(started().filter((pid) => identify(pid))).toEqual([]);
  });

  test('a first start that ends before it answers fails with what the child said last', async () => {
    const never = (): Promise<void> => new Promise(() => undefined);
    const child = supervise(
      shell('echo "config/x.json: wrong" >&2; exit 2', { ready: never }),
      openLog(folder.path, 'child'),
      guard,
    );
    const failure = await child.ready.catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(StartFailed);
    expect(failure).toMatchObject({ exitCode: 2, tail: ['config/x.json: wrong'] });
  });

  test('a child that will not end is killed when its time is over', async () => {
    const child = supervise(shell('trap "" TERM; while :; do sleep 1; done'), openLog(folder.path, 'child'), guard);
    await child.ready;
    await pause(100);
    const begun = Date.now();
    await child.stop();
    expect(Date.now() - begun).toBeGreaterThanOrEqual(290);
    expect(Date.now() - begun).toBeLessThan(2000);
  });
});

test('the guard ends the children of a launcher that was killed', async () => {
  const spare = spawn('/bin/sleep', ['60'], { detached: true, stdio: 'ignore' });
  const pid = spare.pid ?? 0;
  // What the kernel does to the guard's input when the launcher is gone, closing it does too.
  const one = startGuard();
  one.add(pid);
  const ended = once(spare, 'exit');
  one.abandon();
  expect((await ended)[1]).toBe('SIGTERM');
});

describe('a lock', () => {
  test('has one holder, and of many who want a dead one’s lock exactly one gets it', async () => {
    const path = join(folder.path, 'lock');
    writeFileSync(path, JSON.stringify({ pid: 1, startedAt: 'long ago' }));
    const all = await Promise.all(Array.from({ length: 8 }, () => takeLock(path)));
    expect(all.filter((lock) => lock.taken)).toHaveLength(1);
    for (const lock of all) if (!lock.taken) expect(lock.holder.pid).toBe(process.pid);
    for (const lock of all) if (lock.taken) lock.release();
    expect(existsSync(path)).toBe(false);
  });

  test('that was left half-written is taken over', async () => {
    const path = join(folder.path, 'lock');
    writeFileSync(path, '{"pid":');
    expect((await takeLock(path)).taken).toBe(true);
  });
});

test('a taken port gives way to a free one, and the same is not handed out twice', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  expect(await isFree(port)).toBe(false);
  const taken = new Set<number>();
  const other = await freePort([port], taken);
  expect(other).not.toBe(port);
  expect(await freePort([other], taken)).not.toBe(other);
  server.close();
});

test('a process is told from another one that got its number', async () => {
  const child = spawn('/bin/sleep', ['60'], { stdio: 'ignore' });
  const known = identify(child.pid ?? 0);
  if (!known) throw new Error('no identity');
  await endProcess({ ...known, startedAt: 'another time' }, 10);
  expect(identify(known.pid)).toEqual(known);
  const ended = once(child, 'exit');
  await endProcess(known, 2000);
  await ended;
  expect(identify(known.pid)).toBeNull();
});

describe('logs and progress', () => {
  test('a log file is turned over at its size and keeps its last lines', async () => {
    const log = openLog(folder.path, 'big');
    const line = 'x'.repeat(1024 * 1024);
    for (let n = 0; n < 7; n += 1) log.note(line);
    log.close();
    expect(existsSync(join(folder.path, 'big.log.1'))).toBe(true);
    expect(readFileSync(join(folder.path, 'big.log'), 'utf8').length).toBeLessThan(3 * 1024 * 1024);
  });

  test('only warnings and errors reach the terminal', () => {
    expect(worthShowing('{"level":30,"msg":"fine"}')).toBeNull();
    expect(worthShowing('plain words')).toBeNull();
    expect(worthShowing('{"level":40,"msg":"slow"}')).toBe('warning: slow');
    expect(worthShowing('{"level":50,"msg":"failed","err":{"message":"why"}}')).toBe('error: failed: why');
  });

  test('without a terminal progress is plain lines, one per event', () => {
    let text = '';
    const progress = createProgress({ write: (more: string) => (text += more) });
    const step = progress.step('Temporal');
    step.update('starting');
    step.done('127.0.0.1:7233');
    step.done();
    progress.say('Ready');
    expect(text).toMatch(
      /^Temporal: starting\nTemporal: starting\nTemporal: ready, 127\.0\.0\.1:7233 \(0\.0 s\)\nReady\n$/,
    );
    expect(text).not.toContain('\u001b');
  });
});
