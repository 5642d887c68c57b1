/** Notifications and how each channel's delivery ended; and where a user wants them. */
import type { ChannelName, ListedNotificationType, LogLevel } from '../../trading/types.js';
import { byId } from './byId.js';
import { findByIndex } from './byIndex.js';
import type { Database } from './connect.js';
import type { DeliveryDocument, NotificationDocument, NotificationSettingsDocument } from './documents.js';
import { insertOnce } from './values.js';

export interface NewNotification {
  /** Derived from the event, so that a repeated step makes one notification. */
  id: string;
  userId: string;
  type: ListedNotificationType;
  severity: LogLevel;
  title: string;
  message: string;
  data?: Record<string, unknown>;
  channels: readonly ChannelName[];
  /** Why those of them that cannot be used are not. */
  unusable?: Partial<Record<ChannelName, string>>;
}

export interface NewTest extends Pick<NewNotification, 'id' | 'userId' | 'severity' | 'title' | 'message'> {
  outcomes: readonly {
    channel: ChannelName;
    status: 'delivered' | 'failed' | 'skipped';
    error: string | null;
    answer: string | null;
  }[];
}

export function createNotificationsRepository({ models }: Database) {
  return {
    /** False where this event's notification is stored already. The dashboard's delivery is the storing itself. */
    insert: (notification: NewNotification, now = new Date()): Promise<boolean> => {
      const { id, channels, unusable = {}, data, ...rest } = notification;
      const deliveries = channels.map((channel) => firstDelivery(channel, unusable[channel], now));
      const document = { ...rest, _id: id, data: data ?? {}, deliveries, readAt: null, createdAt: now, updatedAt: now };
      return insertOnce(() => models.notifications.create([document]));
    },

    /** A test message, of which is known how each channel answered. */
    async insertTest(test: NewTest, now = new Date()): Promise<void> {
      const { id, outcomes, ...rest } = test;
      const deliveries = outcomes.map(({ channel, status, error, answer }) => ({
        ...{ channel, status, error, attempts: status === 'skipped' ? 0 : 1, at: now },
        ...(answer === null ? {} : { answer }),
      }));
      const times = { readAt: null, createdAt: now, updatedAt: now };
      await models.notifications.create([{ ...rest, _id: id, type: 'TEST', data: {}, deliveries, ...times }]);
    },

    get: (id: string): Promise<NotificationDocument | null> =>
      models.notifications.findById(id).lean<NotificationDocument>(),

    /** How many events were told in a stretch of time; bounded on both sides, which is fast on every server. */
    async countBetween(userId: string, from: Date, to: Date): Promise<number> {
      const filter = { userId, createdAt: { $gte: from, $lte: to } };
      const found = await models.notifications.find(filter, { type: 1 }).lean();
      return found.filter(({ type }) => type !== 'TEST').length;
    },

    /**
     * Records an attempt of one channel for an event, or for all that went out as one message: in one command, so that
     * a process that dies leaves all of them noted or none. A delivery that succeeded is never set back.
     */
    async recordDelivery(
      id: string | readonly string[],
      channel: ChannelName,
      outcome: Pick<DeliveryDocument, 'status' | 'uncertain' | 'answer'> & { error?: string | null },
      now = new Date(),
    ): Promise<void> {
      const which = typeof id === 'string' ? id : { $in: [...id] };
      await models.notifications.updateMany(
        { _id: which, deliveries: { $elemMatch: { channel, status: { $ne: 'delivered' } } } },
        {
          $set: {
            'deliveries.$.status': outcome.status,
            'deliveries.$.error': outcome.error ?? null,
            'deliveries.$.at': now,
            ...(outcome.uncertain ? { 'deliveries.$.uncertain': true } : {}),
            ...(outcome.answer ? { 'deliveries.$.answer': outcome.answer } : {}),
            updatedAt: now,
          },
          $inc: { 'deliveries.$.attempts': 1 },
        },
      );
    },

    /**
     * Those whose ids begin with `prefix` that some channel has not taken yet, made after `since`, and that nobody has
     * noted anything about since `untouchedSince`.
     */
    waiting: (prefix: string, since: Date, untouchedSince: Date): Promise<NotificationDocument[]> =>
      findByIndex(
        models.notifications,
        { 'deliveries.status': 'pending' },
        {
          _id: { $gte: prefix, $lt: `${prefix}\uffff` },
          createdAt: { $gt: since },
          updatedAt: { $lt: untouchedSince },
        },
      ),

    /** Takes over what another process left; false where somebody touched it meanwhile. */
    async claim({ _id, updatedAt }: NotificationDocument, now = new Date()): Promise<boolean> {
      const claimed = await models.notifications.updateOne({ _id, updatedAt }, { $set: { updatedAt: now } });
      return claimed.modifiedCount === 1;
    },

    /** Marks as read: the ids given, or all. The count of those that were unread. */
    async markRead(userId: string, ids: readonly string[] | null, now = new Date()): Promise<number> {
      const which = ids === null ? {} : { _id: { $in: [...ids] } };
      const filter = { userId, readAt: null, ...which };
      return (await models.notifications.updateMany(filter, { $set: { readAt: now, updatedAt: now } })).modifiedCount;
    },

    settings: byId<NotificationSettingsDocument>(models.notificationSettings),

    /** Every user with a Telegram bot of their own. */
    async telegramUsers(): Promise<(Pick<NotificationSettingsDocument, 'userId'> & { telegram: Telegram })[]> {
      const found = await models.notificationSettings
        .find({ telegram: { $ne: null } }, { userId: 1, telegram: 1 })
        .lean<NotificationSettingsDocument[]>();
      return found.flatMap(({ userId, telegram }) => (telegram ? [{ userId, telegram }] : []));
    },

    async putSettings(
      userId: string,
      patch: Partial<Omit<NotificationSettingsDocument, '_id' | 'userId' | 'updatedAt'>>,
      now = new Date(),
    ): Promise<void> {
      const first: Record<string, unknown> = {
        email: null,
        discord: null,
        telegram: null,
        routes: {},
        quietHours: null,
      };
      first['verification'] = null;
      for (const name of Object.keys(patch)) delete first[name];
      const update = { $set: { ...patch, userId, updatedAt: now }, $setOnInsert: first };
      await models.notificationSettings.updateOne({ _id: userId }, update, { upsert: true });
    },
  };
}

type Telegram = NonNullable<NotificationSettingsDocument['telegram']>;

function firstDelivery(channel: ChannelName, unusable: string | undefined, now: Date): DeliveryDocument {
  if (unusable !== undefined) return { channel, status: 'skipped', attempts: 0, at: now, error: unusable };
  return channel === 'dashboard'
    ? { channel, status: 'delivered', attempts: 1, at: now, error: null }
    : { channel, status: 'pending', attempts: 0, at: null, error: null };
}
