import { type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { usableMemory } from '../adapters/memory.js';
import { followSteps, type Orphans } from '../adapters/temporal/stepsUnderWay.js';
import { projectRoot } from '../adapters/paths.js';
import type { Settings } from '../adapters/settings.js';
import { FEW_ARENAS } from './allocator.js';
import { inFewConnections } from './servers/mongodb.js';
import { unset } from './servers/temporal.js';
import { until } from './servers/until.js';
import type { ChildSpec } from './supervise.js';
import type { Venue } from './venue.js';

/** Where everything answers, as it goes to worker and API. */
export interface Endpoints {
  temporalAddress: string;
  temporalUiUrl?: string;
  mongodbUri: string;
  exchangeUrl: string;
  exchangeControlUrl?: string;
}

/** What the API tells when it is ready; the password only when it has just made the administrator. */
export interface ApiReady {
  apiUrl: string;
  credentials?: SignIn;
  demo?: SignIn & { symbols?: string[] };
  /** Addresses of the administrators that were there already. */
  administrators?: string[];
}

export interface SignIn {
  email: string;
  password: string;
}

export function simulatorSpec(
  settings: Settings,
  venue: Exclude<Venue, { kind: 'given' }>,
  port: number,
  controlPort: number,
): ChildSpec & { name: 'simulator' } {
  const prices = venue.kind === 'live' ? ['--feed-url', venue.feedUrl] : ['--speed', String(venue.speed)];
  const candles = settings.simDataDir ? ['--data-dir', settings.simDataDir] : [];
  const state = ['--state-dir', join(settings.dataDir, 'simulator')];
  const ports = ['--port', String(port), '--control-port', String(controlPort)];
  return {
    ...nodeChild('simulator', [
      ...ports,
      ...state,
      ...prices,
      '--weight-limit',
      String(settings.simWeightLimit),
      ...candles,
    ]),
    name: 'simulator',
    env: { ...process.env, ...PRODUCTION },
    ready: (_, signal) => until(() => answers(`http://127.0.0.1:${port}/api/v3/ping`), signal),
    readyWithin: 30_000,
    stopWithin: 2000,
  };
}

/** Whoever has just taken over has the processor for itself: reading every user's history takes it seconds. */
const SPARE_AFTER = 15_000;
const SPARE_WITHIN = 120_000;
/** A spare takes 400 MB: on a small machine the database needs them more. */
const SPARE_FROM_BYTES = 3 * 2 ** 30;

/**
 * The worker, spawned at once and told where the servers are when they answer; the same after a restart. A second one,
 * connected and ready but for taking tasks, waits for its death: what was under way then waits for nothing that loads, and is
 * begun again before Temporal notices the death.
 */
export function workerSpec(
  settings: Settings,
  endpoints: Promise<Endpoints>,
  apiPort: Promise<number>,
): ChildSpec & { name: 'worker' } {
  const waiting = new WeakMap<ChildProcess, Promise<unknown>>();
  /** What the worker has under way that took tasks last. */
  let underWay: (() => Orphans) | null = null;
  const tellServers = async (child: ChildProcess, more: Record<string, string>): Promise<void> => {
    const { mongodbUri, ...others } = await endpoints;
    const known = { ...others, mongodbUri: settings.mongodbUri ? mongodbUri : inFewConnections(mongodbUri) };
    return go(child, environment(settings, known, { LINK_URL: linkUrl(await apiPort), ...more }));
  };
  const spare = {
    after: SPARE_AFTER,
    async prepare(child: ChildProcess) {
      waiting.set(child, said(child, 'waiting', AbortSignal.timeout(SPARE_WITHIN)));
      await tellServers(child, { WORKER_SPARE: 'true' });
      await waiting.get(child);
    },
  };
  return {
    ...warmChild('worker', settings),
    name: 'worker',
    ready: async (child, signal) => {
      if (!waiting.has(child)) await tellServers(child, {});
      else {
        await waiting.get(child);
        await tell(child, { begin: true, orphans: underWay?.() });
      }
      underWay = followSteps(child);
      await said(child, 'ready', signal);
    },
    ...(usableMemory().bytes < SPARE_FROM_BYTES ? {} : { spare }),
    readyWithin: 120_000,
    stopWithin: 4000,
  };
}

export function apiSpec(
  settings: Settings,
  endpoints: Promise<Endpoints>,
  port: number,
): ChildSpec<ApiReady> & { name: 'api' } {
  return {
    ...warmChild('api', settings),
    name: 'api',
    ready: async (child, signal) => {
      await go(child, environment(settings, await endpoints, { PORT: String(port), LINK_URL: linkUrl(port) }));
      const message = await said<ApiReady>(child, 'ready', signal);
      await until(() => answers(`http://127.0.0.1:${port}/healthz`), signal);
      return message;
    },
    readyWithin: 120_000,
    stopWithin: 2500,
  };
}

/** For links in messages where no PUBLIC_URL is given: the API listens on this machine, and here it can be opened. */
const linkUrl = (apiPort: number): string => `http://127.0.0.1:${apiPort}`;

/** Its modules load while the servers are starting (launcher/warm.ts). */
function warmChild(name: 'worker' | 'api', settings: Settings) {
  const entry = join(projectRoot(), 'dist', 'launcher', 'warm.js');
  const env = { ...FEW_ARENAS, ...process.env, ...PRODUCTION, DATA_DIR: settings.dataDir };
  return { command: process.execPath, args: ['--enable-source-maps', entry, name], cwd: projectRoot(), ipc: true, env };
}

const go = (child: ChildProcess, env: ChildSpec['env']): Promise<void> => tell(child, { go: env });

function tell(child: ChildProcess, message: object): Promise<void> {
  return new Promise((resolve, reject) => {
    if (!child.connected) return reject(new Error('it ended before it could be told anything'));
    child.send(message, (error) => (error ? reject(error) : resolve()));
  });
}

const PRODUCTION = { NODE_ENV: process.env['NODE_ENV'] ?? 'production' };

function nodeChild(name: string, args: string[]) {
  const entry = join(projectRoot(), 'dist', name, 'main.js');
  return { command: process.execPath, args: ['--enable-source-maps', entry, ...args], cwd: projectRoot(), ipc: true };
}

/** The settings that the launcher has decided; what was empty stays empty, so that no `.env` fills it again. */
function environment(settings: Settings, endpoints: Endpoints, more: Record<string, string>): ChildSpec['env'] {
  const ownTemporal = settings.temporalAddress === undefined;
  const cleared = ownTemporal ? Object.fromEntries(Object.keys(unset('TEMPORAL_')).map((name) => [name, ''])) : {};
  return {
    ...process.env,
    ...PRODUCTION,
    ...cleared,
    EMBEDDED: 'true',
    DATA_DIR: settings.dataDir,
    TEMPORAL_ADDRESS: endpoints.temporalAddress,
    TEMPORAL_NAMESPACE: settings.temporalNamespace,
    TEMPORAL_CODEC_KEY: settings.temporalCodecKey ?? '',
    TEMPORAL_UI_URL: endpoints.temporalUiUrl ?? '',
    MONGODB_URI: endpoints.mongodbUri,
    EXCHANGE_URL: endpoints.exchangeUrl,
    EXCHANGE_CONTROL_URL: endpoints.exchangeControlUrl ?? '',
    ...more,
  };
}

/** The first `{ ready: true, … }` (or `{ waiting: true }`) that the child sends over its channel. */
function said<T extends object>(child: ChildProcess, word: 'ready' | 'waiting', signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const listen = (message: unknown): void => {
      if (typeof message !== 'object' || message === null) return;
      if ((message as Record<string, unknown>)[word] !== true) return;
      child.off('message', listen);
      resolve(message as T);
    };
    child.on('message', listen);
    signal.addEventListener('abort', () => {
      child.off('message', listen);
      reject(new Error('given up'));
    });
  });
}

async function answers(url: string): Promise<void> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(2000) });
  await answer.arrayBuffer();
  if (!answer.ok) throw new Error(`${url} answered with ${answer.status}`);
}
