/**
 * What is asked once a cycle, or by every page, finds its documents by an index on the embedded database as well: it
 * says of each question how it goes about it.
 */
import mongoose from 'mongoose';
import type { Filter } from '../../../adapters/database/collection.js';
import { connectDatabase, type Database } from '../../../adapters/database/connect.js';
import { defineModels } from '../../../adapters/database/models.js';
import { createRepositories, type Repositories } from '../../../adapters/database/repositories.js';
import { masterKeys, parseKeys } from '../../../adapters/secrets/master-keys.js';
import { pageByTime } from '../../../api/http/paging.js';
import { startServers, type TestServers } from '../../support/servers.js';

const USER = 'reader';
const NOW = Date.UTC(2026, 0, 2);
const since = new Date(NOW - 60_000);

let servers: TestServers;
let database: Database;
let store: Repositories;
/** Of every command since the last look: the collection and the filter that its index has to serve. */
let asked: { collection: string; filter: object }[] = [];

beforeAll(async () => {
  servers = await startServers({ mongodb: true });
  const made = await connectDatabase(servers.mongodbUri);
  await made.close();
  const connection = mongoose.createConnection(servers.mongodbUri, {
    dbName: made.connection.name,
    monitorCommands: true,
    autoIndex: false,
    autoCreate: false,
  });
  await connection.asPromise();
  database = { ...made, connection, models: defineModels(connection), close: () => connection.close() };
  store = createRepositories(database, masterKeys(parseKeys('a'.repeat(64), 'test')));
  connection.getClient().on('commandStarted', ({ commandName, command }) => {
    const filter = commandName === 'find' ? command.filter : command.pipeline?.[0]?.$match;
    if (filter) asked.push({ collection: command[commandName], filter });
  });
}, 60_000);
afterAll(async () => {
  await database?.close();
  await servers?.stop();
});

const QUESTIONS: Record<string, () => Promise<unknown>> = {
  'positions.open': () => store.positions.open(USER),
  'positions.holders': () => store.positions.holders(),
  'positions.get': () => store.positions.get('p'),
  'orders.get': () => store.orders.get('o'),
  'orders.inShadow': () => store.orders.inShadow(USER),
  'orders.byExchangeId': () => store.orders.byExchangeId(USER, '1'),
  'orders.byIntent': () => store.orders.byIntent(USER, 'i'),
  'orders.ofPosition': () => store.orders.ofPosition(USER, 'p'),
  'orders.abandonedSince': () => store.orders.abandonedSince(USER, since),
  'orders.countSince': () => store.orders.countSince(USER, since),
  'orders.hasEntrySince': () => store.orders.hasEntrySince(USER, since),
  'orders.openByUser': () => store.orders.openByUser(USER),
  'orders.unresolvedByUser': () => store.orders.unresolvedByUser(USER),
  'trades.closedSince': () => store.trades.closedSince(USER, 'paper', since),
  'trades.newest': () => store.trades.newest(USER, 'paper', 3, NOW),
  'trades.byPosition': () => store.trades.byPosition(USER, 'p'),
  'trades.between': () => store.trades.between(USER, since, new Date(NOW)),
  'fills.byOrder': () => store.fills.byOrder(USER, 'o'),
  'fills.byOrders': () => store.fills.byOrders(USER, ['o', 'p']),
  'fills.recordedSince': () => store.fills.recordedSince(USER, 'paper', since),
  'fills.known': () => store.fills.known(USER, 'BTC/USDT', ['1', '2']),
  'notifications.countBetween': () => store.notifications.countBetween(USER, since, new Date(NOW)),
  'notifications.waiting': () => store.notifications.waiting('watchdog-', since, new Date(NOW)),
  'signals.exists': () => store.signals.exists('s'),
  'accountBooks.get': () => store.accountBooks.get(USER, 'paper'),
  'a page of errors': () => page({ logLevel: 'ERROR' }),
  'the page after it': () => page({ logLevel: 'ERROR' }, Buffer.from(`[${NOW},"x"]`).toString('base64url')),
  'everybody’s entries of the audit log': () => auditPage(null),
  'one’s own entries of it': () => auditPage(USER),
  'a page with a text': () => page({ message: { $regex: 'order', $options: 'i' } }),
};

const page = (filter: Filter, cursor?: string) =>
  pageByTime(
    { collection: database.models.logs, userId: USER, time: 'timestamp', filter, oldest: since },
    { cursor, to: new Date(NOW) },
  );
const auditPage = (userId: string | null) =>
  pageByTime({ collection: database.models.audit, userId, time: 'at', filter: {}, oldest: since }, {});

test.each(Object.keys(QUESTIONS))('%s is answered by an index', async (name) => {
  asked = [];
  await QUESTIONS[name]!();
  expect(asked.length).toBeGreaterThan(0);
  const stages = await Promise.all(asked.splice(0).map(stageOf));
  expect(stages).not.toContain('COLLSCAN');
});

test('a question that no index serves is seen', async () => {
  expect(await stageOf({ collection: 'trades', filter: { exitReason: 'stop' } })).toBe('COLLSCAN');
});

async function stageOf({ collection, filter }: { collection: string; filter: object }): Promise<string> {
  const plan = await database.connection.db!.collection(collection).find(filter).explain();
  return (plan as { queryPlanner: { winningPlan: { stage: string } } }).queryPlanner.winningPlan.stage;
}
