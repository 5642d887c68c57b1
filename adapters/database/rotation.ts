/** A new master key: every sealed record's data key is wrapped anew; the secrets themselves are not touched. */
import { type Envelope, rewrap } from '../secrets/envelope.js';
import type { MasterKeys } from '../secrets/master-keys.js';
import type { Database } from './connect.js';

export interface RotationCount {
  rewrapped: number;
  current: number;
}

/** Where sealed records lie, and the context that each was sealed for. Whoever seals something new names it here. */
const PLACES = [
  { collection: 'credentials', field: 'secret', context: (userId: string) => `exchange_credentials:${userId}` },
  { collection: 'users', field: 'totp.secret', context: (userId: string) => `totp:${userId}` },
  {
    collection: 'notificationSettings',
    field: 'discord.webhook',
    context: (userId: string) => `notification_settings:${userId}:discord`,
  },
  {
    collection: 'notificationSettings',
    field: 'telegram.token',
    context: (userId: string) => `notification_settings:${userId}:telegram`,
  },
] as const;

/**
 * Safe to run again after it was interrupted, and while everything runs: processes hold both keys meanwhile.
 * @throws SecretUnreadable where a record's master key is not among the keys given
 */
export async function rotateMasterKey({ models }: Database, keys: MasterKeys): Promise<RotationCount> {
  const count: RotationCount = { rewrapped: 0, current: 0 };
  for (const { collection, field, context } of PLACES) {
    const documents = await models[collection].find({ [field]: { $ne: null } }).lean<Sealed[]>();
    for (const document of documents) {
      const envelope = fieldOf(document, field);
      if (!envelope) continue;
      const renewed = rewrap(keys, envelope, context(document.userId ?? document._id));
      if (!renewed) count.current++;
      else {
        // Only while it is still the record that was read: one stored anew meanwhile is under the new key already.
        const unchanged = { _id: document._id, [`${field}.iv`]: envelope.iv };
        await models[collection].updateOne(unchanged, { $set: { [field]: renewed } });
        count.rewrapped++;
      }
    }
  }
  return count;
}

type Sealed = { _id: string; userId?: string } & Record<string, unknown>;

function fieldOf(document: Sealed, path: string): Envelope | null {
  let value: unknown = document;
  for (const name of path.split('.')) value = (value as Record<string, unknown> | null | undefined)?.[name];
  return (value as Envelope | undefined) ?? null;
}
