import type { Settings } from '../adapters/settings.js';
import { type Addresses, planAddresses } from './addresses.js';
import { build } from './builds.js';
import type { Children } from './children.js';
import { checkExchange, checkMongo, checkTemporal, withoutPassword } from './external.js';
import { type ApiReady, apiSpec, type Endpoints, simulatorSpec, workerSpec } from './product.js';
import type { Progress, Step } from './progress.js';
import type { Program } from './resolve/types.js';
import { engineOf, mongodbSpec, mongodbUri, rememberEngine } from './servers/mongodb.js';
import { startServer } from './servers/start.js';
import { temporalSpec } from './servers/temporal.js';
import { chooseVenue } from './venue.js';

export interface Context {
  settings: Settings;
  children: Children;
  progress: Progress;
  signal: AbortSignal;
  /** Called as soon as the API is ready, which may have made accounts just now. */
  apiReady?: (ready: ApiReady) => void;
}

export interface Started extends Endpoints, ApiReady {
  /** What the prices are, in words. */
  market: string;
}

/** Starts everything side by side; the worker waits for the workflow bundle, the API for the dashboard, both for the servers. */
export async function startEverything(context: Context): Promise<Started> {
  const { settings, children } = context;
  const addresses = await planAddresses(settings);
  const step = <T>(title: string, work: (step: Step) => Promise<T>): Promise<T> => inStep(context, title, work);
  const temporal = step('Temporal', (s) => startTemporal(s, context, addresses));
  const database = step('Database', (s) => startMongodb(s, context, addresses));
  const exchange = step('Exchange', (s) => startExchange(s, context, addresses));
  const workflows = step('Workflows', (s) => buildStep('workflows', s, context));
  const dashboard = step('Dashboard', (s) => buildStep('dashboard', s, context));

  const endpoints = Promise.all([temporal, database, exchange]).then(
    ([found, mongodbUri, { url, controlUrl }]): Endpoints => ({
      ...found,
      mongodbUri,
      exchangeUrl: url,
      exchangeControlUrl: controlUrl,
    }),
  );
  // Both are spawned now, so that their modules load meanwhile; they are told the addresses when all of this is there.
  const workerMayGo = Promise.all([endpoints, workflows]).then(([known]) => known);
  const apiMayGo = Promise.all([endpoints, dashboard]).then(([known]) => known);
  const apiPort = addresses.choose('api');
  const worker = step('Worker', () => children.start(workerSpec(settings, workerMayGo, apiPort)).ready);
  const api = step('API', (s) => startApi(s, context, apiPort, apiMayGo));
  const [known, market, running] = await Promise.all([endpoints, exchange.then(({ market }) => market), api, worker]);
  return { ...known, ...running, market };
}

async function startApi(step: Step, context: Context, port: Promise<number>, endpoints: Promise<Endpoints>) {
  const ready = await context.children.start(apiSpec(context.settings, endpoints, await port)).ready;
  step.done(ready.apiUrl);
  context.apiReady?.(ready);
  return ready;
}

async function startTemporal(step: Step, context: Context, addresses: Addresses) {
  const { settings, children, signal } = context;
  if (settings.temporalAddress) {
    step.update(`asking ${settings.temporalAddress}`);
    const temporalAddress = await checkTemporal(settings);
    step.done(`${temporalAddress} (TEMPORAL_ADDRESS)`);
    return { temporalAddress, temporalUiUrl: settings.temporalUiUrl };
  }
  const place = { dataDir: settings.dataDir, namespace: settings.temporalNamespace };
  const { program, ports } = await startServer(
    'temporal',
    children,
    async () => [await addresses.choose('temporal'), await addresses.choose('temporalUi')],
    (found, [port = 0, uiPort = 0]) => temporalSpec(found, { ...place, port, uiPort }),
    { say: step.update, signal },
  );
  step.done(`127.0.0.1:${ports[0]} (${originOf(program)})`);
  return { temporalAddress: `127.0.0.1:${ports[0]}`, temporalUiUrl: `http://127.0.0.1:${ports[1]}` };
}

async function startMongodb(step: Step, context: Context, addresses: Addresses): Promise<string> {
  const { settings, children, signal } = context;
  if (settings.mongodbUri) {
    step.update(`asking ${withoutPassword(settings.mongodbUri)}`);
    const uri = await checkMongo(settings.mongodbUri);
    step.done(`${withoutPassword(uri)} (MONGODB_URI)`);
    return uri;
  }
  const { dataDir } = settings;
  const { program, ports } = await startServer(
    'mongodb',
    children,
    async () => [await addresses.choose('mongodb')],
    (found, [port = 0]) => mongodbSpec(found, dataDir, port),
    { say: step.update, signal, only: engineOf(dataDir) },
  );
  rememberEngine(dataDir, program.flavour);
  const uri = mongodbUri(ports[0] ?? 0);
  step.done(`127.0.0.1:${ports[0]} (${program.flavour}, ${originOf(program)})`);
  return uri;
}

async function startExchange(step: Step, context: Context, addresses: Addresses) {
  const { settings, children, signal } = context;
  step.update('looking for the real exchange');
  const venue = await chooseVenue(settings);
  if (venue.kind === 'given') {
    const url = await checkExchange(venue.url);
    step.done(`${url} (EXCHANGE_URL)`);
    return { url, controlUrl: venue.controlUrl, market: 'the exchange that EXCHANGE_URL names' };
  }
  signal.throwIfAborted();
  const [port, controlPort] = [await addresses.choose('simulator'), await addresses.choose('simulatorControl')];
  await children.start(simulatorSpec(settings, venue, port, controlPort)).ready;
  const url = `http://127.0.0.1:${port}`;
  const market =
    venue.kind === 'live' ? 'live prices of the real exchange' : `recorded candles at ${venue.speed} times real time`;
  step.done(`${url} (${market}${venue.kind === 'recorded' ? `; ${venue.reason}` : ''})`);
  return { url, controlUrl: `http://127.0.0.1:${controlPort}`, market };
}

async function buildStep(target: 'workflows' | 'dashboard', step: Step, { signal }: Context): Promise<void> {
  step.done(await build(target, signal));
}

async function inStep<T>(context: Context, title: string, work: (step: Step) => Promise<T>): Promise<T> {
  const step = context.progress.step(title);
  try {
    const result = await work(step);
    step.done();
    return result;
  } catch (error) {
    if (!context.signal.aborted) step.fail((error as Error).message.split('\n')[0] ?? '');
    throw error;
  }
}

const ORIGINS = {
  path: 'from the PATH',
  cache: 'from the cache',
  download: 'downloaded',
  pip: 'installed by pip',
} as const;
const originOf = (program: Program): string => ORIGINS[program.origin];
