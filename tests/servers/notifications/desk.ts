/** Everything that telling users needs, for real: the campaign's servers and receivers, and a worker of the product. */
import { join } from 'node:path';
import type { NotificationDocument } from '../../../adapters/database/documents.js';
import { openLab, type NotificationLab } from '../../../commands/notifications/lab.js';
import { startKillableWorker } from '../../../commands/notifications/process.js';
import type { NotificationEvent } from '../../../trading/notifications/index.js';
import type { ChannelName } from '../../../trading/types.js';

export const TOKEN = `123456:${'S'.repeat(35)}`;
/** What must be in no history: parts of every user's webhook and token. */
export const SECRETS = ['S'.repeat(35), 's'.repeat(68)];

export interface Desk extends Pick<NotificationLab, 'mail' | 'telegram' | 'discord' | 'repositories' | 'client'> {
  /** A user who wants everything on these channels; the mail address is `<id>@example.org`. */
  addUser(id: string, channels: ChannelName[], locale?: 'en' | 'ko'): Promise<void>;
  notify(userId: string, event: Partial<NotificationEvent> & { eventId: string }): Promise<void>;
  stored(eventId: string): Promise<NotificationDocument>;
  /** The stored outcome of each channel: "delivered", "failed: why". */
  outcomes(eventId: string): Promise<Record<string, string>>;
  /** Kills the worker without warning and starts another. */
  killWorker(): Promise<void>;
  close(): Promise<void>;
}

export async function openDesk(): Promise<Desk> {
  const lab = await openLab();
  const worker = await startKillableWorker('worker/main', lab.env, join(lab.servers.dataDir, 'worker.log'));
  const { notifications } = lab.repositories;
  return {
    ...lab,
    addUser: (id, channels, locale = 'en') => lab.addUser({ id, channels, locale }),
    notify: (userId, event) => lab.notify(userId, { type: 'DAILY_LOSS_WARNING', data: {}, at: Date.now(), ...event }),
    async stored(eventId) {
      const found = await notifications.get(eventId);
      if (!found) throw new Error(`${eventId} is not stored`);
      return found;
    },
    async outcomes(eventId) {
      const found = await notifications.get(eventId);
      const told = (found?.deliveries ?? []).map(({ channel, status, error }) => [
        channel,
        error ? `${status}: ${error}` : status,
      ]);
      return Object.fromEntries(told) as Record<string, string>;
    },
    killWorker: () => worker.killAndRestart(),
    async close() {
      await worker.stop();
      await lab.close();
    },
  };
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
