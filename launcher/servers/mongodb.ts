import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FEW_ARENAS } from '../allocator.js';
import { isExecutable } from '../resolve/on-path.js';
import type { Flavour, Program } from '../resolve/types.js';
import type { ChildSpec } from '../supervise.js';
import { pingMongo } from './mongo-ping.js';
import { BETTER_SECANTUS } from './secantus.js';
import { withoutSecrets } from './environment.js';
import { until } from './until.js';

const DATABASE_NAME = 'crypto_trader';

/**
 * `journal=true` makes every acknowledged write durable first. Without it SecantusDB (like a mongod without replica set)
 * holds writes in memory for up to a second, and kill -9 loses what it has acknowledged: 5 of 5 inserts, measured.
 * `retryWrites=false`: SecantusDB keeps each retryable write's answer for half an hour and walks through all of them (ten
 * thousand at most, sorted) at every further write, a quarter of its work with a thousand users. It forgets them when it is killed, which
 * is the only way to lose its answer on loopback; steps are repeated by Temporal and their writes bear that.
 */
export const mongodbUri = (port: number): string =>
  `mongodb://127.0.0.1:${port}/${DATABASE_NAME}?journal=true&retryWrites=false`;

/**
 * For a worker beside others: SecantusDB answers one question at a time, and shares itself among connections, so that twenty
 * of a worker keep an emergency stop of the API waiting. The price: of 400 users who all entered at once, cycles were late by
 * p99 1.8 s in place of 0.6.
 */
export const inFewConnections = (uri: string): string => `${uri}&maxPoolSize=4`;

/**
 * For SecantusDB's Python: its own pools, of a megabyte each, went from 34 to 80 MB in a simulated week of 50 users, for one
 * object keeps a whole one. Those of glibc are given back page by page (`malloc_trim`), at 7 % of the processor's time for records.
 */
const ONE_ALLOCATOR = { PYTHONMALLOC: 'malloc' };

/**
 * As a replica set of one it writes everything once more, for change streams, which nothing here asks for (records a second:
 * 226 alone, 184 as such). A larger cache is memory that it fills, and no faster here (bench of records: 784 a second
 * and 134 MB resident from the first half minute on with 64M, 720 and 245 MB, still growing, with 256M); 1G of its own.
 */
const SECANTUS_SETTINGS = ['--standalone', '--cache-size', '64M', '--log-level', 'WARNING'];

/** A MongoDB-compatible server on loopback: the real one or SecantusDB, each with a folder of its own. */
export function mongodbSpec(program: Program, dataDir: string, port: number): ChildSpec & { name: 'mongodb' } {
  const folder = join(dataDir, 'mongodb', program.flavour);
  mkdirSync(folder, { recursive: true });
  const { command, args } = program.flavour === 'mongod' ? mongod(program, folder) : secantus(program, folder);
  return {
    name: 'mongodb',
    command,
    args: [...args, '--port', String(port)],
    env: { ...FEW_ARENAS, ...ONE_ALLOCATOR, ...withoutSecrets(), ...program.env },
    cwd: folder,
    ready: (_, signal) => until(() => pingMongo('127.0.0.1', port, 1000), signal),
    readyWithin: 30_000,
    stopWithin: 3500,
  };
}

const mongod = ({ command }: Program, folder: string) => ({
  command,
  args: ['--bind_ip', '127.0.0.1', '--dbpath', folder],
});

function secantus({ command }: Program, folder: string): { command: string; args: string[] } {
  const args = ['--host', '127.0.0.1', '--storage-path', folder, ...SECANTUS_SETTINGS];
  const python = interpreterOf(command);
  return python === null ? { command, args } : { command: python, args: ['-c', BETTER_SECANTUS, ...args] };
}

/** The Python that pip wrote into the program's first line; null where that line says something else (a path too long for it). */
function interpreterOf(program: string): string | null {
  const python = /^#!(\S*python\S*)\s*\n/.exec(readFileSync(program, 'utf8'))?.[1];
  return python !== undefined && isExecutable(python) ? python : null;
}

/** Which program wrote the data that is there, if any did: no other one can read it. */
export function engineOf(dataDir: string): Flavour | undefined {
  try {
    const engine = readFileSync(engineFile(dataDir), 'utf8').trim();
    return engine === 'mongod' || engine === 'secantus' ? engine : undefined;
  } catch {
    return undefined;
  }
}

export function rememberEngine(dataDir: string, flavour: Flavour): void {
  if (engineOf(dataDir) !== flavour) writeFileSync(engineFile(dataDir), `${flavour}\n`);
}

const engineFile = (dataDir: string): string => join(dataDir, 'mongodb', 'engine');
