import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { connectDatabase, type Database } from '../../../adapters/database/connect.js';
import type { NotificationDocument, UserDocument } from '../../../adapters/database/documents.js';
import { createModelsRepository } from '../../../adapters/database/modelsRepository.js';
import { createUsersRepository } from '../../../adapters/database/usersRepository.js';
import { projectRoot } from '../../../adapters/paths.js';
import { ensureFirstTrainings, ensureTrainingSchedule } from '../../../adapters/training/schedule.js';
import { loadModel } from '../../../trading/learning/load.js';
import type { TrainingOutcome, TrainingProgress } from '../../../workflows/trainingMessages.js';
import { startServers, type TestServers } from '../../support/servers.js';

const QUEUE = 'trading-training';
let servers: TestServers;
let connection: Connection;
let client: Client;
let database: Database;
let worker: ChildProcess | null = null;

/** The product's own worker on the test's servers. */
function startWorker(): ChildProcess {
  const child = spawn(process.execPath, [join(projectRoot(), 'dist', 'worker', 'main.js')], {
    cwd: servers.dataDir,
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      DATA_DIR: servers.dataDir,
      TEMPORAL_ADDRESS: servers.temporalAddress,
      MONGODB_URI: servers.mongodbUri,
      EXCHANGE: 'simulator',
      EXCHANGE_URL: servers.exchangeUrl,
      EXCHANGE_CONTROL_URL: servers.controlUrl,
      LOG_LEVEL: 'error',
    },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  worker = child;
  return child;
}

function kill9(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });
}

