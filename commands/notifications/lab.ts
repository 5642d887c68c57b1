/** Everything that telling users needs, for real: Temporal, a database, a worker process to kill, and receivers. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { startNotification } from '../../activities/notificationClient.js';
import { connectDatabase } from '../../adapters/database/connect.js';
import { createRepositories, type Repositories } from '../../adapters/database/repositories.js';
import { projectRoot } from '../../adapters/paths.js';
import { loadMasterKeys } from '../../adapters/secrets/master-keys.js';
import { startServers, type TestServers } from '../../launcher/lab.js';
import type { NotificationEvent } from '../../trading/notifications/index.js';
import { addUserWithChannels, type Receivers, startReceivers, type ToldUser } from './users.js';

export interface NotificationLab extends Omit<Receivers, 'close'> {
  servers: TestServers;
  client: Client;
  repositories: Repositories;
  addUser(user: ToldUser): Promise<void>;
  notify(userId: string, event: NotificationEvent): Promise<void>;
  close(): Promise<void>;
}

export async function openLab(): Promise<NotificationLab> {
  execFileSync(process.execPath, [join(projectRoot(), 'scripts', 'build.mjs'), 'workflows']);
  const [servers, receivers] = await Promise.all([startServers({ temporal: true, mongodb: true }), startReceivers()]);
  const keys = loadMasterKeys(undefined, servers.dataDir);
  const database = await connectDatabase(servers.mongodbUri);
  const repositories = createRepositories(database, keys);
  const connection = await Connection.connect({ address: servers.temporalAddress });
  const client = new Client({ connection });
  let users = 0;
  return {
    ...receivers,
    servers,
    client,
    repositories,
    env: {
      ...receivers.env,
      DATA_DIR: servers.dataDir,
      TEMPORAL_ADDRESS: servers.temporalAddress,
      MONGODB_URI: servers.mongodbUri,
      LOG_LEVEL: 'warn',
    },
    addUser: (user) => addUserWithChannels(repositories, keys, user, (users += 1)),
    notify: (userId, event) => startNotification(client, { userId, event }),
    async close() {
      await Promise.all([receivers.close(), connection.close(), database.close()]);
      await servers.stop();
    },
  };
}
