/** A mail server that takes every message of a run, and says afterwards which alerts came, which did not, which twice. */
import type { AddressInfo } from 'node:net';
import { pause } from '../../launcher/processes.js';

export interface Mail {
  to: string;
  /** The type of the notification, such as EMERGENCY_STOP; empty where the mail is none. */
  type: string;
  /** The same for every copy of one message. */
  messageId: string;
}

export interface Mailbox {
  /** For SMTP_URL. */
  url: string;
  received: Mail[];
  close(): Promise<void>;
}

export async function startMailbox(): Promise<Mailbox> {
  const { SMTPServer } = await import('smtp-server');
  const received: Mail[] = [];
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const [head = ''] = Buffer.concat(chunks)
          .toString('utf8')
          .split(/\r?\n\r?\n/);
        for (const { address } of session.envelope.rcptTo)
          received.push({
            to: address,
            type: header(head, 'X-Notification-Type'),
            messageId: header(head, 'Message-ID'),
          });
        done();
      });
    },
  });
  server.on('error', () => undefined); // senders that were killed
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${port}`,
    received,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

const header = (head: string, name: string): string => new RegExp(`^${name}:\\s*(\\S+)`, 'im').exec(head)?.[1] ?? '';

/** The addresses that have no mail of this type yet; looked at until there are none, for up to `withinMs`. */
export async function unalerted(
  { received }: Mailbox,
  addresses: readonly string[],
  type: string,
  withinMs: number,
): Promise<string[]> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const told = new Set(received.filter((mail) => mail.type === type).map(({ to }) => to));
    const missing = addresses.filter((address) => !told.has(address));
    if (missing.length === 0 || Date.now() > deadline) return missing;
    await pause(250);
  }
}

/** How many mails were copies of one that had come before: a kill between the acceptance and its note repeats it. */
export const copies = (received: readonly Mail[]): number =>
  received.length - new Set(received.map(({ to, messageId }) => `${to} ${messageId}`)).size;