async function until<T>(look: () => Promise<T | null | undefined | false>, what: string, ms = 60_000): Promise<T> {
  const end = Date.now() + ms;
  for (;;) {
    const seen = await look();
    if (seen) return seen;
    if (Date.now() > end) throw new Error(`waited ${ms} ms for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

beforeAll(async () => {
  execFileSync(process.execPath, [join(projectRoot(), 'scripts', 'build.mjs'), 'workflows']);
  servers = await startServers({ temporal: true, mongodb: true, simulator: { speed: 1 } });
  connection = await Connection.connect({ address: servers.temporalAddress });
  client = new Client({ connection });
  database = await connectDatabase(servers.mongodbUri);
}, 120_000);

afterAll(async () => {
  if (worker?.exitCode === null && worker.signalCode === null) await kill9(worker);
  await database?.close();
  await connection?.close();
  await servers?.stop();
});

test('training goes on at the fold it was in after kill -9, and registers a whole model', async () => {
  const first = startWorker();
  const handle = await client.workflow.start('trainingWorkflow', {
    taskQueue: QUEUE,
    workflowId: 'training-BTCUSDT-1m',
    args: [{ symbol: 'BTC/USDT', timeframe: '1m', historyDays: 12 }],
  });
  const folder = join(servers.dataDir, 'training', handle.firstExecutionRunId);
  const doneFolds = () =>
    existsSync(folder) ? readdirSync(folder).filter((name) => /^fold-\d+\.bin$/.test(name)).length : 0;
  await until(async () => doneFolds() >= 2, 'two folds');
  await kill9(first);
  const before = doneFolds();
  startWorker();
  const outcome = (await handle.result()) as TrainingOutcome;

  const history = await handle.fetchHistory();
  const events = history.events ?? [];
  const foldsScheduled = events.filter(
    (event) => event.activityTaskScheduledEventAttributes?.activityType?.name === 'trainFold',
  ).length;
  const progress = await handle.query<TrainingProgress>('progress');
  expect(progress).toMatchObject({ phase: 'DONE', foldsDone: progress.folds, version: outcome.version });
  expect(foldsScheduled).toBe(progress.folds);
  expect(before).toBeGreaterThanOrEqual(2);
  expect(before).toBeLessThan(progress.folds);
  expect(JSON.stringify(history).length).toBeLessThan(200_000);

  const models = createModelsRepository(database);
  const saved = await models.get(outcome.version);
  const model = loadModel(JSON.parse(saved!.artifact!));
  expect(model.symbol).toBe('BTC/USDT');
  expect(saved!.stage).toBe(outcome.promoted ? 'active' : 'candidate');
  expect(saved!.quality).toMatchObject({ test: { n: outcome.test.n }, decision: { reason: outcome.reason } });
  expect(existsSync(folder)).toBe(false);
}, 180_000);

test.each([
  ['a timeframe', { symbol: 'BTC/USDT', timeframe: '7m' }, /7m.*none of 1m/],
  ['a symbol', { symbol: 'NOT/USDT', timeframe: '5m' }, /does not list "NOT\/USDT"/],
])(
  '%s that there is not fails at once, with the reason',
  async (what, request, reason) => {
    const run = client.workflow.execute('trainingWorkflow', {
      taskQueue: QUEUE,
      workflowId: `training-wrong-${what}`,
      args: [request],
    });
    await expect(run).rejects.toMatchObject({ cause: { cause: { message: expect.stringMatching(reason) } } });
  },
  60_000,
);

test('one call brings the version before back into use', async () => {
  const models = createModelsRepository(database);
  const model = (version: string) =>
    models.insert({
      ...{ version, symbol: 'SOL/USDT', timeframe: '5m', stage: 'candidate' as const, quality: null, features: [] },
      ...{ artifact: null, trainedFrom: null, trainedTo: null },
    });
  await model('one');
  await model('two');
  await models.promote('one', new Date(1));
  await models.promote('two', new Date(2));
  expect(await models.promote('one')).toBe(true);
  expect((await models.active('SOL/USDT', '5m'))?.version).toBe('one');
  expect((await models.get('two'))?.stage).toBe('retired');
});

test('the schedules are made once and kept', async () => {
  const settings = { symbols: ['XRP/USDT'], timeframe: '15m', taskQueue: 'nobody', hour: 3 } as const;
  const ids = await ensureTrainingSchedule(client, settings);
  expect(await ensureTrainingSchedule(client, { ...settings, hour: 4 })).toEqual(ids);
  const described = await client.schedule.getHandle('training-XRPUSDT-15m').describe();
  expect(described.spec.calendars?.[0]?.hour).toEqual([{ start: 4, end: 4, step: 1 }]);
});

test('a first training is asked for once, where there is no model, and waits', async () => {
  const symbols = ['XRP/USDT', 'SOL/USDT'];
  const settings = { symbols, timeframe: '15m', taskQueue: 'nobody', delayMs: 600_000 } as const;
  const known = new Set(['SOL/USDT']);
  expect(await ensureFirstTrainings(client, { ...settings, known })).toEqual(['XRP/USDT']);
  expect(await ensureFirstTrainings(client, { ...settings, known })).toEqual(['XRP/USDT']);
  const { status, startTime } = await client.workflow.getHandle('first-training-XRPUSDT-15m').describe();
  expect(status.name).toBe('RUNNING');
  expect(startTime.getTime()).toBeLessThan(Date.now() + 600_000);
  await expect(client.workflow.getHandle('first-training-SOLUSDT-15m').describe()).rejects.toThrow(/not found/i);
});

test('a model that cannot be read is taken out of use by the watch, and administrators are told', async () => {
  const admin = createAdmin('watcher');
  await createUsersRepository(database).insert(admin);
  const models = createModelsRepository(database);
  await models.insert({
    ...{
      version: 'broken',
      symbol: 'ADA/USDT',
      timeframe: '5m',
      stage: 'active' as const,
      quality: null,
      features: [],
    },
    ...{ artifact: '{"format":1}', trainedFrom: null, trainedTo: null },
  });
  const outcomes = (await client.workflow.execute('modelWatchWorkflow', {
    taskQueue: QUEUE,
    workflowId: 'watch',
    args: [],
  })) as { version: string; verdict: string; demoted: boolean }[];
  expect(outcomes.find(({ version }) => version === 'broken')).toMatchObject({ verdict: 'UNREADABLE', demoted: true });
  expect((await models.get('broken'))?.stage).toBe('failed');
  const told = await until(
    () => database.models.notifications.findById(`model-drift-broken-${admin._id}`).lean<NotificationDocument>(),
    'the notification',
  );
  expect(told).toMatchObject({
    userId: admin._id,
    type: 'SYSTEM_ERROR',
    message: expect.stringContaining('broken was taken out of use'),
  });
}, 60_000);

function createAdmin(id: string): UserDocument {
  const now = new Date();
  return {
    ...{ _id: id, email: `${id}@localhost`, emailVerified: true, passwordHash: 'none', role: 'admin', locale: 'en' },
    ...{ disabled: false, totp: null, createdAt: now, updatedAt: now },
  };
}
