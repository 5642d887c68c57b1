import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { jest } from '@jest/globals';
import { authenticator } from 'otplib';
import { SMTPServer } from 'smtp-server';
import { writeBackup } from '../../../adapters/database/backup.js';
import { loadMasterKeys } from '../../../adapters/secrets/master-keys.js';
import { closeLater } from '../../../adapters/temporal/closeLater.js';
import { codecKeys, createCodec, ENCRYPTED } from '../../../adapters/temporal/codec.js';
import { type CampaignWorker, startCampaignWorker } from '../../../commands/campaign/worker.js';
import { freePort } from '../../../launcher/ports.js';
import { tradingWorkflowId } from '../../../workflows/messages.js';
import { type Answer, type Ask, MASTER_KEY, PASSWORD, startApi, type TestApi } from '../api/testApi.js';
import { eventually } from '../../support/trading.js';
import { type Collector, databaseDump, filesBelow, found, histories, type Places, startCollector } from './canaries.js';
import { tradeLiveAmidFaults } from './liveFaults.js';

jest.setTimeout(180_000);

const CODEC_KEY = 'codec-key-canary-'.padEnd(40, 'x');
const WEB_UI = 'http://127.0.0.1:8233';
/** What is planted from outside; TOTP seed, API token and sign-in token join when the product has made them. */
const canaries: Record<string, string> = {
  masterKey: MASTER_KEY,
  codecKey: CODEC_KEY,
  password: PASSWORD,
  wrongPassword: 'wrong-password-canary-51',
  exchangeKey: `ApiKeyCanary${'A'.repeat(52)}`,
  exchangeSecret: `SecretCanary${'S'.repeat(52)}`,
  smtpPassword: 'smtp-password-canary-77',
  discordToken: `discord-webhook-canary-${'d'.repeat(40)}`,
  telegramToken: `telegram-token-canary-${'t'.repeat(20)}`,
  collectorToken: 'collector-token-canary-93',
};
/** Addresses of people: in no history and no trace. */
const ADDRESSES = {
  email: 'canary@example.org',
  otherEmail: 'elsewhere-canary@example.org',
  liveEmail: 'live-canary@example.org',
  chat: '-100471147114711',
};
/** Whatever was signed: no address with a signature is told on. */
const SIGNED = /signature=[0-9a-f]{8,}/;
/** The answers that hold a secret, once: those that make it. */
const MADE = [
  'totpSeed in POST /api/me/totp',
  'recoveryCode in POST /api/me/totp',
  'csrfToken in POST /api/auth/login',
  'cookieToken in POST /api/auth/login',
  'apiToken in POST /api/tokens',
];

let t: TestApi;
let worker: CampaignWorker;
let client: Client;
let smtp: SMTPServer;
let collector: Collector;
let metricsUrl: string;
let token: string;
let userId: string;
const responses: Places = {};
const codec = createCodec(codecKeys(CODEC_KEY));
let ask: Ask;

beforeAll(async () => {
  smtp = new SMTPServer({ disabledCommands: ['STARTTLS'], onAuth: (_auth, _session, done) => done(new Error('no')) });
  smtp.on('error', () => undefined);
  await new Promise<void>((resolve) => smtp.listen(0, '127.0.0.1', resolve));
  const smtpUrl = `smtp://mailer:${canaries['smtpPassword']}@127.0.0.1:${(smtp.server.address() as AddressInfo).port}`;
  collector = await startCollector();
  t = await startApi(
    { temporal: true, simulator: { speed: 300 } },
    { smtpUrl, temporalCodecKey: CODEC_KEY, temporalUiUrl: WEB_UI, live: 'simulator' },
  );
  ask = async (method, path, options) => kept(`${method} ${path}`, await t.ask(method, path, options));
  const port = await freePort([], new Set());
  metricsUrl = `http://127.0.0.1:${port}/metrics`;
  worker = startCampaignWorker(
    {
      DATA_DIR: t.servers.dataDir,
      TEMPORAL_ADDRESS: t.servers.temporalAddress,
      TEMPORAL_CODEC_KEY: CODEC_KEY,
      MONGODB_URI: t.servers.mongodbUri,
      EXCHANGE_URL: t.servers.exchangeUrl,
      EXCHANGE_CONTROL_URL: t.servers.controlUrl,
      LIVE_EXCHANGE_URL: t.servers.exchangeUrl,
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_HEADERS: `authorization=Bearer%20${canaries['collectorToken']}`,
      MASTER_KEY,
      SMTP_URL: smtpUrl,
      // Nobody listens there: what a channel says of a failure is where its address would show.
      DISCORD_BASE_URL: 'http://127.0.0.1:9',
      TELEGRAM_BASE_URL: 'http://127.0.0.1:9',
      METRICS_PORT: String(port),
      DEMO: 'false',
      LOG_LEVEL: 'debug',
    },
    join(t.servers.dataDir, 'logs', 'worker.log'),
  );
  client = new Client({ connection: await Connection.connect({ address: t.servers.temporalAddress }) });
  await worker.ready();
  await plantAndTrade();
});

