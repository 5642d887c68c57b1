import type { Repositories } from '../database/repositories.js';
import type { NotificationSettingsDocument, UserDocument } from '../database/documents.js';
import { open, seal, SecretUnreadable, type Envelope } from '../secrets/envelope.js';
import type { MasterKeys } from '../secrets/master-keys.js';
import type { ChannelName } from '../../trading/types.js';
import type { Destination } from './channel.js';
import { isMailAddress } from './email.js';

/** Binds a sealed webhook or token to its user and channel: copied to another user it does not open. */
export const addressContext = (userId: string, channel: 'discord' | 'telegram'): string =>
  `notification_settings:${userId}:${channel}`;

export function sealAddress(
  keys: MasterKeys,
  userId: string,
  channel: 'discord' | 'telegram',
  secret: string,
): Envelope {
  return seal(keys, secret, addressContext(userId, channel));
}

/** What was read of a user just now. */
export interface KnownReader {
  settings: NotificationSettingsDocument | null;
  user: Pick<UserDocument, 'email' | 'emailVerified'> | null;
}

/** Where a user can be reached, looked up and opened at the moment of sending; nothing of it is kept. */
export type FindDestination = (
  userId: string,
  channel: ChannelName,
  known?: KnownReader,
) => Promise<{ destination: Destination } | { unusable: string }>;

export function createFindDestination(
  repositories: Pick<Repositories, 'notifications' | 'users'>,
  keys: MasterKeys,
  mailIsSetUp: boolean,
): FindDestination {
  return async (userId, channel, known) => {
    if (channel === 'dashboard') return { destination: { channel, userId } };
    if (channel === 'email' && !mailIsSetUp) return { unusable: 'mail is not set up here (SMTP_URL)' };
    const settings = known ? known.settings : await repositories.notifications.settings(userId);
    if (channel === 'email') return emailOf(settings, known ? known.user : await repositories.users.get(userId));
    const address = settings?.[channel];
    if (!address) return { unusable: `no ${channel === 'discord' ? 'webhook' : 'chat'} is set` };
    try {
      if ('webhook' in address)
        return {
          destination: { channel: 'discord', webhook: open(keys, address.webhook, addressContext(userId, 'discord')) },
        };
      const token = open(keys, address.token, addressContext(userId, 'telegram'));
      return { destination: { channel: 'telegram', token, chatId: address.chatId } };
    } catch (error) {
      // A lost master key must not hold up what other channels can tell.
      if (error instanceof SecretUnreadable) return { unusable: 'the stored address cannot be opened: enter it again' };
      throw error;
    }
  };
}

/** The address of the settings where it was verified, else the account's own. */
function emailOf(
  settings: NotificationSettingsDocument | null,
  user: Pick<UserDocument, 'email' | 'emailVerified'> | null,
): { destination: Destination } | { unusable: string } {
  const chosen = settings?.email?.verified ? settings.email.address : user?.emailVerified ? user.email : null;
  if (chosen === null) return { unusable: 'no verified mail address' };
  return isMailAddress(chosen)
    ? { destination: { channel: 'email', address: chosen } }
    : { unusable: 'the mail address is malformed' };
}
