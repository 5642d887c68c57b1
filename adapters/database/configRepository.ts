/** Users' trading settings: `auto_trading_config`. */
import type { TradingConfig } from '../../trading/types.js';
import { byId } from './byId.js';
import type { Database } from './connect.js';
import type { ConfigDocument } from './documents.js';
import { insertOnce } from './values.js';

export type StoredConfig = Omit<ConfigDocument, '_id'>;
/** Fields to replace; of the nested groups only the fields given. */
export type ConfigPatch = Partial<Omit<TradingConfig, 'notifications' | 'risk' | 'exits'>> & {
  notifications?: Partial<TradingConfig['notifications']>;
  risk?: Partial<TradingConfig['risk']>;
  exits?: Partial<TradingConfig['exits']>;
};

const NESTED = ['notifications', 'risk', 'exits'] as const;

export function createConfigRepository({ models }: Database) {
  const read = byId<ConfigDocument>(models.config);
  return {
    /** null where the user has none. */
    async get(userId: string): Promise<StoredConfig | null> {
      const found = await read(userId);
      if (!found) return null;
      const { _id, ...config } = found;
      // Documents of the first version know no shadow mode.
      return { ...config, shadow: config.shadow ?? false };
    },

    /** Writes a new user's settings; an existing document stays as it is. */
    async create(userId: string, config: TradingConfig, now = new Date()): Promise<boolean> {
      const document = { ...config, _id: userId, userId, isEnabled: false, createdAt: now, updatedAt: now };
      return insertOnce(() => models.config.create([document]));
    },

    /**
     * Replaces the fields given; false where the user has no settings.
     * @param decidedOn where the account traded when it was decided: false as well where that has changed meanwhile
     */
    async put(
      userId: string,
      patch: ConfigPatch,
      decidedOn?: Pick<StoredConfig, 'mode' | 'shadow'>,
      now = new Date(),
    ): Promise<boolean> {
      const shadow = decidedOn?.shadow ? true : { $ne: true };
      const filter = { _id: userId, ...(decidedOn && { mode: decidedOn.mode, shadow }) };
      const result = await models.config.updateOne(filter, { $set: { ...flatten(patch), updatedAt: now } });
      return result.matchedCount === 1;
    },

    async setEnabled(userId: string, isEnabled: boolean, now = new Date()): Promise<void> {
      await models.config.updateOne({ _id: userId }, { $set: { isEnabled, updatedAt: now } });
    },

    /** Where nothing was written since `readAt` (the document's updatedAt): a start that came meanwhile stands. */
    async disableUnlessChanged(userId: string, readAt: Date, now = new Date()): Promise<void> {
      const filter = { _id: userId, updatedAt: readAt, isEnabled: true };
      await models.config.updateOne(filter, { $set: { isEnabled: false, updatedAt: now } });
    },

    /** For a stop of everybody. */
    async disableEverybody(now = new Date()): Promise<void> {
      await models.config.updateMany({ isEnabled: true }, { $set: { isEnabled: false, updatedAt: now } });
    },

    /** Users whose trading was started and not stopped; for the worker's and the launcher's start. */
    async enabledUsers(): Promise<string[]> {
      const found = await models.config.find({ isEnabled: true }, { userId: 1 }).lean<{ userId: string }[]>();
      return found.map(({ userId }) => userId);
    },
  };
}

function flatten(patch: ConfigPatch): Record<string, unknown> {
  const flat: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(patch)) {
    if (value === undefined) continue;
    if (!(NESTED as readonly string[]).includes(field)) flat[field] = value;
    else for (const [name, inner] of Object.entries(value)) if (inner !== undefined) flat[`${field}.${name}`] = inner;
  }
  return flat;
}