afterAll(async () => {
  await worker?.stop();
  if (client) closeLater(client.connection);
  await t?.stop();
  await new Promise<void>((resolve) => smtp.close(() => resolve()));
  collector?.close();
});

function kept(name: string, answer: Answer): Answer {
  const headers = [...answer.headers].flat().join(' ');
  responses[`answer ${Object.keys(responses).length} ${name}`] = `${headers} ${answer.text}`;
  return answer;
}

async function plantAndTrade(): Promise<void> {
  const user = await t.user('canary@example.org');
  [userId, token] = [user.id, user.token];
  canaries['signInToken'] = token;
  const put = (path: string, body: object) => ask('PUT', path, { token, body });
  const { exchangeKey, exchangeSecret, discordToken, telegramToken, wrongPassword } = canaries;
  await put('/api/notifications/settings', {
    email: 'canary@example.org',
    discordWebhookUrl: `https://discord.com/api/webhooks/4711/${discordToken}`,
    telegramBotToken: `123456789:${telegramToken}`,
    telegramChatId: ADDRESSES.chat,
  });
  await t.database.models.notificationSettings.updateOne(
    { _id: userId },
    { $set: { 'email.verified': true, 'discord.verified': true, 'telegram.verified': true } },
  );
  await t.repositories.credentials.put(
    userId,
    'binance',
    { apiKey: exchangeKey!, secret: exchangeSecret! },
    { label: '', permissions: null, verifiedAt: null, problem: null },
  );
  await put('/api/config', {
    tradingMode: 'AGGRESSIVE',
    timeframe: '1m',
    tradingInterval: 1,
    notifications: { channels: ['dashboard', 'email', 'discord', 'telegram'] },
  });
  const enrolled = (await ask('POST', '/api/me/totp', { token, body: { action: 'enrol' } })).body;
  canaries['totpSeed'] = new URL(enrolled.otpauthUrl).searchParams.get('secret')!;
  const code = authenticator.generate(canaries['totpSeed']!);
  const confirmed = await ask('POST', '/api/me/totp', { token, body: { action: 'confirm', code } });
  canaries['recoveryCode'] = confirmed.body.recoveryCodes[0];
  const signedIn = await ask('POST', '/api/auth/login', {
    body: { email: 'canary@example.org', password: PASSWORD, totp: canaries['recoveryCode'] },
  });
  canaries['csrfToken'] = signedIn.body.csrfToken;
  canaries['cookieToken'] = signedIn.body.token;
  canaries['apiToken'] = (await ask('POST', '/api/tokens', { token, body: { name: 'a' } })).body.token;

  // Requests that go wrong with a secret in them.
  await ask('POST', '/api/auth/login', { body: { email: 'canary@example.org', password: wrongPassword } });
  await ask('POST', '/api/auth/login', { raw: `{"password":"${wrongPassword}` });
  await ask('PATCH', '/api/me', { token, body: { password: wrongPassword, currentPassword: wrongPassword } });
  await put('/api/exchange-credentials', { apiKey: exchangeKey, secret: exchangeSecret, nonsense: 1 });
  await put('/api/notifications/settings', { telegramBotToken: telegramToken, discordWebhookUrl: discordToken });
  await ask('GET', '/api/nowhere', { token: canaries['apiToken'] });
  await ask('POST', '/api/notifications/test', { token, body: {} });
  // The mail server refuses us: the address is stored all the same, and the code can be asked for again.
  expect((await put('/api/notifications/settings', { email: ADDRESSES.otherEmail })).status).toBe(200);
  const unsent = await ask('POST', '/api/notifications/verify', { token, body: {} });
  expect([unsent.status, unsent.body.code]).toEqual([503, 'MAIL_UNAVAILABLE']);
  await put('/api/notifications/settings', { email: 'canary@example.org' });

  expect((await ask('POST', '/api/trading/start', { token, body: {} })).status).toBe(200);
  const traded = () => t.database.models.orders.find({ userId }).lean();
  await eventually(traded, (orders) => orders.length > 0, 60_000);
  await ask('POST', '/api/trading/emergency-stop', { token, body: { liquidate: true, reason: 'the end' } });
  // The channels have tried, and failed, to tell.
  await eventually(
    () => t.database.models.notifications.find({ userId, type: 'EMERGENCY_STOP' }).lean(),
    ([one]) => one?.deliveries.every(({ channel, attempts }) => channel === 'dashboard' || attempts > 0) ?? false,
    40_000,
  );
  for (const path of [
    'exchange-credentials',
    'notifications/settings',
    'notifications',
    'logs',
    'orders',
    'config',
    'audit',
  ])
    await ask('GET', `/api/${path}`, { token });
  for (const path of ['me', 'sessions', 'tokens', 'trading/status', 'account'])
    await ask('GET', `/api/${path}`, { token });
  Object.assign(canaries, await tradeLiveAmidFaults(t, ask, ADDRESSES.liveEmail));
  await ask('GET', '/api/users', { token: t.adminToken });
  await ask('GET', '/api/admin/overview', { token: t.adminToken });
}

