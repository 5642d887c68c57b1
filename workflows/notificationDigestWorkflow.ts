/**
 * Gathers what one user is to be told on one channel, and sends it as one message when its time has come: half a
 * minute after a burst began, or when the quiet hours are over. Ends when nothing is left; the next event starts it anew.
 */
import { condition, defineSignal, setHandler } from '@temporalio/workflow';
import type { DigestInput } from '../activities/notifications.js';
import { BURST } from '../trading/notifications/plan.js';
import { A_DAY, delivering, type PushedChannel, storing } from './notificationSteps.js';
import { reasonOf } from './notificationWorkflow.js';

export interface GatheredEvent {
  eventId: string;
  /** Real time, ms. */
  notBefore: number;
  /** For how long it is tried once it is due; a day where an earlier release gathered it. */
  expiresAfterMs?: number;
}

export interface DigestWorkflowInput extends Omit<DigestInput, 'eventIds'> {
  channel: PushedChannel;
}

export const gatherSignal = defineSignal<[GatheredEvent]>('gather');

/** So many events in one message; more make a further one. */
const LARGEST = 200;

export async function notificationDigestWorkflow({ userId, channel }: DigestWorkflowInput): Promise<number> {
  const waiting = new Map<string, GatheredEvent>();
  setHandler(gatherSignal, (event) => void waiting.set(event.eventId, event));
  // The signal that starts the workflow may be delivered after this line is reached.
  await condition(() => waiting.size > 0, '1 minute');
  let messages = 0;
  while (waiting.size > 0) {
    // Whatever came within the same burst goes along, though its own time is a little later.
    const due = Math.min(...[...waiting.values()].map(({ notBefore }) => notBefore));
    const known = waiting.size;
    // A later event may be due earlier, so a new one ends the wait; the loop measures it anew.
    if (due > Date.now() && (await condition(() => waiting.size !== known, due - Date.now()))) continue;
    const ready = [...waiting.values()]
      .filter(({ notBefore }) => notBefore <= Date.now() + BURST.gatherMs)
      .slice(0, LARGEST);
    const eventIds = ready.map(({ eventId }) => eventId);
    // One message has one end: it is tried for as long as the most patient of its events.
    await send(eventIds, Math.max(...ready.map(({ expiresAfterMs = A_DAY }) => expiresAfterMs)));
    for (const id of eventIds) waiting.delete(id);
    messages += 1;
  }
  return messages;

  async function send(eventIds: string[], expiresAfterMs: number): Promise<void> {
    try {
      if (await delivering(channel, expiresAfterMs).deliverDigest({ userId, channel, eventIds })) return;
    } catch (failure) {
      await storing.recordDelivery({ eventIds, channel, status: 'failed', error: reasonOf(failure) });
      return;
    }
    await storing.recordDelivery({ eventIds, channel, status: 'delivered', error: null });
  }
}
