/**
 * The steps of telling a user something. Addresses are looked up here, at the moment of sending: a history holds the
 * event and the channel's name, never an address, a webhook or a token.
 */
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { Client } from '@temporalio/client';
import {
  ChannelFailure,
  type Channels,
  type FindDestination,
  type KnownReader,
  type Outgoing,
} from '../adapters/notifications/index.js';
import type { DeliveryDocument } from '../adapters/database/documents.js';
import type { Repositories } from '../adapters/database/repositories.js';
import {
  BURST,
  isPushed,
  NOTIFICATION_RULES,
  messageLocale,
  planDelivery,
  renderDigest,
  renderMessage,
  type DeliveryPlan,
  type MessageLocale,
  type NotificationEvent,
} from '../trading/notifications/index.js';
import { type ChannelName, type NotificationSwitches } from '../trading/types.js';
import { gatherInDigest } from './notificationClient.js';
import { withFailures } from './failures.js';

export interface NotificationInput {
  userId: string;
  event: NotificationEvent;
  /** Where it goes, where it is stored and planned already. */
  plan?: DeliveryPlan;
}

export interface DigestInput {
  userId: string;
  channel: ChannelName;
  eventIds: string[];
}

/** How a delivery ends. */
export const DELIVERY_ENDS = ['delivered', 'failed', 'skipped'] as const;

export interface DeliveryOutcome {
  eventIds: string[];
  channel: ChannelName;
  status: (typeof DELIVERY_ENDS)[number];
  error: string | null;
}

export interface NotificationActivities {
  /** Stores the event for the dashboard and says where else it goes, and when. */
  recordNotification(input: NotificationInput): Promise<DeliveryPlan>;
  /** Sends once; true where that is noted already, false where the database did not answer. */
  deliverEmail(input: NotificationInput): Promise<boolean>;
  deliverDiscord(input: NotificationInput): Promise<boolean>;
  deliverTelegram(input: NotificationInput): Promise<boolean>;
  /** One message for several events. */
  deliverDigest(input: DigestInput): Promise<boolean>;
  /** Hands the event to the user's gathering workflow of that channel. */
  joinDigest(input: {
    userId: string;
    channel: ChannelName;
    eventId: string;
    notBefore: number;
    /** For how long it is tried once it is due, real ms. */
    expiresAfterMs: number;
  }): Promise<void>;
  recordDelivery(outcome: DeliveryOutcome): Promise<void>;
}

export interface NotificationDependencies {
  repositories: Pick<Repositories, 'notifications' | 'users' | 'config'>;
  channels: Channels;
  findDestination: FindDestination;
  client: Client;
  /** Real time, ms. */
  now(): number;
}

/** For a user without settings: kept for the dashboard. */
const STANDARD_SWITCHES: NotificationSwitches = {
  enabled: true,
  channels: ['dashboard'],
  tradeNotifications: true,
  errorNotifications: true,
};