describe('secrets that were planted', () => {
  test('are found where one is, in base64 after any number of bytes', () => {
    const { totpSeed, telegramToken } = canaries;
    const encoded = ['', 'a', 'ab', 'abc'].flatMap((before) =>
      (['base64', 'base64url'] as const).map(
        (alphabet) => `x${Buffer.from(`${before}${telegramToken}, more`).toString(alphabet)}`,
      ),
    );
    const places = {
      plain: `_${totpSeed}_`,
      hex: Buffer.from(` ${totpSeed}`).toString('hex'),
      ...Object.fromEntries(encoded.entries()),
    };
    expect(found({ totpSeed: totpSeed!, telegramToken: telegramToken! }, places)).toEqual([
      ...['totpSeed in plain', 'totpSeed in hex'],
      ...encoded.map((_, index) => `telegramToken in ${index}`),
    ]);
  });

  test('are in no answer but the one that makes them', () => {
    expect(Object.keys(responses).length).toBeGreaterThan(20);
    expect(Object.keys(responses).filter((name) => name.endsWith('POST /api/auth/login'))).toHaveLength(3);
    expect(found(canaries, responses).map((one) => one.replace(/answer \d+ /, ''))).toEqual(MADE);
    expect(Object.keys(responses).filter((name) => SIGNED.test(responses[name]!))).toEqual([]);
  });

  test('are in no document of the database and in no backup', async () => {
    const dump = await databaseDump(t.database);
    expect(Object.values(dump).join('')).toContain('ciphertext');
    for (const name of ['users', 'exchange_credentials', 'notifications', 'orders', 'audit_log', 'auto_trading_logs'])
      expect(dump[`collection ${name}`]?.length).toBeGreaterThan(50);
    expect(found(canaries, dump)).toEqual([]);
    expect(Object.keys(dump).filter((name) => SIGNED.test(dump[name]!))).toEqual([]);
    const path = join(t.servers.dataDir, 'canary.backup');
    await writeBackup(t.database, loadMasterKeys(MASTER_KEY, t.servers.dataDir), path);
    expect(found({ ...canaries, ...ADDRESSES }, { backup: readFileSync(path, 'latin1') })).toEqual([]);
  });

  test('are in no log and in no measurement', async () => {
    const text = async (url: string) => (await fetch(url)).text();
    const [ofWorker, ofApi] = await Promise.all([text(metricsUrl), text(`${t.url}/metrics`)]);
    expect(ofWorker).toContain('ctp_worker_cycles_total');
    const log = readFileSync(join(t.servers.dataDir, 'logs', 'worker.log'), 'utf8');
    expect(log).toContain('worker ready');
    expect(t.logged.length).toBeGreaterThan(20);
    const places = { log, apiLog: t.logged.join('\n'), ofWorker, ofApi };
    expect(found({ ...canaries, ...ADDRESSES }, places)).toEqual([]);
    expect(Object.values(places).filter((text) => SIGNED.test(text))).toEqual([]);
  });

  test('are in no trace, which tells steps, routes and kinds of errors', async () => {
    const spans = await eventually(
      async () => collector.received.join('\n'),
      (text) => text.includes('exchange placeOrder') && text.includes('haltTrading'),
      20_000,
    );
    expect(found({ ...canaries, ...ADDRESSES }, { spans })).toEqual([]);
    expect(spans).not.toMatch(SIGNED);
  });

  test('are in no history, not even for whoever has the key to it', async () => {
    const { stored, decrypted } = await histories(client, codec);
    const trading = decrypted[`decrypted history ${tradingWorkflowId(userId)}`]!;
    expect(trading).toContain('"symbol":"BTC/USDT"');
    const places: Places = { ...stored, ...decrypted };
    expect(found({ ...canaries, ...ADDRESSES }, places)).toEqual([]);
    expect(Object.keys(places).filter((name) => SIGNED.test(places[name]!))).toEqual([]);
  });

  test('are in no file of the data directory', () => {
    // The database's own files hold what the dump holds; the exchange's, the accounts that it made.
    const { liveKey: _key, liveSecret: _secret, ...ours } = canaries;
    expect(found(ours, filesBelow(t.servers.dataDir, ['mongodb']))).toEqual([]);
    expect(found(canaries, filesBelow(t.servers.dataDir, ['mongodb', 'simulator']))).toEqual([]);
  });
});

