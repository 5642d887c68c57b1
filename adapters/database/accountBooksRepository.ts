/** Accounts' books: what explains each balance. Every update names the version it was made from. */
import type { VenueMode } from '../../trading/types.js';
import { byId } from './byId.js';
import type { Database } from './connect.js';
import type { AccountBookDocument } from './documents.js';
import { insertOnce } from './values.js';

export type StoredAccountBook = Omit<AccountBookDocument, '_id' | 'userId' | 'mode' | 'updatedAt'>;

/** What a look writes. What a newer release has put beside it stays as it is, in a change of releases with both at work. */
const WRITTEN = Object.keys({
  book: true,
  openedAt: true,
  openedMarketTime: true,
  countedTo: true,
  countedLately: true,
  tradeCursors: true,
  seen: true,
  foreignOrders: true,
  comparedAt: true,
} satisfies Record<Exclude<keyof StoredAccountBook, 'version'>, true>) as (keyof StoredAccountBook)[];

const idOf = (userId: string, mode: VenueMode): string => `${mode}:${userId}`;

export function createAccountBooksRepository({ models }: Database) {
  const read = byId<AccountBookDocument>(models.accountBooks);
  return {
    /** null for an account that was never looked at. */
    get: (userId: string, mode: VenueMode): Promise<AccountBookDocument | null> => read(idOf(userId, mode)),

    /** False where there is one already. */
    open: (userId: string, mode: VenueMode, book: StoredAccountBook, now = new Date()): Promise<boolean> =>
      insertOnce(() =>
        models.accountBooks.create([{ ...book, _id: idOf(userId, mode), userId, mode, updatedAt: now }]),
      ),

    /** False where the stored version is another one: somebody else has looked meanwhile. */
    async put(userId: string, mode: VenueMode, book: StoredAccountBook, now = new Date()): Promise<boolean> {
      const { version } = book;
      const fields = Object.fromEntries(WRITTEN.map((name) => [name, book[name]]));
      const result = await models.accountBooks.updateOne(
        { _id: idOf(userId, mode), version },
        { $set: { ...fields, version: version + 1, updatedAt: now } },
      );
      return result.matchedCount === 1;
    },
  };
}
