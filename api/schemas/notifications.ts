/** What was told to the user, how it was delivered, and where they want it. */
import { z } from 'zod';
import { CHANNELS, LISTED_NOTIFICATION_TYPES, LOG_LEVELS, NOTIFICATION_TYPES } from '../../trading/types.js';
import { email } from './accounts.js';
import { isoTime, page, pageQuery, searchText, symbolName } from './common.js';

const deliveryStatus = z.enum(['pending', 'delivered', 'failed', 'skipped']);

export const notificationsQuery = pageQuery.extend({
  type: z.enum(LISTED_NOTIFICATION_TYPES).optional(),
  level: z.enum(LOG_LEVELS).optional(),
  symbol: symbolName.optional(),
  unread: z.enum(['true', 'false']).optional(),
  delivery: deliveryStatus.optional().meta({
    description: 'With a channel whose delivery is in this state: `failed` are the dead letters, each with its reason',
  }),
  q: searchText.optional().meta({ description: 'Text in title or message' }),
});
export const notification = z.object({
  id: z.string(),
  type: z.enum(LISTED_NOTIFICATION_TYPES),
  severity: z.enum(LOG_LEVELS),
  title: z.string(),
  message: z.string(),
  data: z.record(z.string(), z.unknown()),
  deliveries: z.array(
    z.object({
      channel: z.enum(CHANNELS),
      status: deliveryStatus,
      attempts: z.int(),
      at: isoTime.nullable(),
      error: z.string().nullable(),
      uncertain: z.boolean().optional().meta({ description: 'An attempt ended without an answer' }),
      answer: z.string().optional().meta({ description: 'What the service said when it took the message' }),
    }),
  ),
  readAt: isoTime.nullable(),
  createdAt: isoTime,
});
export const notifications = page(notification);

export const read = z.strictObject({ ids: z.array(z.string().min(1).max(200)).max(500).optional() });
export const readAnswer = z.object({ read: z.int() });

const channel = z.enum(CHANNELS);
const channels = z
  .array(channel)
  .max(CHANNELS.length)
  .refine((list) => new Set(list).size === list.length, 'must not name a channel twice')
  .meta({ uniqueItems: true });
const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day such as 22:30');

/** Discord's own host and path only: anything else would let the server be sent to addresses of a user's choice. */
const discordWebhook = z
  .string()
  .max(300)
  .regex(
    /^https:\/\/(discord\.com|discordapp\.com)\/api\/webhooks\/\d{1,30}\/[\w-]{1,120}$/,
    'must be an address such as https://discord.com/api/webhooks/<id>/<token>',
  );

export const settingsPut = z.strictObject({
  enabled: z.boolean().optional(),
  channels: channels.optional(),
  tradeNotifications: z.boolean().optional(),
  errorNotifications: z.boolean().optional(),
  email: email.nullable().optional(),
  discordWebhookUrl: discordWebhook.nullable().optional(),
  telegramBotToken: z
    .string()
    .regex(/^\d{5,20}:[\w-]{20,80}$/, 'must be a bot token such as 123456:ABC…')
    .nullable()
    .optional(),
  telegramChatId: z
    .string()
    .regex(/^(-?\d{1,20}|@\w{5,32})$/, 'must be a chat id such as 123456 or -100123456, or @channel')
    .nullable()
    .optional(),
  routes: z.partialRecord(z.enum(NOTIFICATION_TYPES), channels).optional(),
  quietHours: z.strictObject({ from: clock, to: clock }).nullable().optional(),
});
export const settings = z.object({
  enabled: z.boolean(),
  channels: z.array(channel),
  tradeNotifications: z.boolean(),
  errorNotifications: z.boolean(),
  email: z.object({ address: z.string().nullable(), verified: z.boolean() }),
  discord: z.object({ configured: z.boolean(), hint: z.string().nullable() }),
  telegram: z.object({ configured: z.boolean(), hint: z.string().nullable() }),
  routes: z.partialRecord(z.enum(NOTIFICATION_TYPES), z.array(channel)),
  quietHours: z.object({ from: z.string(), to: z.string() }).nullable(),
});

export const test = z.strictObject({ channel: channel.optional() });
export const testAnswer = z.object({
  notificationId: z.string(),
  results: z.array(
    z.object({
      channel,
      status: z.enum(['delivered', 'failed', 'skipped']),
      error: z.string().nullable(),
      answer: z.string().nullable().meta({ description: 'What the service said when it took the message' }),
    }),
  ),
});
export const verify = z.strictObject({
  code: z.string().min(1).max(20).optional().meta({ description: 'The code that was sent; without it one is sent' }),
});
export const verifyAnswer = z.object({ verified: z.boolean(), sent: z.boolean() });