describe('an encrypted history', () => {
  test('shows cipher text and nothing of an order, and Temporal’s database neither', async () => {
    const { stored } = await histories(client, codec);
    const text = stored[`history ${tradingWorkflowId(userId)}`]!;
    expect(text).toContain(ENCRYPTED);
    expect(text).toContain('executeTrade');
    const inside = { symbol: '"symbol":', reason: 'the end', receipt: 'cancelledOrders', failure: 'ECONNREFUSED' };
    expect(found(inside, stored)).toEqual([]);
    expect(found(inside, filesBelow(t.servers.dataDir, ['mongodb', 'simulator', 'logs']))).toEqual([]);
  });

  test('is decrypted by the codec server for administrators and the Web UI', async () => {
    const [payload] = await codec.encode([
      { metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from('{"a":1}') },
    ]);
    const json = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
    const metadata = Object.fromEntries(Object.entries(payload!.metadata!).map(([name, value]) => [name, json(value)]));
    const body = { payloads: [{ metadata, data: json(payload!.data!) }] };
    const decode = (options: { token?: string; origin?: string; body?: object }) =>
      t.ask('POST', '/codec/decode', {
        token: options.token ?? null,
        body: options.body ?? body,
        headers: { ...(options.origin ? { origin: options.origin } : {}), 'x-namespace': 'default' },
      });
    const answer = await decode({ token: t.adminToken, origin: WEB_UI });
    expect(Buffer.from(answer.body.payloads[0].data, 'base64').toString()).toBe('{"a":1}');
    expect(answer.headers.get('access-control-allow-origin')).toBe(WEB_UI);
    const encoded = await t.ask('POST', '/codec/encode', { token: t.adminToken, body: answer.body });
    expect((await decode({ token: t.adminToken, body: encoded.body })).body).toEqual(answer.body);

    expect((await decode({})).status).toBe(401);
    expect((await decode({ token })).status).toBe(403);
    for (const origin of ['https://evil.example', `${WEB_UI}.evil.example`, 'null']) {
      const refused = await decode({ token: t.adminToken, origin });
      expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([403, null]);
    }
    expect((await decode({ token: t.adminToken, body: { payloads: [{ data: '%' }] } })).status).toBe(422);
    const foreign = await createCodec(codecKeys('f'.repeat(40))).encode([{ metadata: {}, data: Buffer.from('x') }]);
    const unknown = {
      payloads: foreign.map(({ metadata: meta, data }) => ({
        metadata: Object.fromEntries(Object.entries(meta!).map(([name, value]) => [name, json(value)])),
        data: json(data!),
      })),
    };
    const unreadable = await decode({ token: t.adminToken, body: unknown });
    expect([unreadable.status, unreadable.body.code]).toEqual([422, 'PAYLOAD_UNREADABLE']);
  });

  test('lets a page of the Web UI ask by the administrator’s cookie, and no other page', async () => {
    const preflight = await t.ask('OPTIONS', '/codec/decode', {
      headers: { origin: WEB_UI, 'access-control-request-method': 'POST' },
    });
    expect([preflight.status, preflight.headers.get('access-control-allow-credentials')]).toEqual([204, 'true']);
    const cookie = `session=${t.adminToken}`;
    const asked = (origin: string) =>
      t.ask('POST', '/codec/decode', { body: { payloads: [] }, headers: { cookie, origin } });
    expect((await asked(WEB_UI)).status).toBe(200);
    expect((await asked(t.url)).status).toBe(403);
  });
});
