/** Where a user wants to be told: addresses sealed, verified by a code that is sent there. */
import { createHash, randomInt } from 'node:crypto';
import type { StoredConfig } from '../../adapters/database/configRepository.js';
import type { NotificationSettingsDocument, UserDocument } from '../../adapters/database/documents.js';
import {
  type Destination,
  type Outgoing,
  createFindDestination,
  sealAddress,
} from '../../adapters/notifications/index.js';
import { messageLocale, TEXTS } from '../../trading/notifications/index.js';
import { CHANNELS, type ChannelName } from '../../trading/types.js';
import { newId, sameText } from '../auth/tokens.js';
import type { ApiDependencies } from '../dependencies.js';
import { conflict, invalid } from '../http/problem.js';
import type { notifications as schemas } from '../schemas/index.js';
import type { z } from 'zod';

export type SettingsPut = z.output<typeof schemas.settingsPut>;
const CODE_MS = 15 * 60_000;
const MOST_ATTEMPTS = 5;
const hashOf = (code: string) => createHash('sha256').update(code).digest('hex');

export function createNotificationSettings(deps: ApiDependencies) {
  const { repositories, keys, channels, mailIsSetUp } = deps;
  const find = createFindDestination(repositories, keys, mailIsSetUp);

  async function put(user: UserDocument, body: SettingsPut): Promise<void> {
    const { enabled, channels: wanted, tradeNotifications, errorNotifications, routes, quietHours } = body;
    const switches = { enabled, channels: wanted, tradeNotifications, errorNotifications };
    if (Object.values(switches).some((value) => value !== undefined))
      await repositories.config.put(user._id, { notifications: switches });
    const patch = {
      ...addressesOf(user, body),
      ...(routes && { routes }),
      ...(quietHours !== undefined && { quietHours }),
    };
    if (Object.keys(patch).length > 0) await repositories.notifications.putSettings(user._id, patch);
    if (patch.email && !patch.email.verified && mailIsSetUp)
      // What was asked for is stored; a code that did not go out is asked for again on the page.
      await sendCode(user, patch.email.address).catch((error: unknown) =>
        deps.log.warn({ userId: user._id, error: String(error) }, 'a verification code could not be mailed'),
      );
  }

  function addressesOf(user: UserDocument, body: SettingsPut): Partial<NotificationSettingsDocument> {
    const { email, discordWebhookUrl: webhook, telegramBotToken: token, telegramChatId: chatId } = body;
    const patch: Partial<NotificationSettingsDocument> = {};
    if (email !== undefined) patch.email = email === null ? null : emailOf(user, email);
    // Whoever holds a webhook's or a bot's token may send there: holding it is the proof.
    if (webhook !== undefined)
      patch.discord =
        webhook === null
          ? null
          : { webhook: sealAddress(keys, user._id, 'discord', webhook), hint: `…${webhook.slice(-4)}`, verified: true };
    if ((token === undefined) !== (chatId === undefined) || (token === null) !== (chatId === null))
      throw invalid([
        { path: token ? 'telegramChatId' : 'telegramBotToken', message: 'is needed together with the other' },
      ]);
    if (token === null) patch.telegram = null;
    else if (token && chatId)
      patch.telegram = {
        token: sealAddress(keys, user._id, 'telegram', token),
        chatId,
        hint: `${chatId.slice(0, 2)}…`,
        verified: true,
      };
    return patch;
  }

  const emailOf = (user: UserDocument, address: string) => ({
    address,
    verified: user.emailVerified && address.toLowerCase() === user.email,
  });

  async function sendCode(user: UserDocument, address: string): Promise<void> {
    const code = String(randomInt(0, 1_000_000)).padStart(6, '0');
    const verification = {
      channel: 'email' as const,
      codeHash: hashOf(code),
      expiresAt: new Date(Date.now() + CODE_MS),
      attempts: 0,
    };
    await repositories.notifications.putSettings(user._id, { verification });
    const { title, summary } = TEXTS[messageLocale(user.locale)].codes;
    await channels.email.send(outgoing(user, 'VERIFICATION', title, summary(code)), { channel: 'email', address });
  }

  /** Sends a code, or takes one. */
  async function verify(user: UserDocument, code: string | undefined): Promise<{ verified: boolean; sent: boolean }> {
    const settings = await repositories.notifications.settings(user._id);
    if (!settings?.email && user.emailVerified) return { verified: true, sent: false };
    if (!settings?.email) throw conflict('There is no address to verify: set one first.', 'NO_ADDRESS');
    if (settings.email.verified) return { verified: true, sent: false };
    if (code === undefined) {
      if (!mailIsSetUp) throw conflict('Mail is not set up here (SMTP_URL), so no code can be sent.', 'NO_MAIL');
      await sendCode(user, settings.email.address);
      return { verified: false, sent: true };
    }
    const { verification } = settings;
    const open = verification && verification.expiresAt > new Date() && verification.attempts < MOST_ATTEMPTS;
    if (!open || !sameText(verification.codeHash, hashOf(code))) {
      if (verification)
        await repositories.notifications.putSettings(user._id, {
          verification: { ...verification, attempts: verification.attempts + 1 },
        });
      throw invalid([{ path: 'code', message: 'is wrong, or has run out: ask for a new one' }]);
    }
    const email = { ...settings.email, verified: true };
    await repositories.notifications.putSettings(user._id, { email, verification: null });
    return { verified: true, sent: false };
  }

  /**
   * One message through each channel that is set up or chosen, or through the one named; how each ended. It is stored with
   * that, which is the dashboard's delivery.
   */
  async function test(user: UserDocument, only: ChannelName | undefined) {
    const { title, summary } = TEXTS[messageLocale(user.locale)].test;
    const message = outgoing(user, 'TEST', title, summary);
    const chosen = only ? [only] : await chosenBy(user);
    const tried = await Promise.all(
      (only ? [only] : CHANNELS).map(async (channel) => ({ channel, ...(await attempt(user, channel, message)) })),
    );
    const results = tried.filter(({ channel, status }) => status !== 'skipped' || chosen.includes(channel));
    const told = { id: message.id, userId: user._id, severity: 'INFO', title, message: summary } as const;
    await repositories.notifications.insertTest({ ...told, outcomes: results });
    return { notificationId: message.id, results };
  }

  /** The channels of the switches, and those of single types. */
  async function chosenBy({ _id }: UserDocument): Promise<ChannelName[]> {
    const [config, settings] = await Promise.all([
      repositories.config.get(_id),
      repositories.notifications.settings(_id),
    ]);
    return [...(config?.notifications.channels ?? []), ...Object.values(settings?.routes ?? {}).flat()];
  }

  async function attempt(user: UserDocument, channel: ChannelName, message: Outgoing) {
    const found: { destination: Destination } | { unusable: string } = await find(user._id, channel);
    if ('unusable' in found) return { status: 'skipped' as const, error: found.unusable, answer: null };
    try {
      const { answer } = await channels[channel].send(message, found.destination);
      return { status: 'delivered' as const, error: null, answer };
    } catch (error) {
      return { status: 'failed' as const, error: error instanceof Error ? error.message : 'failed', answer: null };
    }
  }

  async function view(user: UserDocument, config: StoredConfig) {
    const stored = await repositories.notifications.settings(user._id);
    const own = { address: user.emailVerified ? user.email : null, verified: user.emailVerified };
    return {
      ...config.notifications,
      email: stored?.email ?? own,
      discord: { configured: Boolean(stored?.discord), hint: stored?.discord?.hint ?? null },
      telegram: { configured: Boolean(stored?.telegram), hint: stored?.telegram?.hint ?? null },
      routes: stored?.routes ?? {},
      quietHours: stored?.quietHours ?? null,
    };
  }

  return { put, verify, test, view };
}

function outgoing(user: UserDocument, type: 'TEST' | 'VERIFICATION', title: string, summary: string): Outgoing {
  const time = `${new Date().toISOString().slice(0, 19).replace('T', ' ')} UTC`;
  const message = { severity: 'INFO' as const, title, summary, facts: [], time };
  return { id: `${type.toLowerCase()}-${newId()}`, type, message, locale: messageLocale(user.locale), urgent: true };
}