export function createNotificationActivities(deps: NotificationDependencies): NotificationActivities {
  const { notifications, users, config } = deps.repositories;
  const underWay = new Map<string, Promise<boolean>>();
  const deliverBy = (channel: ChannelName) => (input: NotificationInput) => deliver(channel, input);
  return withFailures({
    recordNotification,
    deliverEmail: deliverBy('email'),
    deliverDiscord: deliverBy('discord'),
    deliverTelegram: deliverBy('telegram'),
    deliverDigest,
    joinDigest: (input) => gatherInDigest(deps.client, input),
    recordDelivery: ({ eventIds, channel, status, error }) =>
      notifications.recordDelivery(eventIds, channel, { status, error }, new Date(deps.now())),
  } satisfies NotificationActivities);

  async function recordNotification({ userId, event }: NotificationInput): Promise<DeliveryPlan> {
    const [settings, own, user] = await Promise.all([
      notifications.settings(userId),
      config.get(userId),
      users.get(userId),
    ]);
    const locale = localeFrom(user);
    const asked = {
      type: event.type,
      switches: own?.notifications ?? STANDARD_SWITCHES,
      routes: settings?.routes ?? {},
      quietHours: settings?.quietHours ?? null,
      timeZone: own?.timeZone ?? 'UTC',
      now: deps.now(),
      unusable: {},
    };
    const chosen = planDelivery({ ...asked, recent: 0 });
    const channels = chosen.deliveries.map(({ channel }) => channel);
    if (channels.length === 0) return chosen;
    const unusable = await unusableOf(userId, channels, { settings, user });
    const { severity, title, summary } = renderMessage(event, locale);
    const data = event.symbol ? { ...event.data, symbol: event.symbol } : event.data;
    const at = new Date(event.at);
    const isNew = await notifications.insert(
      { id: event.eventId, userId, type: event.type, severity, title, message: summary, data, channels, unusable },
      at,
    );
    const planned = (recent: number): DeliveryPlan => ({
      ...planDelivery({ ...asked, unusable, recent }),
      ...(isNew ? { skippedStored: true } : {}),
    });
    const alone = planned(0);
    if (!isPushed(alone) || !NOTIFICATION_RULES[event.type].digest) return alone;
    // Counted after the writing: events of the same moment see each other, and a burst is one from its first on.
    const recent = await notifications.countBetween(
      userId,
      new Date(asked.now - BURST.windowMs),
      new Date(asked.now + 1_000),
    );
    return planned(recent - 1);
  }

  async function deliver(channel: ChannelName, { userId, event }: NotificationInput): Promise<boolean> {
    const stored = await notifications.get(event.eventId);
    const earlier = stored?.deliveries.find((each) => each.channel === channel);
    if (earlier?.status === 'delivered') return true;
    const locale = await localeOf(userId);
    const { urgent } = NOTIFICATION_RULES[event.type];
    return send(userId, channel, [event.eventId], {
      id: event.eventId,
      type: event.type,
      locale,
      urgent,
      mayRepeat: mayRepeat(earlier),
      message: renderMessage(event, locale),
    });
  }

  async function deliverDigest({ userId, channel, eventIds }: DigestInput): Promise<boolean> {
    const stored = (await Promise.all(eventIds.map((id) => notifications.get(id)))).filter((each) => each !== null);
    const open = stored.filter(({ deliveries }) =>
      deliveries.some((each) => each.channel === channel && each.status === 'pending'),
    );
    const [first] = open;
    if (!first) return true;
    const locale = await localeOf(userId);
    const events = open.flatMap(({ _id, type, data, createdAt }) =>
      type === 'TEST' ? [] : [{ eventId: _id, type, data: data as NotificationEvent['data'], at: createdAt.getTime() }],
    );
    const ids = events.map(({ eventId }) => eventId);
    const id = ids.length === 1 ? first._id : `digest-${first._id}-${ids.length}`;
    const outgoing: Outgoing = { id, type: first.type, locale, message: renderDigest(events, locale) };
    const repeats = mayRepeat(first.deliveries.find((each) => each.channel === channel));
    return send(userId, channel, ids, { ...outgoing, mayRepeat: repeats });
  }

  /**
   * An attempt that Temporal gave up on, because this process was too busy to tell that it lives, may still be sending:
   * the next one waits for it and sends nothing of its own.
   */
  function send(userId: string, channel: ChannelName, eventIds: string[], outgoing: Outgoing): Promise<boolean> {
    const key = `${channel} ${outgoing.id}`;
    const running = underWay.get(key);
    if (running) return beating(running);
    const sending = sendNow(userId, channel, eventIds, outgoing).finally(() => underWay.delete(key));
    underWay.set(key, sending);
    return sending;
  }

  /** Sends once. What was accepted is noted at once, so that an attempt after a lost answer of ours does not repeat it. */
  async function sendNow(
    userId: string,
    channel: ChannelName,
    eventIds: string[],
    outgoing: Outgoing,
  ): Promise<boolean> {
    const found = await deps.findDestination(userId, channel);
    if ('unusable' in found) throw toChannelFailure(new ChannelFailure(found.unusable, { permanent: true }));
    let answer: string;
    try {
      ({ answer } = await beating(deps.channels[channel].send(outgoing, found.destination)));
    } catch (error) {
      const uncertain = error instanceof ChannelFailure && error.options.uncertain === true;
      await note({ status: 'pending', error: error instanceof Error ? error.message : 'failed', uncertain });
      throw toChannelFailure(error);
    }
    return note({ status: 'delivered', error: null, answer });

    async function note(outcome: Parameters<typeof notifications.recordDelivery>[2]): Promise<boolean> {
      try {
        await notifications.recordDelivery(eventIds, channel, outcome, new Date(deps.now()));
        return true;
      } catch {
        return false; // the workflow records the end itself and waits for the database as long as it takes
      }
    }
  }

  async function localeOf(userId: string): Promise<MessageLocale> {
    return localeFrom(await users.get(userId));
  }

  async function unusableOf(
    userId: string,
    channels: readonly ChannelName[],
    known: KnownReader,
  ): Promise<Partial<Record<ChannelName, string>>> {
    const answers = await Promise.all(
      channels.map(async (channel) => [channel, await deps.findDestination(userId, channel, known)] as const),
    );
    return Object.fromEntries(
      answers.flatMap(([channel, found]) => ('unusable' in found ? [[channel, found.unusable]] : [])),
    );
  }
}

const localeFrom = (user: { locale?: string } | null): MessageLocale => messageLocale(user?.locale ?? 'en');

/**
 * Whether an earlier attempt may have been accepted without our knowing: it ended without an answer, or without a note
 * of its end, for the worker died.
 */
function mayRepeat(earlier: DeliveryDocument | undefined): boolean {
  return earlier?.uncertain === true || (earlier?.attempts ?? 0) < Context.current().info.attempt - 1;
}

/** A channel's failure as Temporal's: permanent ones end the trying, Retry-After sets the next attempt. */
function toChannelFailure(error: unknown): Error {
  if (!(error instanceof ChannelFailure))
    return ApplicationFailure.create({ type: 'ChannelFailure', message: 'the message could not be made' });
  const { permanent = false, retryAfterMs } = error.options;
  return ApplicationFailure.create({
    type: 'ChannelFailure',
    message: error.message,
    nonRetryable: permanent,
    nextRetryDelay: retryAfterMs,
  });
}

/** Tells Temporal that the attempt lives while it waits for a slow service. */
async function beating<T>(work: Promise<T>): Promise<T> {
  const context = Context.current();
  const timer = setInterval(() => context.heartbeat(), 2_000);
  try {
    return await work;
  } finally {
    clearInterval(timer);
  }
}
