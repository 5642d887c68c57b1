/** The steps of telling users, with their patience. All of them run on the queue of the workflow that calls them. */
import { proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { NotificationActivities, NotificationInput } from '../activities/notifications.js';
import type { ChannelName } from '../trading/types.js';

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
 * One attempt ends within 22 s and the next begins 8 s later at the most, so that a channel that is back has what
 * waited within 30 s. Trying ends after `expiresAfterMs`, or never.
 */
export function delivering(expiresAfterMs: number | null) {
  return proxyActivities<
    Pick<NotificationActivities, 'deliverEmail' | 'deliverDiscord' | 'deliverTelegram' | 'deliverDigest'>
  >({
    startToCloseTimeout: '22 seconds',
    // A worker that died is noticed in this time, and the message goes out from another.
    heartbeatTimeout: '4 seconds',
    ...(expiresAfterMs === null ? {} : { scheduleToCloseTimeout: expiresAfterMs }),
    retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '8 seconds' },
    ...(expiresAfterMs === null ? { priority: { priorityKey: 1 } } : {}),
  });
}

export function deliverers(expiresAfterMs: number | null) {
  const steps = delivering(expiresAfterMs);
  return {
    email: steps.deliverEmail,
    discord: steps.deliverDiscord,
    telegram: steps.deliverTelegram,
  } satisfies Record<Exclude<ChannelName, 'dashboard'>, (input: NotificationInput) => Promise<boolean>>;
}
