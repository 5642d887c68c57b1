/**
 * Tells one user one thing: stored for the dashboard first, then every channel by itself, each retried until it took
 * the message or the message is too old. A channel that fails holds no other; how each ended can be read.
 */
import { ActivityFailure, ApplicationFailure, patched, TimeoutFailure } from '@temporalio/workflow';
import type { NotificationInput } from '../activities/notifications.js';
import { NOTIFICATION_RULES } from '../trading/notifications/rules.js';
import type { ChannelName } from '../trading/types.js';
import { A_DAY, deliver, gathering, type PushedChannel, storing } from './notificationSteps.js';

export async function notificationWorkflow(input: NotificationInput): Promise<Record<string, string>> {
  const { userId, event } = input;
  const expires = NOTIFICATION_RULES[event.type].expiresAfterMs;
  // A worker of before does not know the plan that it is given, and records one.
  const plan = input.plan && patched('planned') ? input.plan : await storing.recordNotification(input);
  const outcomes: Record<string, string> = {};
  for (const { channel, reason } of plan.skipped) {
    outcomes[channel] = `skipped: ${reason}`;
    if (plan.skippedStored) continue;
    await storing.recordDelivery({ eventIds: [event.eventId], channel, status: 'skipped', error: reason });
  }
  await Promise.all(plan.deliveries.map(({ channel, notBefore }) => tell(channel, notBefore)));
  return outcomes;

  async function tell(channel: ChannelName, notBefore: number | null): Promise<void> {
    if (channel === 'dashboard') outcomes[channel] = 'delivered';
    else if (notBefore !== null) {
      await gathering.joinDigest({
        userId,
        channel,
        eventId: event.eventId,
        notBefore,
        expiresAfterMs: expires ?? A_DAY,
      });
      outcomes[channel] = 'gathered';
    } else outcomes[channel] = await push(channel);
  }

  async function push(channel: PushedChannel): Promise<string> {
    try {
      if (await deliver(channel, input, expires)) return 'delivered';
    } catch (failure) {
      const error = reasonOf(failure);
      await storing.recordDelivery({ eventIds: [event.eventId], channel, status: 'failed', error });
      return `failed: ${error}`;
    }
    await storing.recordDelivery({ eventIds: [event.eventId], channel, status: 'delivered', error: null });
    return 'delivered';
  }
}

/** Why a delivery ended without success, for the reader of the notification. */
export function reasonOf(failure: unknown): string {
  const cause = failure instanceof ActivityFailure ? failure.cause : failure;
  if (cause instanceof ApplicationFailure) return cause.message;
  const last = cause instanceof TimeoutFailure ? cause.cause : undefined;
  return last instanceof Error ? `expired; last: ${last.message}` : 'expired';
}
