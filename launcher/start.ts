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
}

export interface Started extends Endpoints {
  apiUrl: string;
  credentials?: ApiReady['credentials'];
  /** What the prices are, in words. */
  market: string;
}

/** Starts everything: servers, exchange and builds side by side, then worker and API. */
export async function startEverything(context: Context): Promise<Started> {
  const { settings, children, progress } = context;
  const addresses = await planAddresses(settings);
  const dashboard = inStep(progress, 'Dashboard', (step) => buildStep('dashboard', step, context));
  const [temporal, mongodbUri, exchange] = await Promise.all([
    inStep(progress, 'Temporal', (step) => startTemporal(step, context, addresses)),
    inStep(progress, 'Database', (step) => startMongodb(step, context, addresses)),
    inStep(progress, 'Exchange', (step) => startExchange(step, context, addresses)),
    inStep(progress, 'Workflows', (step) => buildStep('workflows', step, context)),
    dashboard,
  ]);
  const endpoints: Endpoints = {
    ...temporal,
    mongodbUri,
    exchangeUrl: exchange.url,
    exchangeControlUrl: exchange.controlUrl,
  };
  const [, api] = await Promise.all([
    inStep(progress, 'Worker', async () => {
      await children.start(workerSpec(settings, endpoints)).ready;
    }),
    inStep(progress, 'API', async (step) => {
      const port = await addresses.choose('api');
      const ready = await children.start(apiSpec(settings, endpoints, port)).ready;
      const apiUrl = `http://127.0.0.1:${port}`;
      step.done(apiUrl);
      return { apiUrl, credentials: ready.credentials };
    }),
  ]);
  return { ...endpoints, ...api, market: exchange.market };
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

async function inStep<T>(progress: Progress, title: string, work: (step: Step) => Promise<T>): Promise<T> {
  const step = progress.step(title);
  try {
    const result = await work(step);
    step.done();
    return result;
  } catch (error) {
    step.fail((error as Error).message.split('\n')[0] ?? '');
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
