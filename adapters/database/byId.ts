import { inLots } from '../lots.js';
import type { Collection, Projection } from './collection.js';

/** A message is worth more than what it asks for: under load several go in one. */
const LIMITS = { most: 100, patienceMs: 250 };

/**
 * Reads of one collection by `_id`, those that are asked for at the same time in one message. Each is sent after it was
 * asked for and sees whatever was acknowledged before. Who asks for the same one at the same time gets the same object.
 * @param projection keeps `_id`
 * @returns null where there is none
 */
export function byId<Document extends { _id: string }>(
  collection: Collection<Document>,
  projection?: Projection,
): (id: string) => Promise<Document | null> {
  return inLots(async (ids) => {
    const wanted = [...new Set(ids)];
    if (wanted.length === 1) {
      const only = await collection.findById(wanted[0]!, projection).lean<Document>();
      return ids.map(() => only);
    }
    const found = await collection.find({ _id: { $in: wanted } }, projection).lean<Document[]>();
    const known = new Map(found.map((document) => [document._id, document]));
    return ids.map((id) => known.get(id) ?? null);
  }, LIMITS);
}
