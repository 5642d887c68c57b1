import { loadDefaultConfig } from '../../../adapters/config/defaults.js';
import { connectDatabase, type Database } from '../../../adapters/database/connect.js';
import { createRepositories, type Repositories } from '../../../adapters/database/repositories.js';
import { createLogger } from '../../../adapters/log.js';
import { masterKeys, parseKeys } from '../../../adapters/secrets/master-keys.js';
import { verifyPassword } from '../../../api/auth/passwords.js';
import type { ApiVenue } from '../../../api/dependencies.js';
import { firstStart } from '../../../api/firstStart.js';
import type { TradingService } from '../../../api/services/trading.js';
import { startServers, type TestServers } from '../../support/servers.js';

let servers: TestServers;
let database: Database;
let repositories: Repositories;
const started: string[] = [];
/** Nothing trades here; what is started is only counted. */
const trading = {
  ensure: async () => undefined,
  start: async (userId: string) => void started.push(userId),
} as unknown as TradingService;

beforeAll(async () => {
  servers = await startServers({ mongodb: true });
  database = await connectDatabase(servers.mongodbUri);
  repositories = createRepositories(database, masterKeys(parseKeys('a'.repeat(64), 'test')));
}, 60_000);
afterAll(async () => {
  await database?.close();
  await servers?.stop();
});
beforeEach(() => database.models.users.deleteMany({}));

const begin = (settings: Partial<Parameters<typeof firstStart>[2]>, listed = ['BTC/USDT', 'ETH/USDT']) => {
  const log = createLogger({ name: 'api', level: 'error' });
  const rules = new Map(listed.map((symbol) => [symbol, { quote: symbol.split('/')[1] }]));
  const venue = () => ({ exchange: { market: { symbolRules: async () => rules } } }) as unknown as ApiVenue;
  const deps = { repositories, defaults: loadDefaultConfig(), log, venue };
  return firstStart(deps, trading, { demo: true, embedded: true, ...settings });
};
const signsIn = async ({ email, password }: { email: string; password: string }): Promise<boolean> => {
  const user = await repositories.users.byEmail(email);
  return user !== null && (await verifyPassword(user.passwordHash, password));
};

test('an empty installation gets an administrator and a user who trades, once', async () => {
  const made = await begin({});
  expect(await signsIn(made!.credentials)).toBe(true);
  expect(await signsIn(made!.demo!)).toBe(true);
  expect(started).toHaveLength(1);
  expect(await begin({})).toBeNull();
});

test('the demonstration trades what the exchange lists, and that is told', async () => {
  const symbolsOf = async () =>
    (await repositories.config.get((await repositories.users.byEmail('demo@localhost'))!._id))!.symbols;
  expect((await begin({}))!.demo!.symbols).toBeUndefined();
  expect(await symbolsOf()).toEqual(['BTC/USDT', 'ETH/USDT']);
  await database.models.users.deleteMany({});
  const made = await begin({}, ['BTC/EUR', 'XRP/USDT', 'SHIB/USDT']);
  expect(made!.demo!.symbols).toEqual(['XRP/USDT', 'SHIB/USDT']);
  expect(await symbolsOf()).toEqual(['XRP/USDT', 'SHIB/USDT']);
});

test('a first start that died before its administrator begins anew, with passwords that are told', async () => {
  const before = await begin({});
  await database.models.users.deleteOne({ role: 'admin' });
  const made = await begin({});
  expect(made!.credentials.email).toBe(before!.credentials.email);
  expect(await signsIn(made!.credentials)).toBe(true);
  expect(await signsIn(before!.demo!)).toBe(false);
  expect(await signsIn(made!.demo!)).toBe(true);
  expect(await repositories.users.list()).toHaveLength(2);
});

test('an API that runs by itself makes the administrator whom its settings name, and no one else', async () => {
  expect(await begin({ embedded: false })).toBeNull();
  const named = { adminEmail: 'ops@example.org', adminPassword: 'correct horse battery' };
  const made = await begin({ embedded: false, ...named });
  expect(made).toEqual({ credentials: { email: 'ops@example.org', password: named.adminPassword }, demo: undefined });
  expect(await signsIn(made!.credentials)).toBe(true);
  expect((await repositories.users.list()).map(({ role }) => role)).toEqual(['admin']);
});
