import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { cacheFolder, projectRoot } from '../../../adapters/paths.js';
import { loadSettings, SettingsError, temporalConnectOptions } from '../../../adapters/settings.js';

function problemsOf(env: Record<string, string>, options = {}): string[] {
  try {
    loadSettings(env, options);
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
  return [];
}

/** Every variable with a value that is wrong. */
const WRONG: Record<string, string> = {
  PORT: '70000',
  LISTEN_HOST: 'not an address',
  TRUSTED_PROXIES: 'loopback, 10.0.0.0/33',
  DATA_DIR: join(projectRoot(), 'package.json'),
  TEMPORAL_ADDRESS: 'localhost',
  TEMPORAL_NAMESPACE: 'a b',
  TEMPORAL_TLS: 'yes',
  TEMPORAL_CODEC_KEY: 'short',
  TEMPORAL_UI_URL: 'localhost:8233/x y',
  MONGODB_URI: 'http://localhost',
  EXCHANGE: 'kraken',
  EXCHANGE_URL: 'ftp://x',
  EXCHANGE_CONTROL_URL: 'x',
  LIVE_EXCHANGE_URL: 'wss://x',
  EXCHANGE_WEIGHT_SHARE: '1.1',
  ANALYST_URL: 'ftp://x',
  ANALYST_TIMEOUT_MS: 'soon',
  TELEGRAM_BASE_URL: 'x',
  DISCORD_BASE_URL: 'x',
  MARKET_CACHE_MS: '0',
  SIM_SPEED: '0',
  SIM_WEIGHT_LIMIT: '1.5',
  SIM_DATA_DIR: join(projectRoot(), 'no-such-folder'),
  MASTER_KEY: 'short',
  ADMIN_EMAIL: 'nobody',
  ADMIN_PASSWORD: 'elevenchars',
  SIGN_IN_POLICY: 'loose',
  DEMO: '1',
  EMBEDDED: 'no',
  SMTP_URL: 'mail.example.org',
  MAIL_FROM: 'Nobody',
  PUBLIC_URL: 'trader.example.org',
  LOG_LEVEL: 'loud',
  WORKFLOW_STACK_TRACES: 'on',
  OTEL_EXPORTER_OTLP_ENDPOINT: 'localhost:4318',
  OTEL_EXPORTER_OTLP_HEADERS: 'nothing',
  OTEL_SERVICE_NAME: 'a b',
  OTEL_TRACES_SAMPLER_ARG: '2',
};

test('an analyst is asked only where it has an address, and then with what is set of it', () => {
  expect(loadSettings({}).analyst).toBeUndefined();
  expect(loadSettings({ ANALYST_URL: 'http://127.0.0.1:9/v1/', ANALYST_TIMEOUT_MS: '500' }).analyst).toEqual({
    url: 'http://127.0.0.1:9/v1',
    model: 'default',
    apiKey: undefined,
    timeoutMs: 500,
  });
  expect(loadSettings({}).exchangeWeightShare).toBe(1);
});

test('proxies are trusted by address, by subnet and by range', () => {
  expect(loadSettings({}).trustedProxies).toEqual(['loopback']);
  expect(loadSettings({ TRUSTED_PROXIES: 'uniquelocal, 172.18.0.1,10.0.0.0/8, fd00::/8' }).trustedProxies).toEqual([
    'uniquelocal',
    '172.18.0.1',
    '10.0.0.0/8',
    'fd00::/8',
  ]);
});

describe('wrong values', () => {
  test.each(Object.entries(WRONG))('%s is named', (name, value) => {
    const named = problemsOf({ [name]: value }).filter((problem) => problem.startsWith(`${name}: `));
    expect(named.length).toBeGreaterThanOrEqual(1);
    expect(named[0]).toMatch(/give /);
  });

  test('all of them together give a line each', () => {
    const problems = problemsOf({ ...WRONG, EXCHANGE_URL: 'ftp://x' });
    for (const name of Object.keys(WRONG))
      expect(problems.filter((line) => line.startsWith(`${name}: `))).toHaveLength(1);
    for (const line of problems) expect(line).not.toContain('\n');
  });

  test('of secrets are not repeated', () => {
    const secrets = {
      MASTER_KEY: 'mk-secret',
      ADMIN_PASSWORD: 'pw-secret',
      SMTP_URL: 'u:smtp-secret@x',
      MONGODB_URI: 'u:db-secret@x',
    };
    const problems = problemsOf(secrets);
    expect(problems).toHaveLength(4);
    expect(problems.join()).not.toContain('-secret');
  });

  test('that only contradict each other are named too', () => {
    expect(problemsOf({ EXCHANGE_CONTROL_URL: 'http://127.0.0.1:1' })[0]).toMatch(
      /^EXCHANGE_CONTROL_URL: .*EXCHANGE_URL/,
    );
    expect(problemsOf({ TEMPORAL_API_KEY: 'k' })[0]).toMatch(/^TEMPORAL_API_KEY: .*TEMPORAL_ADDRESS/);
  });

  test('a password of the first administrator that the strict policy refuses is named, in one line and not repeated', () => {
    const common = { ADMIN_PASSWORD: 'password1234' };
    const strict = { SIGN_IN_POLICY: 'strict' };
    expect(problemsOf(common)).toEqual([]);
    expect(problemsOf({ ...common, ...strict })).toEqual([
      expect.stringMatching(/^ADMIN_PASSWORD: this value is on lists .*; choose another, .*\(SIGN_IN_POLICY=strict\)$/),
    ]);
    const own = { ADMIN_EMAIL: 'head.office@example.org', ADMIN_PASSWORD: 'Head-Office-Example' };
    expect(problemsOf({ ...own, ...strict }).join()).toMatch(/^ADMIN_PASSWORD: this value is made of/);
    expect(problemsOf({ ADMIN_PASSWORD: 'admin@localhost', ...strict })).toHaveLength(1);
    expect(problemsOf({ ADMIN_PASSWORD: 'short', ...strict })).toHaveLength(1);
    expect(problemsOf({ ADMIN_PASSWORD: 'correct horse battery', ...strict })).toEqual([]);
  });

  test('a certificate that is not there is named', () => {
    const env = { TEMPORAL_ADDRESS: 'a:1', TEMPORAL_TLS_CLIENT_CERT_PATH: join(projectRoot(), 'no.pem') };
    expect(problemsOf(env)[0]).toMatch(/^TEMPORAL_\*: .*no\.pem/);
  });
});

describe('right values', () => {
  test('an empty environment gives the defaults of the contract', () => {
    const settings = loadSettings({});
    expect(settings).toMatchObject({
      port: 3000,
      portGiven: false,
      temporalNamespace: 'default',
      exchange: 'auto',
      signInPolicy: 'basic',
      simSpeed: 60,
      simWeightLimit: 6000,
      demo: true,
      embedded: false,
      listenHost: '127.0.0.1',
    });
    expect(settings.dataDir).toBe(join(process.cwd(), '.data'));
    expect(settings.mongodbUri).toBeUndefined();
  });

  test('an empty variable counts as unset', () => {
    const empty = Object.fromEntries(Object.keys(WRONG).map((name) => [name, '']));
    expect(loadSettings(empty)).toEqual(loadSettings({}));
  });

  test('every port from 0 to 65535 is taken, and nothing else', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 65535 }), (port) => loadSettings({ PORT: String(port) }).port === port),
    );
    fc.assert(fc.property(fc.integer({ min: 65536 }), (port) => problemsOf({ PORT: String(port) }).length === 1));
    fc.assert(fc.property(fc.integer({ max: -1 }), (port) => problemsOf({ PORT: String(port) }).length === 1));
  });

  test('no text whatever ends in anything but settings or a list of problems', () => {
    const env = fc.dictionary(fc.constantFrom(...Object.keys(WRONG)), fc.string());
    fc.assert(fc.property(env, (given) => Array.isArray(problemsOf(given))));
  });

  test('a replica set with a password is an address of a database', () => {
    const uri = 'mongodb://user:pass%40word@one:27017,two:27018/crypto?replicaSet=rs0';
    expect(loadSettings({ MONGODB_URI: uri }).mongodbUri).toBe(uri);
  });

  test('an address loses its trailing slash', () => {
    expect(loadSettings({ EXCHANGE_URL: 'http://127.0.0.1:8080/' }).exchangeUrl).toBe('http://127.0.0.1:8080');
  });

  test('an API key turns TLS on, as in every program of Temporal', () => {
    const { connection, namespace } = temporalConnectOptions(
      loadSettings({ TEMPORAL_ADDRESS: 'x.tmprl.cloud:7233', TEMPORAL_API_KEY: 'key', TEMPORAL_NAMESPACE: 'ns.acct' }),
    );
    expect(connection).toMatchObject({ address: 'x.tmprl.cloud:7233', apiKey: 'key', tls: true });
    expect(namespace).toBe('ns.acct');
  });

  test("Temporal's profile file is read where the environment names it", () => {
    const folder = mkdtempSync(join(tmpdir(), 'ctp-settings-'));
    const file = join(folder, 'temporal.toml');
    writeFileSync(file, '[profile.trading]\naddress = "t.example.org:7233"\nnamespace = "desk"\n');
    const settings = loadSettings({ TEMPORAL_CONFIG_FILE: file, TEMPORAL_PROFILE: 'trading' });
    rmSync(folder, { recursive: true });
    expect(settings.temporalAddress).toBe('t.example.org:7233');
    expect(settings.temporalNamespace).toBe('desk');
  });

  test('who starts no servers hears of every address that is missing, beside what is wrong', () => {
    const named = (env: Record<string, string>) => problemsOf(env, { servers: true }).map((one) => one.split(':')[0]);
    const database = { MONGODB_URI: 'mongodb://127.0.0.1:27017/crypto' };
    expect(named({})).toEqual(['MONGODB_URI', 'TEMPORAL_ADDRESS']);
    expect(named({ PORT: 'x' })).toEqual(['PORT', 'MONGODB_URI', 'TEMPORAL_ADDRESS']);
    expect(named(database)).toEqual(['TEMPORAL_ADDRESS']);
    expect(named({ TEMPORAL_ADDRESS: '127.0.0.1:7233' })).toEqual(['MONGODB_URI']);
    expect(named({ ...database, TEMPORAL_ADDRESS: 'localhost' })).toEqual(['TEMPORAL_ADDRESS']);
    expect(named({ ...database, TEMPORAL_API_KEY: 'key' })).toEqual(['TEMPORAL_API_KEY']);
    expect(named({ ...database, TEMPORAL_ADDRESS: '127.0.0.1:7233' })).toEqual([]);
  });

  test('without an address there are no connect options, and the message says what to set', () => {
    expect(() => temporalConnectOptions(loadSettings({}))).toThrow(/TEMPORAL_ADDRESS/);
  });
});

describe('paths', () => {
  test('the project is the folder with package.json', () => {
    expect(join(projectRoot(), 'adapters', 'settings.ts')).toContain('adapters');
    expect(cacheFolder({ XDG_CACHE_HOME: '/var/cache/x' })).toBe('/var/cache/x/crypto-trader-pro');
    expect(cacheFolder({ XDG_CACHE_HOME: 'relative', HOME: '/home/u' })).toBe('/home/u/.cache/crypto-trader-pro');
  });
});
