import type { Collection, Filter } from './collection.js';

interface Order {
  sort: Record<string, 1 | -1>;
  limit: number;
}

/**
 * What an index finds, and of that what meets the rest. A MongoDB makes one filter of both. SecantusDB takes an index of
 * several fields only where nothing else is asked for; otherwise it reads everything that the first field finds, or the whole
 * collection (an hour of a user's 20,000 log lines by their level: 370 ms, and 2.5 this way).
 *
 * @param indexed equalities, and at most one range, of the fields that an index begins with
 * @param rest any filter. Values, in both, are not cast to the schema's types
 * @throws Error where the schema has no such field
 */
export async function findByIndex<Document>(
  collection: Collection<Document>,
  indexed: Filter,
  rest: Filter,
  order?: Order,
): Promise<Document[]> {
  for (const name of [...Object.keys(indexed), ...Object.keys(rest)])
    if (!name.startsWith('$') && collection.schema.pathType(name.split('.')[0]!) === 'adhocOrUndefined')
      throw new Error(`there is no field ${name} to look for`);
  const stages: object[] = [{ $match: indexed }];
  if (Object.keys(rest).length > 0) stages.push({ $match: rest });
  if (order) stages.push({ $sort: order.sort }, { $limit: order.limit });
  return collection.aggregate<Document>(stages);
}
