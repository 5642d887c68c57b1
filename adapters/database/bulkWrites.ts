/**
 * Several writes in one message to the server: a message costs more than what is in it. Servers before MongoDB 8 know
 * no bulk write across collections.
 */
import type { AnyBulkWriteOperation, AnyClientBulkWriteModel, Document } from 'mongodb';
import { inLots } from '../lots.js';
import type { Database } from './connect.js';
import { isDuplicateKey } from './values.js';

export interface Write {
  collection: string;
  operation: { insertOne: Document } | { updateOne: { filter: Document; update: Document; upsert?: boolean } };
}

export const insertInto = (collection: string, document: object): Write => ({
  collection,
  operation: { insertOne: document },
});

/**
 * Writes one after the other, in this order, until an insert whose key is there already; an update that matches nothing
 * changes nothing, and those after it are written. A kill in between leaves the first ones.
 * @returns false where one did not apply, or where the server knows no such message (nothing is written then): the
 *   caller does it one by one, each step able to be repeated
 * @throws the driver's error where anything else went wrong
 */
export async function writeInOrder(database: Database, writes: readonly Write[]): Promise<boolean> {
  if (writes.length === 0) return true;
  if (!database.bulkWriteAcrossCollections) return false;
  const inserts = writes.filter(({ operation }) => 'insertOne' in operation).length;
  try {
    const models = clientModels(database, writes);
    const result = await database.connection.getClient().bulkWrite(models, { ordered: true });
    return result.insertedCount === inserts && result.matchedCount === writes.length - inserts;
  } catch (error) {
    rethrowUnlessDuplicates(error);
    return false;
  }
}

/** Of one message: each has some seven writes. */
const LIMITS = { most: 16, patienceMs: 250 };

/**
 * Writes in any order; what is there already is passed over. What several callers write at the same time goes in one
 * message: beside each other their messages cost SecantusDB twice as much (four at once 12 ms each, 6 alone).
 */
export function createWriter(database: Database): (writes: readonly Write[]) => Promise<void> {
  const write = inLots<readonly Write[], void>(async (lot) => {
    await writeAll(database, lot.flat());
    return lot.map(() => undefined);
  }, LIMITS);
  return async (writes) => {
    if (writes.length > 0) await write(writes);
  };
}

async function writeAll(database: Database, writes: readonly Write[]): Promise<void> {
  if (database.bulkWriteAcrossCollections) await onceAcross(database, writes);
  else await Promise.all([...groups(writes)].map(([collection, group]) => onceInto(database, collection, group)));
}

async function onceAcross(database: Database, writes: readonly Write[]): Promise<void> {
  const models = clientModels(database, writes);
  await onlyDuplicates(() => database.connection.getClient().bulkWrite(models, { ordered: false }));
}

async function onceInto({ connection }: Database, collection: string, group: readonly Write[]): Promise<void> {
  const operations = group.map(({ operation }) =>
    'insertOne' in operation ? { insertOne: { document: operation.insertOne } } : operation,
  ) as AnyBulkWriteOperation<Document>[];
  await onlyDuplicates(() => connection.db!.collection(collection).bulkWrite(operations, { ordered: false }));
}

const clientModels = ({ connection }: Database, writes: readonly Write[]): AnyClientBulkWriteModel<Document>[] =>
  writes.map(({ collection, operation }) => {
    const namespace = `${connection.name}.${collection}`;
    return 'insertOne' in operation
      ? { name: 'insertOne', namespace, document: operation.insertOne }
      : { name: 'updateOne', namespace, ...operation.updateOne };
  });

function groups(writes: readonly Write[]): Map<string, Write[]> {
  const found = new Map<string, Write[]>();
  for (const write of writes) found.set(write.collection, [...(found.get(write.collection) ?? []), write]);
  return found;
}

async function onlyDuplicates(write: () => Promise<unknown>): Promise<void> {
  try {
    await write();
  } catch (error) {
    rethrowUnlessDuplicates(error);
  }
}

function rethrowUnlessDuplicates(error: unknown): void {
  const found = (error as { writeErrors?: unknown }).writeErrors;
  const errors: unknown[] = found instanceof Map ? [...found.values()] : Array.isArray(found) ? found : [];
  const concerns = (error as { writeConcernErrors?: unknown[] }).writeConcernErrors ?? [];
  if (errors.length === 0 || concerns.length > 0 || !errors.every(isDuplicateKey)) throw error;
}
