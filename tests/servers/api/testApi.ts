/** An API of its own for tests: the real application on a real port, over real servers. */
import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Client, Connection } from '@temporalio/client';
import { authenticator } from 'otplib';
import { loadDefaultConfig } from '../../../adapters/config/defaults.js';
import { connectDatabase, type Database } from '../../../adapters/database/connect.js';
import { createRepositories, type Repositories } from '../../../adapters/database/repositories.js';
import { keepAlive } from '../../../adapters/keepAlive.js';
import { createLogger } from '../../../adapters/log.js';
import { createChannels } from '../../../adapters/notifications/index.js';
import { loadMasterKeys } from '../../../adapters/secrets/master-keys.js';
import { clientInterceptor } from '../../../adapters/tracing/temporal.js';
import type { SignInPolicy } from '../../../adapters/settings.js';
import { closeLater } from '../../../adapters/temporal/closeLater.js';
import { codecKeys, createCodec } from '../../../adapters/temporal/codec.js';
import { type Api, createServer } from '../../../api/server.js';
import { createAccount } from '../../../api/services/accounts.js';
import { createApiVenues } from '../../../api/venues.js';
import { type ServerChoice, startServers, type TestServers, testSettings } from '../../support/servers.js';

export const PASSWORD = 'correct horse battery';
export const MASTER_KEY = 'k'.repeat(40);
export const ADMIN = 'admin@example.org';

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  /** Parsed where it is JSON. */
  body: ReturnType<typeof JSON.parse>;
}

export interface Ask {
  (
    method: string,
    path: string,
    options?: { token?: string | null; body?: unknown; headers?: Record<string, string>; raw?: string },
  ): Promise<Answer>;
}

export interface TestApi {
  servers: TestServers;
  database: Database;
  repositories: Repositories;
  api: Api;
  url: string;
  ask: Ask;
  adminToken: string;
  logged: string[];
  /** Makes a user and signs in. */
  user(email: string): Promise<{ id: string; token: string }>;
  signIn(email: string, password?: string): Promise<string>;
  stop(): Promise<void>;
}

/** Switches two-factor sign-in on. @returns its recovery codes */
export async function secondFactor({ ask }: { ask: Ask }, token: string): Promise<string[]> {
  const post = (body: object) => ask('POST', '/api/me/totp', { token, body });
  const { secret } = (await post({ action: 'enrol' })).body;
  const confirmed = await post({ action: 'confirm', code: authenticator.generate(secret) });
  expect(confirmed.body.enabled).toBe(true);
  return confirmed.body.recoveryCodes;
}

export async function startApi(
  choice: ServerChoice,
  more: {
    requestsPerMinute?: number;
    smtpUrl?: string;
    temporalCodecKey?: string;
    temporalUiUrl?: string;
    signInPolicy?: SignInPolicy;
    /** Folder of a built dashboard; nothing is there otherwise. */
    dashboard?: string;
    /** The simulator stands in the real exchange's place. */
    live?: 'simulator';
  } = {},
): Promise<TestApi> {
  const servers = await startServers({ mongodb: true, ...choice });
  const settings = testSettings({
    DATA_DIR: servers.dataDir,
    MONGODB_URI: servers.mongodbUri,
    TEMPORAL_ADDRESS: servers.temporalAddress || '127.0.0.1:9',
    LIVE_EXCHANGE_URL: more.live && servers.exchangeUrl,
    ...(servers.exchangeUrl ? { EXCHANGE_URL: servers.exchangeUrl, EXCHANGE_CONTROL_URL: servers.controlUrl } : {}),
  });
  const logged: string[] = [];
  const log = createLogger({ name: 'api', level: 'debug' }, { write: (line) => void logged.push(line) });
  const database = await connectDatabase(servers.mongodbUri, { serverSelectionTimeoutMS: 1_500 });
  const keys = loadMasterKeys(MASTER_KEY, servers.dataDir);
  const repositories = createRepositories(database, keys);
  const connection = Connection.lazy({ address: settings.temporalAddress! });
  const venues = createApiVenues(settings, repositories, log);
  // As dataConverterOf makes it, but for failures: their converter is a module of dist/, which jest does not load.
  const codec = more.temporalCodecKey ? createCodec(codecKeys(more.temporalCodecKey)) : undefined;
  const converter = codec ? { dataConverter: { payloadCodecs: [codec] } } : {};
  const channels = createChannels({ mailFrom: settings.mailFrom, smtpUrl: more.smtpUrl });
  const defaults = loadDefaultConfig();
  const api = createServer({
    database,
    repositories,
    keys,
    client: new Client({ connection, ...converter, interceptors: { workflow: [clientInterceptor] } }),
    venue: venues.of,
    channels,
    mailIsSetUp: more.smtpUrl !== undefined,
    signInPolicy: more.signInPolicy ?? 'basic',
    defaults,
    log,
    version: '0.0.0',
    loopbackOnly: true,
    dashboard: more.dashboard ?? `${servers.dataDir}/dashboard`,
    codec,
    temporalUiUrl: more.temporalUiUrl,
    requestsPerMinute: more.requestsPerMinute,
  });
  await createAccount(
    { repositories, defaults, log },
    { ensure: async () => false },
    { email: ADMIN, password: PASSWORD, role: 'admin' },
  );
  const server = keepAlive(createHttpServer(api.app));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const ask = asker(url);
  const signIn = async (email: string, password = PASSWORD): Promise<string> =>
    (await ask('POST', '/api/auth/login', { body: { email, password } })).body.token;
  const adminToken = await signIn(ADMIN);

  return {
    servers,
    database,
    repositories,
    api,
    url,
    ask,
    adminToken,
    logged,
    signIn,
    async user(email) {
      const made = await ask('POST', '/api/users', { token: adminToken, body: { email, password: PASSWORD } });
      if (made.status !== 201) throw new Error(`user not made: ${made.text}`);
      return { id: made.body.id, token: await signIn(email) };
    },
    async stop() {
      api.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await Promise.allSettled([venues.close(), ...Object.values(channels).map((one) => one.close())]);
      closeLater(connection);
      await database.close();
      await servers.stop();
    },
  };
}

function asker(url: string): Ask {
  return async (method, path, { token, body, headers = {}, raw } = {}) => {
    const response = await fetch(`${url}${path}`, {
      method,
      redirect: 'manual',
      headers: {
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        ...(body === undefined && raw === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      body: raw ?? (body === undefined ? undefined : JSON.stringify(body)),
    });
    const text = await response.text();
    const isJson = /json/.test(response.headers.get('content-type') ?? '');
    return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : null };
  };
}
