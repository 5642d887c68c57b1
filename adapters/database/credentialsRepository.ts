/** Users' exchange keys, sealed; opened only where a request is signed. */
import { type Envelope, open, rewrap, seal } from '../secrets/envelope.js';
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

    /** Wraps every record's data key with the current master key; the counts of done and of those already so. */
    async rotate(): Promise<{ rewrapped: number; current: number }> {
      const counts = { rewrapped: 0, current: 0 };
      for await (const one of models.credentials.find({}).lean<CredentialsDocument[]>().cursor()) {
        const document = one;
        const renewed = rewrap(keys, document.secret, context(document.userId));
        if (!renewed) counts.current++;
        else {
          const unchanged = { _id: document._id, 'secret.iv': document.secret.iv };
          await models.credentials.updateOne(unchanged, { $set: { secret: renewed satisfies Envelope } });
          counts.rewrapped++;
        }
      }
      return counts;
    },
  };
}
