/** Servers, one API and several workers, each worker on a test host of its own where there are any. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { projectRoot } from '../../adapters/paths.js';
import { startServers, type TestServers } from '../../launcher/lab.js';
import { askerOf, type Product } from '../chaos/product.js';
import { type Host, makeHosts } from './hosts.js';
import { startWorker, type WorkerProcess } from './process.js';

export interface FleetWorker {
  name: string;
  pid(): number;
  /** SIGTERM, and a new one in its place, of another release where one is named. Resolves when that one is ready. */
  restart(root?: string): Promise<void>;
  /** Out of reach: its cable is pulled or, without a host of its own, it stands still. */
  cut(): void;
  mend(): void;
}

export interface Fleet {
  /** As chaos and its judge know the product. */
  product: Pick<Product, 'ask' | 'signIn' | 'admin'> & { runtime(): FleetRuntime };
  servers: TestServers;
  workers: FleetWorker[];
  /** Null: every worker has a host of its own; otherwise why not. */
  noHosts: string | null;
  stop(): Promise<void>;
}

export interface FleetRuntime {
  apiUrl: string;
  mongodbUri: string;
  exchangeControlUrl: string;
}

/** @param options.hosts false: all processes on this host, as in tests */
export async function startFleet(options: { workers: number; hosts: boolean }): Promise<Fleet> {
  const made = options.hosts ? makeHosts(options.workers) : 'not asked for';
  const hosts = typeof made === 'string' ? [] : made;
  const servers = await startServers({
    temporal: true,
    mongodb: true,
    simulator: { speed: 60, weightLimit: 1_000_000 },
  });
  const stops: (() => Promise<void> | void)[] = [];
  const stop = async (): Promise<void> => {
    for (const one of stops.reverse()) await one();
    await servers.stop();
    for (const host of hosts) host.remove();
  };
  try {
    const api = await startApi(servers);
    stops.push(api.stop);
    const workers = await Promise.all(
      Array.from({ length: options.workers }, (_, index) => fleetWorker(servers, `worker-${index + 1}`, hosts[index])),
    );
    for (const worker of workers) stops.push(worker.end);
    const runtime = () => ({ apiUrl: api.url, mongodbUri: servers.mongodbUri, exchangeControlUrl: servers.controlUrl });
    const { ask, signIn } = askerOf(runtime);
    const admin = await signIn(api.email, api.password);
    const noHosts = typeof made === 'string' ? made : null;
    return { product: { runtime, ask, signIn, admin }, servers, workers, noHosts, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function fleetWorker(
  servers: TestServers,
  name: string,
  host: Host | undefined,
): Promise<FleetWorker & { end(): Promise<void> }> {
  const env = await addresses(servers, host);
  const log = join(servers.dataDir, 'logs', `${name}.log`);
  const start = (root?: string): WorkerProcess => startWorker(env, log, host?.prefix, root);
  let current = start();
  await current.ready;
  const ended = async (): Promise<void> => {
    current.signal('SIGCONT');
    current.signal('SIGTERM');
    const timer = setTimeout(() => current.signal('SIGKILL'), 12_000);
    await current.ended;
    clearTimeout(timer);
  };
  return {
    name,
    pid: () => current.pid,
    async restart(root) {
      await ended();
      current = start(root);
      await current.ready;
    },
    cut: () => (host ? host.cut() : current.signal('SIGSTOP')),
    mend: () => (host ? host.mend() : current.signal('SIGCONT')),
    end: ended,
  };
}

async function addresses(servers: TestServers, host: Host | undefined): Promise<Record<string, string>> {
  const seen = async (address: string): Promise<string> => {
    const [found, port] = /127\.0\.0\.1:(\d+)/.exec(address) ?? [];
    return host && found ? address.replace(found, await host.reach(Number(port))) : address;
  };
  return {
    DATA_DIR: servers.dataDir,
    TEMPORAL_ADDRESS: await seen(servers.temporalAddress),
    MONGODB_URI: host ? directly(await seen(servers.mongodbUri)) : servers.mongodbUri,
    EXCHANGE_URL: await seen(servers.exchangeUrl),
    EXCHANGE_CONTROL_URL: await seen(servers.controlUrl),
    EXCHANGE_WEIGHT_SHARE: '0.4',
    DEMO: 'false',
    LOG_LEVEL: 'warn',
  };
}

/** The database names itself by its loopback address, which is another machine's on a test host. */
const directly = (uri: string): string => `${uri}${uri.includes('?') ? '&' : '?'}directConnection=true`;

async function startApi(servers: TestServers) {
  const [email, password] = ['workers@localhost', randomBytes(16).toString('hex')];
  const child = spawn(process.execPath, [join(projectRoot(), 'dist', 'api', 'main.js')], {
    env: {
      ...process.env,
      ...(await addresses(servers, undefined)),
      ...{ PORT: '0', LISTEN_HOST: '127.0.0.1', EMBEDDED: 'true', ADMIN_EMAIL: email, ADMIN_PASSWORD: password },
      SIGN_IN_POLICY: 'basic', // its users sign in with a password alone
    },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const url = await new Promise<string>((resolve, reject) => {
    child.on(
      'message',
      (message: { ready?: boolean; apiUrl?: string }) => message.ready && resolve(message.apiUrl ?? ''),
    );
    void ended.then(() => reject(new Error('the API ended before it was ready')));
  });
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await ended;
  };
  return { url, email, password, stop };
}
