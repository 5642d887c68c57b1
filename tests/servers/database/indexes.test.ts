/** The embedded database reads a collection's indexes once a statement; what is written is found by each of them all the same. */
import { connectDatabase, type Database } from '../../../adapters/database/connect.js';
import { startServers, type TestServers } from '../../support/servers.js';

interface Row {
  _id: number;
  group?: number;
  tags?: string | string[];
  key?: string;
}

let servers: TestServers;
let database: Database;
let client: ReturnType<Database['connection']['getClient']>;
const collectionOf = (name: string) => client.db(database.connection.name).collection<Row>(name);

beforeAll(async () => {
  servers = await startServers({ mongodb: true });
  database = await connectDatabase(servers.mongodbUri);
  client = database.connection.getClient();
}, 60_000);
afterAll(async () => {
  await database?.close();
  await servers?.stop();
});

test('finds every document by an index that is made while many are written, and changed', async () => {
  const collection = collectionOf('written_meanwhile');
  await collection.insertOne({ _id: -1, group: 3 });
  const write = async (lane: number): Promise<void> => {
    for (let i = 0; i < 40; i++) {
      const _id = lane * 1_000 + i;
      await client.bulkWrite<Record<string, Row>>([
        { name: 'insertOne', namespace: collection.namespace, document: { _id, group: 0 } },
        { name: 'updateOne', namespace: collection.namespace, filter: { _id }, update: { $set: { group: i % 5 } } },
      ]);
    }
  };
  const writing = Promise.all([0, 1, 2, 3].map(write));
  await collection.createIndex({ group: 1 }, { name: 'by_group' });
  await writing;
  const all = await collection.countDocuments({});
  expect(all).toBe(161);
  const found = await Promise.all(
    [0, 1, 2, 3, 4].map((group) => collection.find({ group }, { hint: 'by_group' }).toArray()),
  );
  expect(found.map((documents) => documents.length)).toEqual([32, 32, 32, 33, 32]);
}, 60_000);

test('finds a value in the first list of an index, written in one message with what stands beside it', async () => {
  const collection = collectionOf('lists');
  await collection.createIndex({ tags: 1 }, { name: 'by_tags' });
  await collection.insertMany([
    { _id: 1, tags: 'a' },
    { _id: 2, tags: ['b', 'c'] },
    { _id: 3, tags: 'c' },
  ]);
  await collection.updateMany({ tags: 'a' }, { $set: { tags: ['a', 'c'] } });
  const ids = (await collection.find({ tags: 'c' }).toArray()).map(({ _id }) => _id);
  expect(ids.sort()).toEqual([1, 2, 3]);
});

test('keeps a unique index that is made between two messages, and lets go of one that is dropped', async () => {
  const collection = collectionOf('unique');
  await collection.insertOne({ _id: 1, key: 'a' });
  await collection.createIndex({ key: 1 }, { name: 'key', unique: true });
  const again = { _id: 2, key: 'a' };
  await expect(collection.insertOne(again)).rejects.toMatchObject({ code: 11000 });
  const other = { _id: 3, key: 'b' };
  await collection.insertOne(other);
  await expect(collection.updateOne({ _id: 3 }, { $set: { key: 'a' } })).rejects.toMatchObject({ code: 11000 });
  await collection.dropIndex('key');
  await collection.insertOne(again);
  expect(await collection.countDocuments({ key: 'a' })).toBe(2);
});
