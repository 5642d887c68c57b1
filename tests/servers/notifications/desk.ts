/** Everything that telling users needs, for real: Temporal, database, a worker process, and servers that receive. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { startNotification } from '../../../activities/notificationClient.js';
import { connectDatabase } from '../../../adapters/database/connect.js';
import type { NotificationDocument } from '../../../adapters/database/documents.js';
import { createRepositories, type Repositories } from '../../../adapters/database/repositories.js';
import { sealAddress } from '../../../adapters/notifications/index.js';
import { projectRoot } from '../../../adapters/paths.js';
import { masterKeys, parseKeys } from '../../../adapters/secrets/master-keys.js';
import type { NotificationEvent } from '../../../trading/notifications/index.js';
import type { ChannelName } from '../../../trading/types.js';
import { startServers } from '../../support/servers.js';
import { config } from '../../unit/risk/fixtures.js';
import {
  type MailServer,
  startMailServer,
  startWebServer,
  type WebServer,
} from '../../../commands/notifications/receivers.js';

export const TOKEN = `123456:${'S'.repeat(35)}`;
export const WEBHOOK = `https://discord.com/api/webhooks/123456789012345678/${'s'.repeat(68)}`;

export interface Desk {
  mail: MailServer;
  telegram: WebServer;
  discord: WebServer;
  repositories: Repositories;
  client: Client;
  /** A user who wants everything on these channels; the mail address is `<id>@example.org`. */
  addUser(id: string, channels: ChannelName[], locale?: string): Promise<void>;
  notify(userId: string, event: Partial<NotificationEvent> & { eventId: string }): Promise<void>;
  stored(eventId: string): Promise<NotificationDocument>;
  /** The stored outcome of each channel: "delivered", "failed: why". */
  outcomes(eventId: string): Promise<Record<string, string>>;
  /** Kills the worker without warning and starts another. */
  killWorker(): Promise<void>;
  close(): Promise<void>;
}

export async function openDesk(): Promise<Desk> {
  execFileSync(process.execPath, [join(projectRoot(), 'scripts', 'build.mjs'), 'workflows']);
  const masterKey = randomBytes(32).toString('hex');
  const [servers, mail, telegram, discord] = await Promise.all([
    startServers({ temporal: true, mongodb: true }),
    startMailServer(),
    startWebServer({ ok: true, result: { message_id: 7 } }),
    startWebServer({ id: '99' }),
  ]);
  const database = await connectDatabase(servers.mongodbUri);
  const keys = masterKeys(parseKeys(masterKey, 'test'));
  const repositories = createRepositories(database, keys);
  const connection = await Connection.connect({ address: servers.temporalAddress });
  const client = new Client({ connection });
  const env = {
    PATH: process.env['PATH'],
    DATA_DIR: servers.dataDir,
    TEMPORAL_ADDRESS: servers.temporalAddress,
    MONGODB_URI: servers.mongodbUri,
    MASTER_KEY: masterKey,
    SMTP_URL: mail.url,
    MAIL_FROM: 'Crypto Trader Pro <bot@trader.example.org>',
    TELEGRAM_BASE_URL: telegram.url,
    DISCORD_BASE_URL: discord.url,
    LOG_LEVEL: 'warn',
  };
  let worker = await startWorker(env);

  const desk: Desk = {
    mail,
    telegram,
    discord,
    repositories,
    client,
    async addUser(id, channels, locale = 'en') {
      const at = new Date();
      const account = {
        passwordHash: 'x',
        role: 'user',
        disabled: false,
        totp: null,
        createdAt: at,
        updatedAt: at,
      } as const;
      await repositories.users.insert({ ...account, _id: id, email: `${id}@example.org`, emailVerified: true, locale });
      await repositories.config.create(id, { ...config, notifications: { ...config.notifications, channels } });
      await repositories.notifications.putSettings(id, {
        discord: { webhook: sealAddress(keys, id, 'discord', WEBHOOK), hint: 'ssss', verified: true },
        telegram: { token: sealAddress(keys, id, 'telegram', TOKEN), chatId: '42', hint: 'SSSS', verified: true },
      });
    },
    notify: (userId, event) =>
      startNotification(client, { userId, event: { type: 'DAILY_LOSS_WARNING', data: {}, at: Date.now(), ...event } }),
    async stored(eventId) {
      const found = await repositories.notifications.get(eventId);
      if (!found) throw new Error(`${eventId} is not stored`);
      return found;
    },
    async outcomes(eventId) {
      const found = await repositories.notifications.get(eventId);
      const told = (found?.deliveries ?? []).map(({ channel, status, error }) => [
        channel,
        error ? `${status}: ${error}` : status,
      ]);
      return Object.fromEntries(told) as Record<string, string>;
    },
    async killWorker() {
      await end(worker, 'SIGKILL');
      worker = await startWorker(env);
    },
    async close() {
      await end(worker, 'SIGKILL');
      await Promise.all([mail.close(), telegram.close(), discord.close(), connection.close(), database.close()]);
      await servers.stop();
    },
  };
  return desk;
}

async function startWorker(env: Record<string, string | undefined>): Promise<ChildProcess> {
  const worker = spawn(process.execPath, [join(projectRoot(), 'dist', 'worker', 'main.js')], {
    env: env as NodeJS.ProcessEnv,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const failed = once(worker, 'exit').then(([code]) => {
    throw new Error(`the worker ended with ${String(code)} before it was ready`);
  });
  await Promise.race([once(worker, 'message'), failed]);
  failed.catch(() => undefined);
  return worker;
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
}

/** Resolves with the first answer that is not undefined; asks every 50 ms. */
export async function until<T>(
  ask: () => Promise<T | undefined> | T | undefined,
  withinMs: number,
  what: string,
): Promise<T> {
  const end = Date.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > end) throw new Error(`${what}: not within ${withinMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
