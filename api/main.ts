/** `npm run api`: one API process. Ends on SIGTERM, and when the launcher that started it is gone. */
import { createServer as createHttpServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { argumentsOrExit } from '../adapters/commandLine.js';
import { ConfigFileError, loadDefaultConfig } from '../adapters/config/defaults.js';
import { connectDatabase } from '../adapters/database/connect.js';
import { createRepositories } from '../adapters/database/repositories.js';
import { keepAlive } from '../adapters/keepAlive.js';
import { showVenues } from '../adapters/exchange/venueMetrics.js';
import { createLogger } from '../adapters/log.js';
import { serveMetrics } from '../adapters/metricsServer.js';
import { createChannels } from '../adapters/notifications/index.js';
import { projectRoot, projectVersion } from '../adapters/paths.js';
import { loadMasterKeys } from '../adapters/secrets/master-keys.js';
import { settingsWithServersOrExit, temporalConnectOptions } from '../adapters/settings.js';
import { startTracing } from '../adapters/tracing/start.js';
import { clientInterceptor } from '../adapters/tracing/temporal.js';
import { dataConverterOf } from '../adapters/temporal/converter.js';
import type { ApiDependencies } from './dependencies.js';
import { startExpiry } from './expiry.js';
import { firstStart } from './firstStart.js';
import { createServer } from './server.js';
import { startTelegramBots } from './telegramBots.js';
import { createApiVenues } from './venues.js';
import { startWatchdog } from './watchdog.js';
import { startWorkflowCare } from './workflowCare.js';

argumentsOrExit('npm run api: one API process; settings come from the environment and .env (docs/DEPLOYMENT.md)', {});
const settings = settingsWithServersOrExit();
const log = createLogger({ name: 'api', level: settings.logLevel });
const host = settings.listenHost;

const defaults = defaultsOrExit();
const { connection: temporal, namespace } = temporalConnectOptions(settings);
const database = await connectDatabase(settings.mongodbUri, { serverSelectionTimeoutMS: 3_000 });
const connection = Connection.lazy(temporal);
const converter = dataConverterOf(settings);
const keys = loadMasterKeys(settings.masterKey, settings.dataDir);
const repositories = createRepositories(database, keys);
const venues = createApiVenues(settings, repositories, log);
const channels = createChannels({
  smtpUrl: settings.smtpUrl,
  mailFrom: settings.mailFrom,
  publicUrl: settings.linkUrl,
  telegramBaseUrl: settings.telegramBaseUrl,
  discordBaseUrl: settings.discordBaseUrl,
});

const deps = {
  database,
  repositories,
  keys,
  client: new Client({ connection, namespace, ...converter, interceptors: { workflow: [clientInterceptor] } }),
  venue: venues.of,
  channels,
  mailIsSetUp: settings.smtpUrl !== undefined,
  signInPolicy: settings.signInPolicy,
  defaults,
  log,
  version: projectVersion(),
  publicUrl: settings.publicUrl,
  trustedProxies: settings.trustedProxies,
  loopbackOnly: isLoopback(host),
  temporalUiUrl: settings.temporalUiUrl,
  codec: converter.dataConverter?.payloadCodecs?.[0],
  dashboard: join(projectRoot(), 'dist', 'dashboard'),
} satisfies ApiDependencies;
const tracing = await startTracing(settings, 'api', deps.version, (message) => log.warn(message));
const api = createServer(deps);
showVenues(api.registry, 'ctp_api', venues.made);

const made = await firstStart({ repositories, defaults, log, venue: venues.of }, api.trading, settings);
const server = keepAlive(createHttpServer({ requestTimeout: 30_000, headersTimeout: 15_000 }, api.app));
await listen(server);
const stopBots = startTelegramBots({
  repositories,
  keys,
  trading: api.trading,
  signInPolicy: settings.signInPolicy,
  warn: (message) => log.warn(message),
  telegramBaseUrl: settings.telegramBaseUrl,
});
const stopWatchdog = startWatchdog(deps, { dataDir: settings.dataDir, namespace, registry: api.registry });
const stopExpiry = startExpiry(database, log);
const stopCare = startWorkflowCare(deps, api.trading);
// A port of its own answers under any name, which the API does not once PUBLIC_URL is set. Under the launcher the
// variable is the worker's.
if (settings.metricsPort !== undefined && !process.send)
  await serveMetrics(api.registry, { port: settings.metricsPort, host }, log);
const { port } = server.address() as AddressInfo;
const apiUrl = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
log.info({ apiUrl, docs: `${apiUrl}/api/docs` }, 'api ready');
if (process.send)
  process.send({ ready: true, apiUrl, ...(made ?? { administrators: await repositories.users.administrators() }) });
else if (made)
  for (const one of [made.credentials, made.demo])
    if (one)
      console.log(
        `Sign in as ${one.email} with ${one.password === settings.adminPassword ? 'ADMIN_PASSWORD' : one.password}`,
      );

// The first page is not to wait for the exchange's client to be loaded and for its list of symbols.
Promise.resolve()
  .then(() => venues.of('paper').exchange.market.symbolRules())
  .catch((error: unknown) => log.warn({ error: String(error) }, 'the exchange does not answer yet'));

process.on('SIGTERM', () => void stop('SIGTERM'));
process.on('SIGINT', () => void stop('SIGINT'));
process.on('disconnect', () => void stop('the launcher is gone'));

let stopping = false;
async function stop(why: string): Promise<void> {
  if (stopping) return;
  stopping = true;
  log.info({ why }, 'api stops');
  api.close();
  stopWatchdog();
  stopExpiry();
  stopCare();
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeIdleConnections();
  setTimeout(() => server.closeAllConnections(), 1_500).unref();
  await closed;
  // Temporal's connection ends with the process: its client repeats a failed call by a timer, which throws where the
  // connection was closed meanwhile.
  const closing = [stopBots(), venues.close(), ...Object.values(channels).map((channel) => channel.close())];
  await Promise.race([Promise.allSettled(closing), new Promise((resolve) => setTimeout(resolve, 500))]);
  await Promise.all([database.close(), tracing?.close()]);
  process.exit();
}

/** A default port that is taken gives way to a free one; one that was asked for does not. */
function listen(to: Server, wanted = settings.port): Promise<void> {
  return new Promise((resolve) => {
    const refused = (error: NodeJS.ErrnoException): void => {
      const isTaken = error.code === 'EADDRINUSE';
      if (isTaken && !settings.portGiven && wanted !== 0) return void listen(to, 0).then(resolve);
      exit(1, isTaken ? `PORT: ${wanted} is taken on ${host}` : error.message);
    };
    to.once('error', refused);
    to.listen(wanted, host, () => {
      to.off('error', refused);
      resolve();
    });
  });
}

function defaultsOrExit() {
  try {
    return loadDefaultConfig();
  } catch (error) {
    if (error instanceof ConfigFileError) exit(2, error.message);
    throw error;
  }
}

function exit(code: number, message: string): never {
  console.error(message);
  process.exit(code);
}

function isLoopback(address: string): boolean {
  return address === 'localhost' || address === '::1' || address.startsWith('127.');
}
