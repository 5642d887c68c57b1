/** Real Temporal, database and exchange with one worker of the product on them: for whatever measures it or breaks it. */
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { connectDatabase, type Database } from '../../adapters/database/connect.js';
import { createRepositories, type Repositories } from '../../adapters/database/repositories.js';
import { loadMasterKeys } from '../../adapters/secrets/master-keys.js';
import { closeLater } from '../../adapters/temporal/closeLater.js';
import { type ServerChoice, startServers, type TestServers } from '../../launcher/lab.js';
import { buildWorkflowsOnce } from './build.js';
import { type CampaignWorker, startCampaignWorker } from './worker.js';

export interface Stand {
  servers: TestServers;
  /** Started, not waited for: `await worker.ready()`. */
  worker: CampaignWorker;
  workerLog: string;
  database: Database;
  repositories: Repositories;
  client: Client;
  /** Ends the worker, the connections and the servers, in this order. */
  stop(): Promise<void>;
}

/**
 * @param choice beside Temporal and the database, which are always started
 * @param env further settings of the worker. The servers' addresses are written into this very object, and every start
 *   of the worker reads it anew: who keeps it can change what the next worker gets.
 */
export async function startStand(choice: ServerChoice, env: Record<string, string> = {}): Promise<Stand> {
  await buildWorkflowsOnce();
  const servers = await startServers({ temporal: true, mongodb: true, ...choice });
  const workerLog = join(servers.dataDir, 'worker.log');
  const worker = startCampaignWorker(Object.assign(env, { ...workerEnvironment(servers), ...env }), workerLog);
  const database = await connectDatabase(servers.mongodbUri);
  const connection = await Connection.connect({ address: servers.temporalAddress });
  return {
    servers,
    worker,
    workerLog,
    database,
    repositories: createRepositories(database, loadMasterKeys(undefined, servers.dataDir)),
    client: new Client({ connection }),
    async stop() {
      await worker.stop();
      closeLater(connection);
      await database.close();
      await servers.stop();
    },
  };
}

/** What a worker needs to know of the servers it works on. */
export const workerEnvironment = (servers: TestServers): Record<string, string> => ({
  DATA_DIR: servers.dataDir,
  TEMPORAL_ADDRESS: servers.temporalAddress,
  TEMPORAL_NAMESPACE: 'default',
  MONGODB_URI: servers.mongodbUri,
  EXCHANGE_URL: servers.exchangeUrl,
  EXCHANGE_CONTROL_URL: servers.controlUrl,
  DEMO: 'false',
  // No model is trained here, and what is compared with a backtest must not depend on that.
  WITHOUT_MODEL: 'full',
  LOG_LEVEL: 'warn',
});
