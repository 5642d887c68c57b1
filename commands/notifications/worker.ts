/**
 * A worker process with the notifications' queues and nothing else, assembled from the product's own parts. It tells when
 * it could begin and begins when it is told, so that a campaign that kills one after another has the next at hand. Ends
 * with the process that started it.
 */
import { once } from 'node:events';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { connectDatabase } from '../../adapters/database/connect.js';
import { createLogger } from '../../adapters/log.js';
import { createRepositories } from '../../adapters/database/repositories.js';
import { projectRoot } from '../../adapters/paths.js';
import { loadMasterKeys } from '../../adapters/secrets/master-keys.js';
import { settingsWithServersOrExit, temporalConnectOptions } from '../../adapters/settings.js';
import { type Orphans, tellSteps } from '../../adapters/temporal/stepsUnderWay.js';
import { assembleNotifications } from '../../worker/notifications.js';
import { beginOrphansAgain } from '../../worker/orphans.js';

const settings = settingsWithServersOrExit();
const { connection: options, namespace } = temporalConnectOptions(settings);
const [connection, clientConnection, database] = await Promise.all([
  NativeConnection.connect(options),
  Connection.connect(options),
  connectDatabase(settings.mongodbUri),
]);
const keys = loadMasterKeys(settings.masterKey, settings.dataDir);
const client = new Client({ connection: clientConnection, namespace });
const parts = assembleNotifications({ settings, repositories: createRepositories(database, keys), keys, client });
const codePath = join(projectRoot(), 'dist', 'workflow-bundle.js');
const shared = { connection, namespace, workflowBundle: { codePath }, interceptors: { activity: [tellSteps] } };
const workers = await Promise.all(parts.createWorkers.map((create) => create(shared)));
process.on('disconnect', () => process.exit());
process.send?.({ ready: true });
const [{ orphans }] = (await once(process, 'message')) as [{ orphans?: Orphans }];
if (orphans) void beginOrphansAgain(client, orphans, createLogger({ name: 'worker', level: settings.logLevel }));
await Promise.all(workers.map((worker) => worker.run()));
