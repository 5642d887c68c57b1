import type { Collection, Filter } from './collection.js';

interface Order {
  sort: Record<string, 1 | -1>;
  limit: number;
}

/**
 * What an index finds, and of that what meets the rest. A MongoDB makes one filter of both. SecantusDB takes an index of
 * several fields only where all of them are asked for and nothing else is; otherwise it reads everything that the first
 * one finds, or the whole collection (an hour of a user's 20,000 log lines by their level: 370 ms, and 2.5 this way).
 *
 * @param indexed equalities, and at most one range, of fields that one index holds in this order
 * @param rest any filter; values in it are not cast to the schema's types
 */
export async function findByIndex<Document>(
  collection: Collection<Document>,
  indexed: Filter,
  rest: Filter,
  order?: Order,
): Promise<Document[]> {
  const stages: object[] = [{ $match: indexed }];
  if (Object.keys(rest).length > 0) stages.push({ $match: rest });
  if (order) stages.push({ $sort: order.sort }, { $limit: order.limit });
  return collection.aggregate<Document>(stages);
}
