/** Everything that telling users needs, for real: Temporal, a database, a worker process to kill, and receivers. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { startNotification } from '../../activities/notificationClient.js';
import { loadDefaultConfig } from '../../adapters/config/defaults.js';
import { connectDatabase } from '../../adapters/database/connect.js';
import { createRepositories, type Repositories } from '../../adapters/database/repositories.js';
import { sealAddress } from '../../adapters/notifications/index.js';
import { projectRoot } from '../../adapters/paths.js';
import { loadMasterKeys } from '../../adapters/secrets/master-keys.js';
import { startServers, type TestServers } from '../../launcher/lab.js';
import type { NotificationEvent } from '../../trading/notifications/index.js';
import { CHANNELS, type ChannelName, type TradingConfig } from '../../trading/types.js';
import { type MailServer, startMailServer, startWebServer, type WebServer } from './receivers.js';

export interface NotificationLab {
  servers: TestServers;
  client: Client;
  repositories: Repositories;
  mail: MailServer;
  discord: WebServer;
  telegram: WebServer;
  /** What a worker process needs to reach all of them. */
  env: Record<string, string>;
  /** A user with an address of their own on every channel; the mail address is `<id>@example.org`. */
  addUser(user: LabUser): Promise<void>;
  notify(userId: string, event: NotificationEvent): Promise<void>;
  close(): Promise<void>;
}

export interface LabUser {
  id: string;
  locale: 'en' | 'ko';
  /** All of them where absent. */
  channels?: readonly ChannelName[];
  config?: Partial<TradingConfig>;
}

/** @param simulator the speed of a local exchange, where one is needed */
export async function openLab(simulator?: number): Promise<NotificationLab> {
  execFileSync(process.execPath, [join(projectRoot(), 'scripts', 'build.mjs'), 'workflows']);
  const exchange = simulator === undefined ? {} : { simulator: { speed: simulator, weightLimit: 10_000_000 } };
  const [servers, mail, discord, telegram] = await Promise.all([
    startServers({ temporal: true, mongodb: true, ...exchange }),
    startMailServer(),
    startWebServer({ id: '99' }),
    startWebServer({ ok: true, result: { message_id: 7 } }),
  ]);
  const keys = loadMasterKeys(undefined, servers.dataDir);
  const database = await connectDatabase(servers.mongodbUri);
  const repositories = createRepositories(database, keys);
  const connection = await Connection.connect({ address: servers.temporalAddress });
  const client = new Client({ connection });
  let users = 0;
  return {
    servers,
    client,
    repositories,
    mail,
    discord,
    telegram,
    env: {
      DATA_DIR: servers.dataDir,
      TEMPORAL_ADDRESS: servers.temporalAddress,
      MONGODB_URI: servers.mongodbUri,
      SMTP_URL: mail.url,
      MAIL_FROM: 'Crypto Trader Pro <bot@trader.example.org>',
      TELEGRAM_BASE_URL: telegram.url,
      DISCORD_BASE_URL: discord.url,
      LOG_LEVEL: 'warn',
      ...(simulator === undefined
        ? {}
        : { EXCHANGE_URL: servers.exchangeUrl, EXCHANGE_CONTROL_URL: servers.controlUrl }),
    },
    async addUser({ id, locale, channels = CHANNELS, config = {} }) {
      const at = new Date();
      const account = { role: 'user', disabled: false, totp: null, createdAt: at, updatedAt: at } as const;
      const email = `${id}@example.org`;
      await repositories.users.insert({ ...account, passwordHash: 'x', _id: id, email, emailVerified: true, locale });
      const settings = loadDefaultConfig();
      const notifications = { ...settings.notifications, channels: [...channels] };
      await repositories.config.create(id, { ...settings, ...config, notifications });
      const number = (users += 1);
      const webhook = `https://discord.com/api/webhooks/${100_000_000 + number}/${'s'.repeat(68)}`;
      const token = `${100_000_000 + number}:${'S'.repeat(35)}`;
      await repositories.notifications.putSettings(id, {
        discord: { webhook: sealAddress(keys, id, 'discord', webhook), hint: 'ssss', verified: true },
        telegram: { token: sealAddress(keys, id, 'telegram', token), chatId: '42', hint: 'SSSS', verified: true },
      });
    },
    notify: (userId, event) => startNotification(client, { userId, event }),
    async close() {
      await Promise.all([mail.close(), telegram.close(), discord.close(), connection.close(), database.close()]);
      await servers.stop();
    },
  };
}
