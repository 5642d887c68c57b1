/** Users whom campaigns and benchmarks tell things, and the servers that receive it. */
import { loadDefaultConfig } from '../../adapters/config/defaults.js';
import type { Repositories } from '../../adapters/database/repositories.js';
import { sealAddress } from '../../adapters/notifications/index.js';
import type { MasterKeys } from '../../adapters/secrets/master-keys.js';
import { CHANNELS, type ChannelName, type TradingConfig } from '../../trading/types.js';
import { type MailServer, startMailServer, startWebServer, type WebServer } from './receivers.js';

export interface Receivers {
  mail: MailServer;
  discord: WebServer;
  telegram: WebServer;
  /** What a worker needs to reach them. */
  env: Record<string, string>;
  close(): Promise<void>;
}

export async function startReceivers(): Promise<Receivers> {
  const [mail, discord, telegram] = await Promise.all([
    startMailServer(),
    startWebServer({ id: '99' }),
    startWebServer({ ok: true, result: { message_id: 7 } }),
  ]);
  return {
    mail,
    discord,
    telegram,
    env: {
      SMTP_URL: mail.url,
      MAIL_FROM: 'Crypto Trader Pro <bot@trader.example.org>',
      TELEGRAM_BASE_URL: telegram.url,
      DISCORD_BASE_URL: discord.url,
    },
    close: async () => void (await Promise.all([mail.close(), discord.close(), telegram.close()])),
  };
}

export interface ToldUser {
  id: string;
  locale: 'en' | 'ko';
  /** All of them where absent. */
  channels?: readonly ChannelName[];
  config?: Partial<TradingConfig>;
}

/**
 * A user with an address of their own on every channel: `<id>@example.org`, and a webhook and a bot whose number is
 * 100,000,000 + `number`.
 */
export async function addUserWithChannels(
  { users, config, notifications }: Repositories,
  keys: MasterKeys,
  { id, locale, channels = CHANNELS, config: own = {} }: ToldUser,
  number: number,
): Promise<void> {
  const at = new Date();
  const account = { role: 'user', disabled: false, totp: null, createdAt: at, updatedAt: at } as const;
  const email = `${id}@example.org`;
  await users.insert({ ...account, passwordHash: 'x', _id: id, email, emailVerified: true, locale });
  const settings = loadDefaultConfig();
  await config.create(id, {
    ...settings,
    ...own,
    notifications: { ...settings.notifications, channels: [...channels] },
  });
  const webhook = `https://discord.com/api/webhooks/${100_000_000 + number}/${'s'.repeat(68)}`;
  const token = `${100_000_000 + number}:${'S'.repeat(35)}`;
  await notifications.putSettings(id, {
    discord: { webhook: sealAddress(keys, id, 'discord', webhook), hint: 'ssss', verified: true },
    telegram: { token: sealAddress(keys, id, 'telegram', token), chatId: '42', hint: 'SSSS', verified: true },
  });
}
