/**
 * Tells users and administrators without Temporal: the notification is stored and delivered by this process. Of several
 * API processes the one that stores it delivers it; where that one dies, another, or its successor, takes it over. While the database is away, administrators are told by mail at the
 * addresses last known (every process does then; the Message-ID is the same), and the document follows.
 */
import {
  ChannelFailure,
  type Channels,
  type Destination,
  type FindDestination,
} from '../../adapters/notifications/index.js';
import type { Repositories } from '../../adapters/database/repositories.js';
import {
  messageLocale,
  NOTIFICATION_RULES,
  type NotificationEvent,
  planDelivery,
  renderMessage,
  type MessageLocale,
} from '../../trading/notifications/index.js';
import type { ChannelName } from '../../trading/types.js';
import { type Decision, notificationId, partOf, SLOT_MS } from './decide.js';
import { WATCHDOG_TEXTS } from './texts.js';

export interface TellDependencies {
  repositories: Pick<Repositories, 'notifications' | 'users' | 'config'>;
  channels: Channels;
  findDestination: FindDestination;
  log: { warn(fields: object, message: string): void };
  now(): number;
  /** Between two looks for what another process left, real ms. */
  adoptEveryMs: number;
}

interface Recipient {
  userId: string;
  locale: MessageLocale;
  isAdmin: boolean;
  /** For the time without a database; administrators only. */
  mail: Destination | null;
}

interface Parcel {
  recipient: Recipient;
  event: NotificationEvent;
  channels: ChannelName[];
  stored: boolean;
  /** Channels that have not taken it yet. */
  open: Set<ChannelName>;
  /** What became of tries and is not in the database yet. */
  ends: Map<ChannelName, Outcome>;
  tries: number;
  nextAt: number;
}

type Outcome = { status: 'delivered' | 'failed' | 'pending'; error: string | null };
type Telling = Decision['tell'][number];
const LONGEST_WAIT_MS = 60_000;
/** Each try is noted, so that what nobody has noted anything about for so long is nobody's. */
const LEFT_AFTER_MS = 2 * LONGEST_WAIT_MS;
const ADOPTED_UP_TO_MS = 86_400_000;

