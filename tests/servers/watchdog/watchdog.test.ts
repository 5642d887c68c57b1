/** A worker dies, and the database dies: who is told by whom, on real servers. */
import { Registry } from 'prom-client';
import { serveMetrics } from '../../../adapters/metricsServer.js';
import { freePort } from '../../../launcher/ports.js';
import { loadMasterKeys } from '../../../adapters/secrets/master-keys.js';
import { createLogger } from '../../../adapters/log.js';
import { createChannels, messageId } from '../../../adapters/notifications/index.js';
import type { NotificationDocument } from '../../../adapters/database/documents.js';
import { createApiVenues } from '../../../api/venues.js';
import { startWatchdog } from '../../../api/watchdog.js';
import { PARTS } from '../../../api/watchdog/decide.js';
import { testSettings } from '../../support/servers.js';
import { eventually, type Lab, startLab, type TestUser } from '../../support/trading.js';
import { type MailServer, startMailServer } from '../../../commands/notifications/receivers.js';

const FROM = 'bot@trader.example.org';
let lab: Lab;
let mail: MailServer;
let user: TestUser;
let metricsPort: number;
/** Where the first of the two processes shows what it sees. */
let metricsUrl: string;
const closing: (() => unknown)[] = [];
const logged: string[] = [];

beforeAll(async () => {
  metricsPort = await freePort([], new Set());
  [lab, mail] = await Promise.all([
    // An idle worker asks anew every 2 s instead of every 60 s: so its silence shows sooner.
    startLab(
      { temporal: { dynamicConfig: ['matching.longPollExpirationInterval="2s"'] } },
      { METRICS_PORT: `${metricsPort}` },
    ),
    startMailServer(),
  ]);
  user = await lab.user({
    notifications: {
      enabled: true,
      channels: ['dashboard', 'email'],
      tradeNotifications: false,
      errorNotifications: true,
    },
  });
  await addAccount(user.id, 'user', 'en');
  await addAccount('operator', 'admin', 'ko');
  await user.update('startTrading', { by: 'test' });
  await user.until(({ cycle }) => cycle >= 2);
  // As two API processes beside each other.
  const registries = [new Registry(), new Registry()] as const;
  watch('first', registries[0]);
  watch('second', registries[1]);
  const quiet = { info: () => undefined, warn: () => undefined };
  const served = await serveMetrics(registries[0], { port: 0, host: '127.0.0.1' }, quiet);
  closing.push(served.close);
  metricsUrl = served.url!;
}, 90_000);

afterAll(async () => {
  for (const close of closing) await close();
  await mail?.close();
  await lab?.close();
}, 30_000);

async function addAccount(id: string, role: 'user' | 'admin', locale: string): Promise<void> {
  const at = new Date();
  const account = { passwordHash: 'x', disabled: false, totp: null, createdAt: at, updatedAt: at } as const;
  const email = `${id}@example.org`;
  await lab.repositories.users.insert({ ...account, _id: id, role, email, emailVerified: true, locale });
}

function watch(name: string, registry: Registry): void {
  const { dataDir, mongodbUri, temporalAddress, exchangeUrl, controlUrl } = lab.servers;
  const log = createLogger({ name, level: 'debug' }, { write: (line) => void logged.push(line) });
  const settings = testSettings({
    DATA_DIR: dataDir,
    MONGODB_URI: mongodbUri,
    TEMPORAL_ADDRESS: temporalAddress,
    EXCHANGE_URL: exchangeUrl,
    EXCHANGE_CONTROL_URL: controlUrl,
  });
  const venues = createApiVenues(settings, lab.repositories, log);
  const channels = createChannels({ smtpUrl: mail.url, mailFrom: FROM });
  const { client, database, repositories } = lab;
  const keys = loadMasterKeys(undefined, dataDir);
  const stop = startWatchdog(
    { client, database, repositories, keys, channels, venue: venues.of, mailIsSetUp: true, log },
    {
      dataDir,
      namespace: 'default',
      everyMs: 1_000,
      graceMs: 0,
      workerSilentMs: 6_000,
      overdueFloorMs: 4_000,
      registry,
    },
  );
  closing.push(
    stop,
    () => channels.email.close(),
    () => venues.close(),
  );
}

/** By series, as Prometheus scrapes it. */
async function scraped(url: string): Promise<Map<string, number>> {
  const lines = (await (await fetch(url)).text()).split('\n').filter((line) => line && !line.startsWith('#'));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
  );
}
const outage = (part: string): string => `ctp_watchdog_outage{part="${part}"}`;
const queue = (of: 'tasks' | 'age_seconds'): string => `ctp_watchdog_queue_${of}{queue="trading"}`;

const storedOf = (userId: string): Promise<NotificationDocument[]> =>
  lab.database.models.notifications.find({ userId, _id: /^watchdog-/ }).lean<NotificationDocument[]>();
const mailsTo = (userId: string) =>
  mail.mails.filter((_mail, at) => mail.recipients[at]!.includes(`${userId}@example.org`));
const codes = (documents: NotificationDocument[]) => documents.map(({ data }) => data['code']);

test('says nothing while everything answers', async () => {
  const { cycle } = await user.status();
  await user.until((status) => status.cycle >= cycle + 4);
  expect(mail.mails.map(({ text }) => text)).toEqual([]);
  expect(await storedOf('operator')).toEqual([]);
  const seen = await scraped(metricsUrl);
  expect(PARTS.map((part) => [part, seen.get(outage(part))])).toEqual(PARTS.map((part) => [part, 0]));
  expect([seen.has(queue('tasks')), seen.has(queue('age_seconds'))]).toEqual([true, true]);
});

