/** Accounts, and their sign-ins and API tokens. */
import { byId } from './byId.js';
import type { Database } from './connect.js';
import type { SessionDocument, UserDocument } from './documents.js';
import { insertOnce } from './values.js';

export type UserSummary = Omit<UserDocument, 'passwordHash' | 'totp'> & { totp: { confirmed: boolean } | null };

export function createUsersRepository({ models }: Database) {
  return {
    /** False where the address is taken. */
    insert: (user: UserDocument): Promise<boolean> => insertOnce(() => models.users.create([user])),
    get: byId<UserDocument>(models.users),
    byEmail: (email: string): Promise<UserDocument | null> =>
      models.users.findOne({ email: email.toLowerCase() }).lean<UserDocument>(),
    /** Every account without what proves its owner, in the order in which they were made. */
    async list(): Promise<UserSummary[]> {
      const hidden = { passwordHash: 0, 'totp.secret': 0, 'totp.recovery': 0 } as const;
      const found = await models.users.find({}, hidden).lean<UserSummary[]>();
      return found.sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime());
    },
    /** About so many; see `ids`. */
    count: async (): Promise<number> => models.users.estimatedDocumentCount(),
    ids: async (): Promise<string[]> =>
      (await models.users.find({}, { _id: 1 }).lean<{ _id: string }[]>()).map(({ _id }) => _id),
    async update(id: string, fields: Partial<Omit<UserDocument, '_id' | 'createdAt'>>, now = new Date()) {
      return (await models.users.updateOne({ _id: id }, { $set: { ...fields, updatedAt: now } })).matchedCount === 1;
    },
    /** Takes a one-time code's time step once: false where this step or a later one was used before. */
    async useTotpStep(id: string, step: number): Promise<boolean> {
      const filter = { _id: id, 'totp.lastStep': { $lt: step } };
      return (await models.users.updateOne(filter, { $set: { 'totp.lastStep': step } })).matchedCount === 1;
    },
    /** Uses up a recovery code (its hash). */
    async useRecoveryCode(id: string, hash: string): Promise<boolean> {
      const filter = { _id: id, 'totp.recovery': hash };
      return (await models.users.updateOne(filter, { $pull: { 'totp.recovery': hash } })).matchedCount === 1;
    },
    /** Addresses of the administrators who can sign in, in the order in which they were made. */
    async administrators(): Promise<string[]> {
      const fields = { email: 1, disabled: 1, createdAt: 1 } as const;
      const found = await models.users.find({ role: 'admin' }, fields).lean<UserDocument[]>();
      const able = found.filter(({ disabled }) => !disabled);
      return able.sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime()).map(({ email }) => email);
    },
    async hasAdministrator(): Promise<boolean> {
      return (await models.users.findOne({ role: 'admin' }, { _id: 1 }).lean()) !== null;
    },
  };
}

export function createSessionsRepository({ models }: Database) {
  return {
    insert: async (session: SessionDocument): Promise<void> => void (await models.sessions.create([session])),
    /** @param id the token's SHA-256 in hex */
    async get(id: string, now = new Date()): Promise<SessionDocument | null> {
      const found = await models.sessions.findById(id).lean<SessionDocument>();
      return found && found.expiresAt > now ? found : null;
    },
    async touch(id: string, lastUsedAt: Date, expiresAt: Date): Promise<void> {
      await models.sessions.updateOne({ _id: id }, { $set: { lastUsedAt, expiresAt } });
    },
    async list(userId: string, kind: SessionDocument['kind'], now = new Date()): Promise<SessionDocument[]> {
      const found = await models.sessions.find({ userId }).lean<SessionDocument[]>();
      const valid = found.filter((one) => one.kind === kind && one.expiresAt > now);
      return valid.sort((a, b) => b.lastUsedAt.getTime() - a.lastUsedAt.getTime());
    },
    async remove(id: string): Promise<void> {
      await models.sessions.deleteOne({ _id: id });
    },
    async removePublic(userId: string, publicId: string, kind: SessionDocument['kind']): Promise<boolean> {
      return (await models.sessions.deleteOne({ userId, publicId, kind })).deletedCount === 1;
    },
    /** Ends every sign-in of a user but the one kept; tokens too when `tokens`. The count of those that ended. */
    async removeAll(userId: string, options: { keep?: string; tokens?: boolean } = {}): Promise<number> {
      const kinds = options.tokens ? {} : { kind: 'session' };
      const filter = { userId, ...kinds, ...(options.keep ? { _id: { $ne: options.keep } } : {}) };
      return (await models.sessions.deleteMany(filter)).deletedCount;
    },
  };
}
