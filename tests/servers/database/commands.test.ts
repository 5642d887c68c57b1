/** The commands of docs/OPERATIONS.md, "Backup", "Restore" and "Change of the master key", as an operator calls them. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { connectDatabase, type Database } from '../../../adapters/database/connect.js';
import { createRepositories } from '../../../adapters/database/repositories.js';
import { sealAddress } from '../../../adapters/notifications/index.js';
import { projectRoot } from '../../../adapters/paths.js';
import { open, seal } from '../../../adapters/secrets/envelope.js';
import { masterKeys, parseKeys } from '../../../adapters/secrets/master-keys.js';
import { openBook } from '../../../trading/reconcile/index.js';
import { compile, startServers, type TestServers } from '../../support/servers.js';

const [OLD, NEW] = ['a'.repeat(64), 'b'.repeat(64)];
const keysOf = (text: string) => masterKeys(parseKeys(text, 'test'));
const PAIR = { apiKey: 'the-api-key-of-anna', secret: 'the-secret-of-anna' };
const HOOK = 'https://discord.com/api/webhooks/1/hook';

let servers: TestServers;
let database: Database;
let empty: Database;
beforeAll(async () => {
  compile();
  servers = await startServers({ mongodb: true });
  [database, empty] = await Promise.all([
    connectDatabase(uri('books')),
    connectDatabase(uri('restored'), { migrate: false }),
  ]);
}, 60_000);
afterAll(async () => {
  await Promise.all([database?.close(), empty?.close()]);
  await servers?.stop();
});

const uri = (name: string): string => servers.mongodbUri.replace(/\/\w+(\?|$)/, `/${name}$1`);

interface Called {
  code: number;
  out: string;
  said: string;
}

const call = (masterKey: string, name: string, ...command: string[]): Promise<Called> =>
  new Promise((resolve) => {
    const given = { DATA_DIR: servers.dataDir, MONGODB_URI: uri(name), MASTER_KEY: masterKey, NODE_OPTIONS: '' };
    const options = { cwd: projectRoot(), env: { ...process.env, ...given } };
    execFile('npm', ['run', '--silent', ...command], options, (error, out, said) =>
      resolve({ code: error ? Number(error.code) : 0, out, said }),
    );
  });

/** Everything by collection, but what a restore itself notes. */
async function contents({ connection }: Database): Promise<Record<string, unknown[]>> {
  const names = (await connection.db!.listCollections({}, { nameOnly: true }).toArray()).map(({ name }) => name);
  const kept = names.filter((name) => !/^(system\..*|schema_migrations|system_flags)$/.test(name)).sort();
  const found = kept.map(async (name) => {
    const documents = await connection.db!.collection(name).find({}).sort({ _id: 1 }).toArray();
    return [name, documents] as const;
  });
  return Object.fromEntries((await Promise.all(found)).filter(([, documents]) => documents.length > 0));
}

/** A user with keys and books: what a restore that loses any of it would lose. */
async function fill(): Promise<void> {
  const keys = keysOf(OLD);
  const { users, credentials, notifications, orders, status, accountBooks } = createRepositories(database, keys);
  const at = new Date();
  await users.insert({
    ...{ _id: 'anna', email: 'anna@example.org', emailVerified: true, passwordHash: '-', role: 'user', locale: 'en' },
    ...{ disabled: false, createdAt: at, updatedAt: at },
    totp: { secret: seal(keys, 'totp', 'totp:anna'), confirmed: true, lastStep: 0, recovery: [] },
  });
  await credentials.put('anna', 'binance', PAIR);
  const discord = { webhook: sealAddress(keys, 'anna', 'discord', HOOK), hint: '', verified: true };
  await notifications.putSettings('anna', { discord });
  await status.create('anna', 'paper');
  await orders.insertIntent({
    ...{ userId: 'anna', intentId: 'intent-1', clientOrderId: 'client-1', symbol: 'BTC/USDT', side: 'BUY' },
    ...{ type: 'MARKET', purpose: 'ENTRY', quantity: '0.00123400', mode: 'paper' },
  });
  await accountBooks.open('anna', 'paper', {
    ...{ version: 1, openedAt: at, openedMarketTime: 1, countedTo: at, countedLately: [], comparedAt: null },
    ...{ book: openBook({ totals: { USDT: '10' }, ownFills: [], transfers: [] }).book },
    ...{ tradeCursors: {}, seen: [], foreignOrders: [] },
  });
}

test('a backup is restored into an empty database, and only there, and opens by a new master key after the change', async () => {
  await fill();
  const before = await contents(database);
  const file = join(servers.dataDir, 'all.backup');

  expect(await call(OLD, 'books', 'backup')).toMatchObject({ code: 2, said: expect.stringContaining('--out FILE') });
  const written = await call(OLD, 'books', 'backup', '--', '--out', file);
  expect(written).toMatchObject({ code: 0, out: expect.stringMatching(/^users +1$/m) });
  expect(existsSync(file)).toBe(true);

  const fails = (said: RegExp) => ({ code: 1, out: '', said: expect.stringMatching(said) });
  const restore = (key: string) => call(key, 'restored', 'restore', '--', '--from', file);
  expect(await restore(NEW)).toEqual(fails(/^\S+ opens with the master key \w+, which is not among those given\n$/));
  expect(await contents(empty)).toEqual({});
  expect(await restore(OLD)).toMatchObject({ code: 0, out: expect.stringMatching(/^users +1$[^]*Restored/m) });
  expect(await contents(empty)).toEqual(before);
  expect(await restore(OLD)).toEqual(
    fails(/^the database restored is not empty \(\w+\): restore into an empty one\n$/),
  );

  const rotate = (key: string) => call(key, 'restored', 'rotate-master-key');
  expect(await rotate(OLD)).toMatchObject({ code: 2, said: expect.stringContaining('MASTER_KEY=new,old') });
  expect(await rotate(`${NEW},${'c'.repeat(64)}`)).toEqual(
    fails(/^the master key \w+ of this record is not known here\n$/),
  );
  expect(await contents(empty)).toEqual(before);
  expect(await rotate(`${NEW},${OLD}`)).toMatchObject({ code: 0, out: expect.stringMatching(/^3 records now/) });
  expect(await rotate(`${NEW},${OLD}`)).toMatchObject({ code: 0, out: expect.stringMatching(/^0 records .* 3 did/) });

  const { credentials, users } = createRepositories(empty, keysOf(NEW));
  expect(await credentials.reveal('anna', 'binance')).toMatchObject(PAIR);
  expect(open(keysOf(NEW), (await users.get('anna'))!.totp!.secret, 'totp:anna')).toBe('totp');
  // Nothing but the wrapping of the secrets was touched.
  const {
    users: _users,
    exchange_credentials: _keys,
    notification_settings: _routes,
    ...books
  } = await contents(empty);
  expect(before).toMatchObject(books);
  expect(Object.keys(books)).toEqual(expect.arrayContaining(['account_books', 'orders', 'system_status']));
}, 90_000);
