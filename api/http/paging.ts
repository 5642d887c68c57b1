/**
 * Pages of a user's documents, or of everybody's, newest first, by windows of time bounded on both sides: such a read
 * costs what it returns, on every server that speaks MongoDB's protocol.
 */
import { findByIndex } from '../../adapters/database/byIndex.js';
import type { Collection, Filter } from '../../adapters/database/collection.js';
import type { UserDocument } from '../../adapters/database/documents.js';
import { invalid } from './problem.js';

export interface Page<Item> {
  items: Item[];
  nextCursor: string | null;
}

export interface PageRequest {
  limit?: number | undefined;
  cursor?: string | undefined;
  from?: Date | undefined;
  to?: Date | undefined;
}

export interface PageSource<Document> {
  collection: Collection<Document>;
  /** null for everybody's. */
  userId: string | null;
  /** The date by which it is ordered; an index holds the user and this, or this alone for everybody's. */
  time: string & keyof Document;
  /** What else is asked for. */
  filter: Filter;
  /** Nothing is older than this: where the search ends. */
  oldest: Date;
}

/** The part of a source that says whose documents they are: nothing of a user's is older than the user. */
export const ownedBy = (user: UserDocument): Pick<PageSource<never>, 'userId' | 'oldest'> => ({
  userId: user._id,
  oldest: new Date(user.createdAt.getTime() - 60_000),
});

interface Place {
  time: number;
  id: string | number;
}

const DEFAULT_LIMIT = 100;
const FIRST_WINDOW_MS = 3_600_000;
const GROWTH = 4;
/** A search that finds little stops after this and hands out a cursor to go on from. */
const PATIENCE_MS = 3_000;

export async function pageByTime<Document extends { _id: string | number }>(
  source: PageSource<Document>,
  request: PageRequest,
): Promise<Page<Document>> {
  const { collection, time } = source;
  const owner = source.userId === null ? {} : { userId: source.userId };
  const limit = request.limit ?? DEFAULT_LIMIT;
  const place = request.cursor === undefined ? null : readCursor(request.cursor);
  const floor = Math.max(source.oldest.getTime(), request.from?.getTime() ?? 0) - 1;
  // Clocks of several machines differ: what is a little ahead of ours is there all the same.
  let upper = Math.min(place?.time ?? Infinity, request.to?.getTime() ?? Date.now() + 60_000);
  const items: Document[] = [];
  const read = async (when: unknown, more: Filter = {}): Promise<void> => {
    const order = { sort: { [time]: -1, _id: -1 } as const, limit: limit + 1 - items.length };
    items.push(...(await findByIndex(collection, { ...owner, [time]: when }, { ...source.filter, ...more }, order)));
  };
  if (place && place.time > floor) {
    await read(new Date(place.time), { _id: { $lt: place.id } });
    upper = Math.min(upper, place.time - 1);
  }
  const stopAt = Date.now() + PATIENCE_MS;
  for (let span = FIRST_WINDOW_MS; items.length <= limit && upper > floor; span *= GROWTH) {
    // Before everything of the moment after it: all of that has been looked at.
    if (Date.now() > stopAt) return { items, nextCursor: writeCursor({ time: upper + 1, id: '' }) };
    const lower = Math.max(floor, upper - span);
    await read({ $gt: new Date(lower), $lte: new Date(upper) });
    upper = lower;
  }
  if (items.length <= limit) return { items, nextCursor: null };
  const kept = items.slice(0, limit);
  const last = kept[limit - 1]!;
  return { items: kept, nextCursor: writeCursor({ time: (last[time] as Date).getTime(), id: last._id }) };
}

const writeCursor = ({ time, id }: Place): string => Buffer.from(JSON.stringify([time, id])).toString('base64url');

function readCursor(text: string): Place {
  try {
    const [time, id] = JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as [unknown, unknown];
    const known = typeof id === 'string' || (typeof id === 'number' && Number.isFinite(id));
    if (typeof time === 'number' && Math.abs(time) < 8.64e15 && known) return { time, id };
  } catch {
    // Falls through to the one answer for whatever is no cursor.
  }
  throw invalid([{ path: 'cursor', message: 'must be the nextCursor of an earlier page' }]);
}

/** A case-insensitive search for a text as it stands. */
export const containing = (text: string): Filter => ({
  $regex: text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'),
  $options: 'i',
});
