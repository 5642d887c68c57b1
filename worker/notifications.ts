/** The workers of the notifications' queues: the workflows and short steps, and each channel's sending with its own slots. */
import type { Client } from '@temporalio/client';
import { Worker, type NativeConnection, type WorkerOptions } from '@temporalio/worker';
import { createNotificationActivities } from '../activities/notifications.js';
import { startNotification } from '../activities/notificationClient.js';
import type { EventToSend } from '../activities/types.js';
import type { Repositories } from '../adapters/database/repositories.js';
import { createChannels, createFindDestination, PACES } from '../adapters/notifications/index.js';
import type { MasterKeys } from '../adapters/secrets/master-keys.js';
import { soonOr } from '../adapters/within.js';
import { createWorkflowWorker } from '../adapters/temporal/resultOrder.js';
import { isPushed } from '../trading/notifications/index.js';
import type { Settings } from '../adapters/settings.js';
import { channelTaskQueue, NOTIFICATION_TASK_QUEUE } from '../workflows/messages.js';

type SharedOptions = Partial<WorkerOptions> & { connection: NativeConnection; namespace: string };

export interface NotificationParts {
  /**
   * Stores one event at once, and starts the durable delivery of what goes beyond the dashboard; the same event id twice
   * is one message. A delivery that only stores would be most of them, and each a workflow: a fleet's stop, or a candle
   * that makes everybody trade, would wait for a thousand of those. False where the database could not take it: then the
   * delivery stores it, and waits as long as it takes.
   */
  notify(userId: string, event: EventToSend, patienceMs?: number): Promise<boolean>;
  createWorkers: ((shared: SharedOptions) => Promise<Worker>)[];
  close(): Promise<void>;
}

export function assembleNotifications(parts: {
  settings: Pick<Settings, 'smtpUrl' | 'mailFrom' | 'linkUrl' | 'telegramBaseUrl' | 'discordBaseUrl'>;
  repositories: Repositories;
  keys: MasterKeys;
  client: Client;
  /** Counts around the steps. */
  observe?: <T extends object>(activities: T) => T;
}): NotificationParts {
  const { settings, repositories, keys, client, observe = (same) => same } = parts;
  const channels = createChannels({
    smtpUrl: settings.smtpUrl,
    mailFrom: settings.mailFrom,
    publicUrl: settings.linkUrl,
    telegramBaseUrl: settings.telegramBaseUrl,
    discordBaseUrl: settings.discordBaseUrl,
  });
  const findDestination = createFindDestination(repositories, keys, settings.smtpUrl !== undefined);
  const activities = createNotificationActivities({
    repositories,
    channels,
    findDestination,
    client,
    now: () => Date.now(),
  });
  const observed = observe({ ...activities });
  const dated = (userId: string, event: EventToSend) => ({ userId, event: { ...event, at: Date.now() } });
  return {
    async notify(userId, event, patienceMs = STORING_MS) {
      const input = dated(userId, event);
      const plan = await soonOr(observed.recordNotification(input), patienceMs, null);
      // The dashboard has it with that, and where nothing else can be used there is nothing to deliver.
      if (!plan || isPushed(plan)) await startNotification(client, plan ? { ...input, plan } : input);
      return plan !== null;
    },
    createWorkers: [mainWorker, ...PUSHED.map((channel) => (shared: SharedOptions) => senderOf(channel, shared))],
    close: async () => void (await Promise.allSettled(Object.values(channels).map((channel) => channel.close()))),
  };

  /** Every step is here too: what never waits is sent from here, and what an earlier release put on this queue. */
  function mainWorker(shared: SharedOptions): Promise<Worker> {
    return createWorkflowWorker({
      ...shared,
      taskQueue: NOTIFICATION_TASK_QUEUE,
      activities: observed,
      maxCachedWorkflows: 200,
      // A worker that died holds no message longer than this: its workflows go to another.
      stickyQueueScheduleToStartTimeout: '2 seconds',
      maxConcurrentActivityTaskExecutions: 60,
      maxHeartbeatThrottleInterval: '1 second',
      maxConcurrentWorkflowTaskExecutions: 20,
      reuseV8Context: true,
    });
  }

  function senderOf(channel: (typeof PUSHED)[number], shared: SharedOptions): Promise<Worker> {
    return Worker.create({
      ...shared,
      workflowBundle: undefined,
      taskQueue: channelTaskQueue(channel),
      activities: observed,
      maxConcurrentActivityTaskExecutions: PACES[channel].inFlight,
      // A question or two at a time is plenty for ten slots, and three queues ask.
      maxConcurrentActivityTaskPolls: 2,
      // Else signs of life are held back to four fifths of their time-out, which a busy machine overruns.
      maxHeartbeatThrottleInterval: '1 second',
    });
  }
}

/** Longer than this nobody is kept waiting for the database, and less than a step inside a workflow task may take. */
const STORING_MS = 1_000;

const PUSHED = ['email', 'discord', 'telegram'] as const;
