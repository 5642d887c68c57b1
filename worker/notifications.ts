/** The worker of the notifications' queue: its workflows, its steps and what they need. */
import type { Client } from '@temporalio/client';
import { Worker, type NativeConnection, type WorkerOptions } from '@temporalio/worker';
import { createNotificationActivities } from '../activities/notifications.js';
import { startNotification } from '../activities/notificationClient.js';
import type { EventToSend } from '../activities/types.js';
import type { Repositories } from '../adapters/database/repositories.js';
import { createChannels, createFindDestination } from '../adapters/notifications/index.js';
import type { MasterKeys } from '../adapters/secrets/master-keys.js';
import type { Settings } from '../adapters/settings.js';
import { NOTIFICATION_TASK_QUEUE } from '../workflows/messages.js';

export interface NotificationParts {
  /** Starts the durable delivery of one event; the same event id twice is one message. */
  notify(userId: string, event: EventToSend): Promise<void>;
  createWorker(shared: Partial<WorkerOptions> & { connection: NativeConnection; namespace: string }): Promise<Worker>;
  close(): Promise<void>;
}

/**
 * TELEGRAM_BASE_URL and DISCORD_BASE_URL lead messages to gateways of the operator's own; they are read from the
 * environment only and no user can set them.
 */
export function assembleNotifications(parts: {
  settings: Pick<Settings, 'smtpUrl' | 'mailFrom' | 'publicUrl'>;
  repositories: Repositories;
  keys: MasterKeys;
  client: Client;
  env?: Record<string, string | undefined>;
  /** Counts around the steps. */
  observe?: <T extends object>(activities: T) => T;
}): NotificationParts {
  const { settings, repositories, keys, client, env = process.env, observe = (same) => same } = parts;
  const channels = createChannels({
    smtpUrl: settings.smtpUrl,
    mailFrom: settings.mailFrom,
    publicUrl: settings.publicUrl,
    telegramBaseUrl: env['TELEGRAM_BASE_URL'] || undefined,
    discordBaseUrl: env['DISCORD_BASE_URL'] || undefined,
  });
  const findDestination = createFindDestination(repositories, keys, settings.smtpUrl !== undefined);
  const activities = createNotificationActivities({
    repositories,
    channels,
    findDestination,
    client,
    now: () => Date.now(),
  });
  return {
    notify: (userId, event) => startNotification(client, { userId, event: { ...event, at: Date.now() } }),
    createWorker: (shared) =>
      Worker.create({
        ...shared,
        taskQueue: NOTIFICATION_TASK_QUEUE,
        activities: observe({ ...activities }),
        maxCachedWorkflows: 200,
        maxConcurrentActivityTaskExecutions: 60,
        maxConcurrentWorkflowTaskExecutions: 20,
        reuseV8Context: true,
      }),
    close: async () => void (await Promise.allSettled(Object.values(channels).map((channel) => channel.close()))),
  };
}
