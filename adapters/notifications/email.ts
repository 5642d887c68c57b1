import { createHash } from 'node:crypto';
import nodemailer from 'nodemailer';
import { plain } from '../../trading/notifications/index.js';
import { within } from '../within.js';
import { ChannelFailure, type Channel, type ChannelOptions, type Outgoing } from './channel.js';
import { htmlMail, textMail } from './mailBody.js';
import { dashboardLink } from './links.js';
import { PACES } from './pace.js';

/** Mail by SMTP over a pool of connections; what is urgent has a connection of its own and waits behind none. */
export function createEmailChannel(options: ChannelOptions): Channel {
  const { smtpUrl, mailFrom, deadlineMs = 10_000 } = options;
  const limits = smtpUrl ? limitsOf(smtpUrl, deadlineMs) : null;
  const pool = limits && nodemailer.createTransport({ ...limits, ...POOL });
  const direct = limits && nodemailer.createTransport(limits);
  return {
    name: 'email',
    async send(outgoing, destination) {
      if (destination.channel !== 'email') throw new ChannelFailure('not a mail address', { permanent: true });
      const transport = outgoing.urgent ? direct : pool;
      if (!transport) throw new ChannelFailure('mail is not set up here (SMTP_URL)', { permanent: true });
      const to = destination.address;
      if (!isMailAddress(to)) throw new ChannelFailure('the mail address is malformed', { permanent: true });
      const noAnswer = () => new ChannelFailure(`the mail server gave no answer within ${(deadlineMs * 2) / 1000} s`);
      const sending = transport.sendMail(mailOf(outgoing, to, mailFrom, options.publicUrl));
      // The pool's own time-outs are per step; this one covers the whole.
      const info = await within(sending, deadlineMs * 2, noAnswer).catch((error: unknown) => {
        throw refusalOf(error);
      });
      return { answer: plain(String((info as { response?: unknown }).response ?? 'accepted')).slice(0, 200) };
    },
    close: () => Promise.resolve(pool?.close()),
  };
}

/**
 * The Message-ID of an event's mail, the same whenever it is made, so that receivers know a double for what it is. The
 * domain is the sender's.
 */
export function messageId(eventId: string, mailFrom: string): string {
  const domain = /@([A-Za-z0-9.-]+)>?\s*$/.exec(mailFrom)?.[1] ?? 'localhost';
  return `<${createHash('sha256').update(eventId).digest('hex').slice(0, 40)}@${domain}>`;
}

/** One plain address and nothing else: no list, no name, no line break, no comment. */
export function isMailAddress(address: string): boolean {
  return (
    address.length <= 254 &&
    /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(address)
  );
}

function mailOf(outgoing: Outgoing, to: string, from: string, publicUrl: string | undefined) {
  const settings = dashboardLink(publicUrl, '/settings/notifications');
  const headers: Record<string, string> = {
    'X-Notification-Type': outgoing.type,
    'X-Notification-Id': headerSafe(outgoing.id),
    'Auto-Submitted': 'auto-generated',
  };
  if (settings) headers['List-Unsubscribe'] = `<${settings}>`;
  return {
    from,
    to: { name: '', address: to },
    envelope: { from: /<([^<>]+)>/.exec(from)?.[1] ?? from, to: [to] },
    subject: headerSafe(outgoing.message.title).slice(0, 200),
    messageId: messageId(outgoing.id, from),
    headers,
    normalizeHeaderKey: headerName,
    priority: outgoing.urgent ? ('high' as const) : ('normal' as const),
    text: textMail(outgoing, publicUrl),
    html: htmlMail(outgoing, publicUrl),
    // Nothing in a message may make the mailer read a file or an address.
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

/** Nodemailer writes every name that ends in -Id as -ID. */
const headerName = (name: string): string => (name === 'X-Notification-ID' ? 'X-Notification-Id' : name);

const headerSafe = (text: string): string => plain(text);

/**
 * As many connections as there may be mails under way: one that waited inside the pool for a server that hangs would
 * still go out after its sender had given up on it.
 */
const POOL = { pool: true as const, maxConnections: PACES.email.inFlight, maxMessages: 200 };

function limitsOf(url: string, deadlineMs: number) {
  return {
    url,
    connectionTimeout: deadlineMs,
    greetingTimeout: deadlineMs,
    socketTimeout: deadlineMs,
    dnsTimeout: deadlineMs,
    tls: { minVersion: 'TLSv1.2' as const },
  };
}

/** 5xx to an address or a message is final; everything else (4xx, connection, login while the server is set up) is not. */
function refusalOf(error: unknown): ChannelFailure {
  if (error instanceof ChannelFailure) return error;
  const { responseCode, code, command } = error as { responseCode?: number; code?: string; command?: string };
  const about = responseCode
    ? `the mail server answered ${responseCode}`
    : `the mail server could not be reached (${code ?? 'connection error'})`;
  const final = typeof responseCode === 'number' && responseCode >= 500 && !String(command ?? '').startsWith('AUTH');
  return new ChannelFailure(about, { permanent: final && responseCode !== 503 && responseCode !== 530 });
}