test('the worker shows its cycles, its steps and the rate limit', async () => {
  const text = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
  expect(Number(/^ctp_worker_cycles_total\{result="completed"\} (\d+)$/m.exec(text)?.[1])).toBeGreaterThan(4);
  expect(Number(/^ctp_worker_exchange_used_weight\{venue="paper"\} (\d+)$/m.exec(text)?.[1])).toBeGreaterThan(0);
  expect(Number(/^ctp_worker_exchange_share_used\{venue="paper"\} ([\d.]+)$/m.exec(text)?.[1])).toBeGreaterThan(0);
  expect(text).toMatch(/^ctp_worker_activity_seconds_count\{activity="runSafetyChecks"\} \d+$/m);
  expect(text).not.toContain(user.id);
});

test('a killed worker is noticed and mailed, once, to the user and to the administrator', async () => {
  const ended = lab.worker.stop();
  lab.worker.kill();
  await ended;

  const theirs = await eventually(
    () => storedOf(user.id),
    ([first]) => first?.deliveries.every(({ status }) => status === 'delivered') ?? false,
  );
  expect(codes(theirs)).toEqual(['CYCLE_OVERDUE']);
  expect(theirs[0]).toMatchObject({ type: 'SYSTEM_ERROR', severity: 'ERROR', title: 'System error' });
  const operators = await eventually(
    () => storedOf('operator'),
    (all) => codes(all).includes('WORKER_MISSING') && all.every(allDelivered),
  );
  const worker = operators.find(({ data }) => data['code'] === 'WORKER_MISSING')!;
  expect(worker.title).toBe('시스템 오류');
  expect(worker.message).toContain('워커가 없습니다');
  // The user's next cycle waits in the queue, and grows older.
  const waits = await eventually(
    () => scraped(metricsUrl),
    (seen) => seen.get(queue('age_seconds'))! > 0,
  );
  expect([waits.get(outage('worker')), waits.get(outage('cycle')), waits.get(outage('database'))]).toEqual([1, 1, 0]);
  expect(waits.get(queue('tasks'))).toBeGreaterThan(0);

  // One mail for each notification, although two processes watch.
  expect(mailsTo(user.id).map((each) => each.messageId)).toEqual([messageId(theirs[0]!._id, FROM)]);
  expect(mailsTo(user.id)[0]!.text).toContain('Your trading cycle is overdue');
  expect(
    mailsTo('operator')
      .map((each) => each.messageId)
      .sort(),
  ).toEqual(operators.map(({ _id }) => messageId(_id, FROM)).sort());
}, 60_000);

test('what a process stored and did not live to deliver is delivered by another, once', async () => {
  const id = 'watchdog-disk-operator-1';
  const [operator] = await storedOf('operator');
  const long = new Date(Date.now() - 150_000);
  const left = { ...operator!, _id: id, createdAt: long, updatedAt: long };
  const deliveries = operator!.deliveries.map((each) =>
    each.channel === 'email' ? { ...each, status: 'pending' as const, attempts: 0, at: null } : each,
  );
  await lab.database.models.notifications.create([{ ...left, deliveries }]);
  await eventually(
    () => storedOf('operator'),
    (all) => all.some(({ _id, deliveries: now }) => _id === id && now.every(({ status }) => status === 'delivered')),
    20_000,
  );
  const taken = mailsTo('operator').filter((each) => each.messageId === messageId(id, FROM));
  expect(taken).toHaveLength(1);
}, 60_000);

test('a dead exchange is mailed to the administrator as a lost connection', async () => {
  await lab.servers.kill9('simulator');
  const [lost] = await eventually(
    async () => (await storedOf('operator')).filter(({ data }) => data['code'] === 'EXCHANGE_UNREACHABLE'),
    (found) => found.length > 0 && found.every(allDelivered),
    30_000,
  );
  expect(lost).toMatchObject({ type: 'API_CONNECTION_LOST', title: '거래소 API 연결 끊김' });
  expect(lost!.message).toContain('거래소가 응답하지 않습니다');
  expect((await scraped(metricsUrl)).get(outage('exchange'))).toBe(1);
  await lab.servers.restart('simulator');
}, 60_000);

test('a dead database is mailed to the administrator, and the document follows when it is back', async () => {
  const before = mailsTo('operator').length;
  await lab.servers.kill9('mongodb');
  await eventually(
    async () =>
      mailsTo('operator')
        .slice(before)
        .filter(({ text }) => text?.includes('데이터베이스')),
    (mails) => mails.length > 0,
    30_000,
  );
  await lab.servers.restart('mongodb');
  const stored = await eventually(
    () => storedOf('operator').catch(() => []),
    (all) => all.some((each) => each.data['code'] === 'DATABASE_UNREACHABLE' && allDelivered(each)),
    30_000,
  );
  // Without the database the two processes cannot agree: the same Message-ID lets a mail program know the double.
  const id = messageId(stored.find(({ data }) => data['code'] === 'DATABASE_UNREACHABLE')!._id, FROM);
  const told = mailsTo('operator').filter(({ text }) => text?.includes('데이터베이스'));
  expect(new Set(told.map((each) => each.messageId))).toEqual(new Set([id]));
  await eventually(
    async () => logged.join(''),
    (text) => text.includes('watchdog: back'),
  );
  await eventually(
    () => scraped(metricsUrl),
    (seen) => seen.get(outage('database')) === 0,
  );
}, 90_000);

function allDelivered({ deliveries }: NotificationDocument): boolean {
  return deliveries.every(({ status }) => status === 'delivered');
}
