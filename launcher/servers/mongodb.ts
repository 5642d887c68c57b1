import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Flavour, Program } from '../resolve/types.js';
import type { ChildSpec } from '../supervise.js';
import { pingMongo } from './mongo-ping.js';
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
 * Of SecantusDB. `standalone`: as a replica set it writes everything once more, for change streams, which nothing here asks
 * for (records a second: 226 with, 184 without). `cache_size`: as much as a small mongod's; 1G of its own. `ttl_sweep_seconds`:
 * its sweep reads every document of the collections with a TTL index (adapters/database/expiry.ts does it by the index).
 */
const SECANTUS_SETTINGS = `[server]
standalone = true
[storage]
cache_size = "256M"
ttl_sweep_seconds = 0.0
`;

/** A MongoDB-compatible server on loopback: the real one or SecantusDB, each with a folder of its own. */
export function mongodbSpec(program: Program, dataDir: string, port: number): ChildSpec & { name: 'mongodb' } {
  const folder = join(dataDir, 'mongodb', program.flavour);
  mkdirSync(folder, { recursive: true });
  const address = program.flavour === 'mongod' ? ['--bind_ip', '127.0.0.1'] : ['--host', '127.0.0.1'];
  const storage = program.flavour === 'mongod' ? ['--dbpath', folder] : secantusArguments(dataDir, folder);
  return {
    name: 'mongodb',
    command: program.command,
    args: [...address, '--port', String(port), ...storage],
    env: { ...process.env, ...program.env },
    cwd: folder,
    ready: (_, signal) => until(() => pingMongo('127.0.0.1', port, 1000), signal),
    readyWithin: 30_000,
    stopWithin: 3500,
  };
}

function secantusArguments(dataDir: string, folder: string): string[] {
  const settings = join(dataDir, 'mongodb', 'secantusd.toml');
  writeFileSync(settings, SECANTUS_SETTINGS);
  return ['--config', settings, '--storage-path', folder, '--log-level', 'WARNING'];
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
