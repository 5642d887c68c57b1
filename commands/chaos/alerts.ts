/** What a mail server took during a run: which alerts came, which did not, which twice. */
import { pause } from '../../launcher/processes.js';
import type { MailServer } from '../notifications/receivers.js';

export interface Alert {
  to: string;
  /** The type of the notification, such as EMERGENCY_STOP; empty where the mail is none. */
  type: string;
  /** The same for every copy of one message. */
  messageId: string;
}

/** Every mail that was taken, once for each of its recipients. */
export function alertsOf({ mails, recipients }: Pick<MailServer, 'mails' | 'recipients'>): Alert[] {
  return mails.flatMap((mail, index) =>
    (recipients[index] ?? []).map((to) => ({
      to,
      type: String(mail.headers.get('x-notification-type') ?? ''),
      messageId: mail.messageId ?? '',
    })),
  );
}

/** The addresses that have no alert of this type yet; looked at until there are none, for up to `withinMs`. */
export async function unalerted(
  received: () => readonly Alert[],
  addresses: readonly string[],
  type: string,
  withinMs: number,
): Promise<string[]> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const told = new Set(
      received()
        .filter((alert) => alert.type === type)
        .map(({ to }) => to),
    );
    const missing = addresses.filter((address) => !told.has(address));
    if (missing.length === 0 || Date.now() > deadline) return missing;
    await pause(250);
  }
}

/** How many alerts were copies of one that had come before: a kill between the acceptance and its note repeats it. */
export const copies = (received: readonly Alert[]): number =>
  received.length - new Set(received.map(({ to, messageId }) => `${to} ${messageId}`)).size;