export function createTeller(deps: TellDependencies) {
  const { notifications, users, config } = deps.repositories;
  let administrators: Recipient[] = [];
  let parcels: Parcel[] = [];
  let working = false;
  let adoptedAt = 0;

  return {
    /** Refreshes who is to be told; keeps what it knew where the database does not answer. */
    async remember(): Promise<void> {
      const admins = (await users.list()).filter(({ role, disabled }) => role === 'admin' && !disabled);
      administrators = await Promise.all(
        admins.map(async ({ _id, locale }) => {
          const found = await deps.findDestination(_id, 'email');
          const mail = 'destination' in found ? found.destination : null;
          return { userId: _id, locale: messageLocale(locale), isAdmin: true, mail };
        }),
      );
    },

    async tell(telling: Telling): Promise<void> {
      const owner = telling.key.startsWith('cycle:') ? telling.key.slice('cycle:'.length) : null;
      const recipients = owner === null ? administrators : await ownerOf(owner);
      for (const recipient of recipients) {
        const parcel = await pack(recipient, telling);
        if (parcel) parcels.push(parcel);
      }
    },

    /** Sends what is open and due, and notes what ended. Returns at once while an earlier round is under way. */
    async work(): Promise<void> {
      if (working) return;
      working = true;
      try {
        await adopt();
        for (const parcel of parcels) await forward(parcel);
        parcels = parcels.filter(({ stored, open, ends }) => !stored || open.size > 0 || ends.size > 0);
      } finally {
        working = false;
      }
    },
  };

  /** What a process stored and did not live to deliver. */
  async function adopt(): Promise<void> {
    const now = deps.now();
    if (now - adoptedAt < deps.adoptEveryMs) return;
    adoptedAt = now;
    try {
      const since = new Date(now - ADOPTED_UP_TO_MS);
      for (const left of await notifications.waiting('watchdog-', since, new Date(now - LEFT_AFTER_MS))) {
        const user = await users.get(left.userId);
        if (!user || left.type === 'TEST' || parcels.some(({ event }) => event.eventId === left._id)) continue;
        if (!(await notifications.claim(left, new Date(now)))) continue;
        const open = left.deliveries.filter(({ status }) => status === 'pending').map(({ channel }) => channel);
        const recipient = { userId: user._id, locale: messageLocale(user.locale), isAdmin: false, mail: null };
        const data = left.data as NotificationEvent['data'];
        const event = { eventId: left._id, type: left.type, data, at: left.createdAt.getTime() };
        parcels.push(parcelOf(recipient, event, open, true, now));
      }
    } catch {
      // The database is away: with a later look.
    }
  }

  async function ownerOf(userId: string): Promise<Recipient[]> {
    const user = await users.get(userId).catch(() => null);
    if (!user || user.disabled) return [];
    return [{ userId, locale: messageLocale(user.locale), isAdmin: false, mail: null }];
  }

  /** Null where this user is not to be told, or another process tells it. */
  async function pack(recipient: Recipient, telling: Telling): Promise<Parcel | null> {
    const { type, code, ...say } = WATCHDOG_TEXTS[partOf(telling.key)];
    const text = say[recipient.locale](telling.detail);
    const at = deps.now();
    const event: NotificationEvent = {
      eventId: notificationId(telling.key, recipient.userId, telling.since),
      type,
      data: { [type === 'SYSTEM_ERROR' ? 'message' : 'reason']: text, code },
      at,
    };
    const parcel = (channels: ChannelName[], stored: boolean) => parcelOf(recipient, event, channels, stored, at);
    try {
      const earlier = notificationId(telling.key, recipient.userId, telling.since - SLOT_MS);
      if (await notifications.get(earlier)) return null;
      const channels = await channelsOf(recipient, event, at);
      if (channels.length === 0) return null;
      return (await store(recipient, event, channels)) ? parcel(channels, true) : null;
    } catch {
      return recipient.mail ? parcel(['dashboard', 'email'], false) : null;
    }
  }

  /** The user's own choice; an administrator is told by mail whatever it is, where there is an address. */
  async function channelsOf(recipient: Recipient, { type }: NotificationEvent, now: number): Promise<ChannelName[]> {
    const [settings, own] = await Promise.all([notifications.settings(recipient.userId), config.get(recipient.userId)]);
    const plan = planDelivery({
      type,
      switches: own?.notifications ?? {
        enabled: true,
        channels: ['dashboard'],
        tradeNotifications: true,
        errorNotifications: true,
      },
      routes: settings?.routes ?? {},
      quietHours: settings?.quietHours ?? null,
      timeZone: own?.timeZone ?? 'UTC',
      now,
      recent: 0,
      unusable: {},
    });
    const chosen = plan.deliveries.map(({ channel }) => channel);
    const always: ChannelName[] = recipient.isAdmin
      ? ['dashboard', ...(recipient.mail ? (['email'] as const) : [])]
      : [];
    return [...new Set([...chosen, ...always])];
  }

  function store(recipient: Recipient, event: NotificationEvent, channels: ChannelName[]): Promise<boolean> {
    const { severity, title, summary } = renderMessage(event, recipient.locale);
    const { eventId: id, type, data } = event;
    return notifications.insert(
      { id, userId: recipient.userId, type, severity, title, message: summary, data, channels },
      new Date(event.at),
    );
  }

  async function forward(parcel: Parcel): Promise<void> {
    const now = deps.now();
    if (parcel.open.size > 0 && now >= parcel.nextAt) {
      await Promise.all([...parcel.open].map((channel) => send(parcel, channel)));
      parcel.tries += 1;
      parcel.nextAt = deps.now() + Math.min(LONGEST_WAIT_MS, 5_000 * 2 ** Math.min(parcel.tries, 5));
    }
    try {
      if (!parcel.stored) {
        await store(parcel.recipient, parcel.event, parcel.channels);
        parcel.stored = true;
      }
      for (const [channel, end] of parcel.ends) {
        await notifications.recordDelivery(parcel.event.eventId, channel, end, new Date(deps.now()));
        parcel.ends.delete(channel);
      }
    } catch {
      // The database is away: with a later look.
    }
  }

  async function send({ recipient, event, open, ends, stored }: Parcel, channel: ChannelName): Promise<void> {
    const end = (status: Outcome['status'], error: string | null): void => {
      if (status !== 'pending') open.delete(channel);
      ends.set(channel, { status, error });
    };
    try {
      const found = stored
        ? await deps.findDestination(recipient.userId, channel)
        : recipient.mail && { destination: recipient.mail };
      if (!found) return end('failed', 'no address is known while the database is away');
      if ('unusable' in found) return end('failed', found.unusable);
      const { eventId: id, type } = event;
      const message = renderMessage(event, recipient.locale);
      await deps.channels[channel].send(
        { id, type, locale: recipient.locale, message, urgent: true },
        found.destination,
      );
      end('delivered', null);
    } catch (error) {
      const why = error instanceof ChannelFailure ? error.message : 'failed';
      const expired = deps.now() - event.at > (NOTIFICATION_RULES[event.type].expiresAfterMs ?? Infinity);
      const final = expired || (error instanceof ChannelFailure && error.options.permanent === true);
      end(final ? 'failed' : 'pending', why);
      deps.log.warn({ channel, notification: event.eventId, error: why }, 'the watchdog could not deliver');
    }
  }
}

const parcelOf = (
  recipient: Recipient,
  event: NotificationEvent,
  channels: ChannelName[],
  stored: boolean,
  at: number,
): Parcel => ({
  recipient,
  event,
  channels,
  stored,
  open: new Set(channels.filter((channel) => channel !== 'dashboard')),
  ends: new Map(),
  tries: 0,
  nextAt: at,
});
