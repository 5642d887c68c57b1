/** The steps of telling users, with their patience. Sending runs on its channel's queue, the rest on the workflow's own. */
import { proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { NotificationActivities, NotificationInput } from '../activities/notifications.js';
import type { ChannelName } from '../trading/types.js';
import { channelTaskQueue } from './messages.js';

export const A_DAY = 24 * 3_600_000;

/** The dashboard's delivery is the storing itself. */
export type PushedChannel = Exclude<ChannelName, 'dashboard'>;

/** Short reads and writes of the database, inside the workflow's task; waited for as long as it takes. */
export const storing = proxyLocalActivities<Pick<NotificationActivities, 'recordNotification' | 'recordDelivery'>>({
  startToCloseTimeout: '5 seconds',
  retry: { initialInterval: '500 milliseconds', backoffCoefficient: 2, maximumInterval: '10 seconds' },
});

export const gathering = proxyActivities<Pick<NotificationActivities, 'joinDigest'>>({
  startToCloseTimeout: '8 seconds',
  retry: { initialInterval: '500 milliseconds', backoffCoefficient: 2, maximumInterval: '10 seconds' },
});

/**
 * One attempt ends within 22 s and the next begins 5 s later at the most, so that a channel that is back has what
 * waited within 30 s, also where a worker dies meanwhile. What never expires (`null`) never waits either: it goes by the queue that no backlog is on.
 */
export function delivering(channel: PushedChannel, expiresAfterMs: number | null) {
  return proxyActivities<
    Pick<NotificationActivities, 'deliverEmail' | 'deliverDiscord' | 'deliverTelegram' | 'deliverDigest'>
  >({
    startToCloseTimeout: '22 seconds',
    // A worker that died is noticed in this time, and the message goes out from another.
    heartbeatTimeout: '5 seconds',
    ...(expiresAfterMs === null
      ? { priority: { priorityKey: 1 } }
      : { scheduleToCloseTimeout: expiresAfterMs, taskQueue: channelTaskQueue(channel) }),
    retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '5 seconds' },
  });
}

export function deliver(
  channel: PushedChannel,
  input: NotificationInput,
  expiresAfterMs: number | null,
): Promise<boolean> {
  const steps = delivering(channel, expiresAfterMs);
  const byChannel = {
    email: steps.deliverEmail,
    discord: steps.deliverDiscord,
    telegram: steps.deliverTelegram,
  } satisfies Record<PushedChannel, (input: NotificationInput) => Promise<boolean>>;
  return byChannel[channel](input);
}
