/** Users' exchange keys, sealed; opened only where a request is signed. */
import { open, seal } from '../secrets/envelope.js';
import type { MasterKeys } from '../secrets/master-keys.js';
import type { Database } from './connect.js';
import type { CredentialsDocument } from './documents.js';

export interface ApiKeyPair {
  apiKey: string;
  secret: string;
}

/** Without the sealed secret. */
export type CredentialsView = Omit<CredentialsDocument, '_id' | 'secret'>;

const context = (userId: string) => `exchange_credentials:${userId}`;
const idOf = (userId: string, exchange: string) => `${userId}:${exchange}`;

export function createCredentialsRepository({ models }: Database, keys: MasterKeys) {
  return {
    async list(userId: string): Promise<CredentialsView[]> {
      return models.credentials.find({ userId }, { _id: 0, secret: 0 }).lean<CredentialsView[]>();
    },

    async get(userId: string, exchange: string): Promise<CredentialsView | null> {
      return models.credentials.findById(idOf(userId, exchange), { _id: 0, secret: 0 }).lean<CredentialsView>();
    },

    /** The keys themselves. @throws SecretUnreadable */
    async reveal(userId: string, exchange: string): Promise<(ApiKeyPair & { updatedAt: Date }) | null> {
      const found = await models.credentials.findById(idOf(userId, exchange)).lean<CredentialsDocument>();
      if (!found) return null;
      const pair = JSON.parse(open(keys, found.secret, context(userId))) as ApiKeyPair;
      return { ...pair, updatedAt: found.updatedAt };
    },

    async put(
      userId: string,
      exchange: string,
      pair: ApiKeyPair,
      more: Partial<Pick<CredentialsDocument, 'label' | 'permissions' | 'verifiedAt' | 'problem'>> = {},
      now = new Date(),
    ): Promise<void> {
      const secret = seal(keys, JSON.stringify({ apiKey: pair.apiKey, secret: pair.secret }), context(userId));
      const set = { label: '', permissions: null, verifiedAt: null, problem: null, ...more };
      const fields = { ...set, userId, exchange, secret, keyHint: pair.apiKey.slice(-4), updatedAt: now };
      const update = { $set: fields, $setOnInsert: { createdAt: now } };
      await models.credentials.updateOne({ _id: idOf(userId, exchange) }, update, { upsert: true });
    },

    /** What the exchange said of the keys when asked again. */
    async putVerification(
      userId: string,
      exchange: string,
      result: Pick<CredentialsDocument, 'permissions' | 'verifiedAt' | 'problem'>,
    ): Promise<void> {
      await models.credentials.updateOne({ _id: idOf(userId, exchange) }, { $set: result });
    },

    async remove(userId: string, exchange: string): Promise<boolean> {
      return (await models.credentials.deleteOne({ _id: idOf(userId, exchange) })).deletedCount === 1;
    },
  };
}
