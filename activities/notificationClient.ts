import type { Client } from '@temporalio/client';
import type { NotificationActivities, NotificationInput } from './notifications.js';

/** The queue of everything that has to do with telling users; workflows/messages.ts names it too. */
const TASK_QUEUE = 'trading-notifications';

/**
 * Starts the durable delivery of one event. The workflow's id is the event's, so that the same event, however often it
 * is told, is one delivery; one that has ended is not started again.
 */
export async function startNotification(client: Client, input: NotificationInput): Promise<void> {
  const { event } = input;
  try {
    await client.workflow.start('notificationWorkflow', {
      workflowId: `notification-${event.eventId}`,
      taskQueue: TASK_QUEUE,
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      workflowIdConflictPolicy: 'USE_EXISTING',
      args: [input],
      workflowTaskTimeout: '5 seconds',
      staticSummary: `${event.type}${event.symbol ? ` ${event.symbol}` : ''}`,
      ...(event.type === 'EMERGENCY_STOP' ? { priority: { priorityKey: 1 } } : {}),
    });
  } catch (error) {
    if (error instanceof Error && error.name === 'WorkflowExecutionAlreadyStartedError') return;
    throw error;
  }
}

/** Adds an event to those that go out together, and starts the gathering where none is under way. */
export async function gatherInDigest(
  client: Client,
  { userId, channel, ...event }: Parameters<NotificationActivities['joinDigest']>[0],
): Promise<void> {
  await client.workflow.signalWithStart('notificationDigestWorkflow', {
    workflowId: `notification-digest-${userId}-${channel}`,
    taskQueue: TASK_QUEUE,
    args: [{ userId, channel }],
    signal: 'gather',
    signalArgs: [event],
    staticSummary: `digest for ${channel}`,
  });
}
