/** Assembles one worker process: connections, repositories, venues, activities. The only place that knows them all. */
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, type Worker, type WorkerOptions } from '@temporalio/worker';
import { createAnalyst } from '../adapters/analyst/analyst.js';
import { connectDatabase } from '../adapters/database/connect.js';
import { createRepositories } from '../adapters/database/repositories.js';
import { createVenues } from '../adapters/exchange/createVenues.js';
import { showVenues } from '../adapters/exchange/venueMetrics.js';
import { serveMetrics } from '../adapters/metricsServer.js';
import { loadMasterKeys } from '../adapters/secrets/master-keys.js';
import { type SettingsWithServers, temporalConnectOptions } from '../adapters/settings.js';
import type { Orphans } from '../adapters/temporal/stepsUnderWay.js';
import { clientInterceptor } from '../adapters/tracing/temporal.js';
import { dataConverterOf } from '../adapters/temporal/converter.js';
import type { ActivityDependencies, Log } from '../activities/dependencies.js';
import { type Activities, createActivities } from '../activities/index.js';
import { createCampaignActivities } from '../activities/campaign.js';
import { createAccountWatch } from './accountWatch.js';
import { createWorkerMetrics } from './metrics.js';
import { countOrderStates } from './orderStates.js';
import { beginOrphansAgain } from './orphans.js';
import { assembleNotifications } from './notifications.js';
import { assembleResearch } from './research.js';
import { assembleTraining } from './training.js';

export interface Parts {
  connection: NativeConnection;
  namespace: string;
  /** How payloads are written, for every worker and client alike. */
  converter: ReturnType<typeof dataConverterOf>;
  activities: Activities;
  /** Further workers (notifications, training, research), each made from the options that all share. */
  research: ((
    shared: Partial<WorkerOptions> & { connection: NativeConnection; namespace: string },
  ) => Promise<Worker>)[];
  /** Loads what the first order would have to wait for; ends by itself where the exchange does not answer. */
  warmUp(): Promise<void>;
  /** What only a worker that takes tasks may do: its metrics' port, and listening to its users' accounts. */
  begin(): Promise<void>;
  /** Begins again what a dead worker had under way. */
  takeOver(orphans: Orphans): Promise<void>;
  close(): Promise<void>;
}

/** How long a worker waits for the exchange before it begins, ms. */
const WARM_UP_MS = 3_000;

/** A model needs 580 closed candles, and learns from the outcomes of more. */
const CANDLES_KEPT = 1_000;

export async function assemble(settings: SettingsWithServers, log: Log): Promise<Parts> {
  const { connection: options, namespace } = temporalConnectOptions(settings);
  const converter = dataConverterOf(settings);
  const [connection, clientConnection, database] = await Promise.all([
    NativeConnection.connect(options),
    Connection.connect(options),
    connectDatabase(settings.mongodbUri),
  ]);
  const keys = loadMasterKeys(settings.masterKey, settings.dataDir);
  const metrics = createWorkerMetrics(() => Date.now());
  const stored = createRepositories(database, keys);
  const repositories = { ...stored, orders: countOrderStates(stored.orders, metrics.registry) };
  const client = new Client({
    connection: clientConnection,
    namespace,
    ...converter,
    interceptors: { workflow: [clientInterceptor] },
  });
  const venues = createVenues({
    settings,
    credentials: repositories.credentials,
    log,
    weightShare: settings.exchangeWeightShare,
    candlesKept: CANDLES_KEPT,
    streams: true,
  });
  showVenues(metrics.registry, 'ctp_worker', venues.made);
  const notifications = assembleNotifications({ settings, repositories, keys, client, observe: metrics.observe });
  const training = assembleTraining({
    settings,
    repositories,
    client,
    venue: () => venues.of(settings.exchangeUrl ? 'paper' : 'live'),
    notify: notifications.notify,
    log,
  });
  const research = assembleResearch({
    settings,
    repositories,
    venue: () => venues.of(settings.exchangeUrl ? 'paper' : 'live'),
  });
  const deps: ActivityDependencies = {
    repositories,
    venue: venues.of,
    client,
    notify: notifications.notify,
    scorer: training.scorer,
    withoutModel: settings.withoutModel,
    analyst: settings.analyst && createAnalyst(settings.analyst),
    log,
    now: () => Date.now(),
  };
  const made = createActivities(deps);
  const activities: Activities = {
    ...made,
    trading: metrics.observe(made.trading),
    emergency: metrics.observe(made.emergency),
  };
  if (process.env['CAMPAIGN'] === 'true') Object.assign(activities.trading, createCampaignActivities(deps));
  let served: Awaited<ReturnType<typeof serveMetrics>> | null = null;
  let watch: ReturnType<typeof createAccountWatch> | null = null;
  return {
    connection,
    namespace,
    converter,
    activities,
    // A campaign's worker dies every few seconds and takes only what it is killed over: it starts in half the time.
    research:
      process.env['CAMPAIGN_QUEUES'] === 'trading'
        ? []
        : [...notifications.createWorkers, training.createWorker, research.createWorker],
    async warmUp() {
      const { market } = venues.of(settings.exchangeUrl ? 'paper' : 'live').exchange;
      const answered = Promise.all([market.symbolRules(), market.serverTime()]).catch((error: unknown) =>
        log.warn({ error: String(error) }, 'the exchange does not answer yet'),
      );
      const late = new Promise((resolve) => setTimeout(resolve, WARM_UP_MS).unref());
      await Promise.race([answered, late]);
    },
    async begin() {
      const { metricsPort: port, listenHost: host } = settings;
      if (port !== undefined) served = await serveMetrics(metrics.registry, { port, host }, log);
      const watching = createAccountWatch(client, (mode) => venues.of(mode), activities.touched, log, repositories);
      watch = watching;
      deps.watch = (userId, mode) => watching.see(userId, mode);
      void watching.resume();
    },
    async takeOver(orphans) {
      await beginOrphansAgain(client, orphans, log);
    },
    /** The client's connection ends with the process: what is repeated on it would throw (`closeLater`). */
    async close() {
      served?.close();
      await watch?.close();
      await Promise.allSettled([
        venues.close(),
        notifications.close(),
        training.close(),
        research.close(),
        connection.close(),
        database.close(),
      ]);
    },
  };
}
