import type { Message, MessageLocale } from '../../trading/notifications/index.js';
import type { ChannelName, NotificationType } from '../../trading/types.js';

/** Where one user's messages go on one channel. Secrets: it never enters a history, a log or an error. */
export type Destination =
  | { channel: 'email'; address: string }
  | { channel: 'discord'; webhook: string }
  | { channel: 'telegram'; token: string; chatId: string }
  | { channel: 'dashboard'; userId: string };

/** One message on its way. `id` names it to the receiver; the same id twice is the same message. */
export interface Outgoing {
  id: string;
  type: NotificationType | 'TEST' | 'VERIFICATION';
  message: Message;
  locale: MessageLocale;
  /** Passes the pace that others keep to. */
  urgent?: boolean;
  /** An earlier attempt may have been accepted without our knowing: the message says so beside its id. */
  mayRepeat?: boolean;
}

/** What the service answered, short and without secrets: "250 2.0.0 queued". */
export interface Sent {
  answer: string;
}

export interface Channel {
  readonly name: ChannelName;
  /**
   * Sends once and waits for the service's answer, within the channel's deadline. Throws ChannelFailure. A failure
   * after the service had accepted cannot be told from one before, so a caller that retries may send twice: receivers
   * know the double by its id.
   */
  send(outgoing: Outgoing, destination: Destination): Promise<Sent>;
  close(): Promise<void>;
}

/**
 * Why a message was not accepted. Permanent: trying again cannot help. Uncertain: it may have been accepted all the
 * same, only the answer did not come. The message text holds no secret.
 */
export class ChannelFailure extends Error {
  constructor(
    message: string,
    readonly options: { permanent?: boolean; retryAfterMs?: number; uncertain?: boolean } = {},
  ) {
    super(message);
    this.name = 'ChannelFailure';
  }
}

export interface ChannelOptions {
  smtpUrl?: string;
  /** `Name <address>` */
  mailFrom: string;
  /** The dashboard's address, for links; none are shown without it. */
  publicUrl?: string;
  /** Operators only: a gateway of their own. Users never choose these. */
  discordBaseUrl?: string;
  telegramBaseUrl?: string;
  /** One call's limit, ms (10 s). */
  deadlineMs?: number;
}
