/**
 * `npm run demo:crash` (with `npm start` running): kills the worker in the middle of an order, and tells in plain words
 * what the exchange's ledger, the database and Temporal say before and after.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { loadDefaultConfig } from '../adapters/config/defaults.js';
import { connectDatabase, type Database } from '../adapters/database/connect.js';
import { createRepositories } from '../adapters/database/repositories.js';
import { loadMasterKeys } from '../adapters/secrets/master-keys.js';
import { argumentsOrExit } from '../adapters/commandLine.js';
import { settingsOrExit } from '../adapters/settings.js';
import { readRuntime } from '../launcher/runtime-file.js';
import { TRADING_TASK_QUEUE, tradingWorkflowId } from '../workflows/messages.js';
import { createControl } from './campaign/control.js';

argumentsOrExit('npm run demo:crash (with npm start running): kills the worker in the middle of an order', {});
const settings = settingsOrExit();
const runtime = readRuntime(settings.dataDir);
if (!runtime?.exchangeControlUrl || !runtime.processes.worker) {
  console.error(
    `Nothing is running on ${settings.dataDir} with an exchange and a worker of its own. Run \`npm start\` first.`,
  );
  process.exit(2);
}

const control = createControl(runtime.exchangeControlUrl);
const database = await connectDatabase(runtime.mongodbUri);
const repositories = createRepositories(database, loadMasterKeys(settings.masterKey, settings.dataDir));
const connection = await Connection.connect({ address: runtime.temporalAddress });
const client = new Client({ connection, namespace: runtime.temporalNamespace });
const userId = `crash-demo-${Date.now()}`;
const handle = client.workflow.getHandle(tradingWorkflowId(userId));
let step = 0;
const say = (text: string): void => console.log(`\n${++step}. ${text}`);
const detail = (text: string): void => console.log(`     ${text}`);

try {
  await demonstrate();
} catch (error) {
  console.error(
    `\nThe demonstration did not come to its end: ${error instanceof Error ? error.message : String(error)}`,
  );
  process.exitCode = 1;
} finally {
  await handle
    .executeUpdate('emergencyStop', { args: [{ reason: 'end of the demonstration', liquidate: true, by: 'demo' }] })
    .catch(() => undefined);
  await connection.close();
  await database.close();
}
process.exit();

async function demonstrate(): Promise<void> {
  say('A user of its own for this demonstration starts trading with paper money.');
  await repositories.config.create(userId, {
    ...loadDefaultConfig(),
    mode: 'paper',
    tradingMode: 'AGGRESSIVE',
    timeframe: '1m',
    tradingInterval: 1,
  });
  await repositories.status.create(userId, 'paper');
  await control.account(userId, { USDT: '10000' });
  await client.workflow.start('tradingWorkflow', {
    workflowId: tradingWorkflowId(userId),
    taskQueue: TRADING_TASK_QUEUE,
    workflowTaskTimeout: '5 seconds',
    args: [{ userId }],
  });
  await handle.executeUpdate('startTrading', { args: [{ by: 'demo' }] });
  detail(
    `workflow ${tradingWorkflowId(userId)}: ${runtime!.temporalUiUrl ?? ''}/namespaces/${runtime!.temporalNamespace}/workflows/${tradingWorkflowId(userId)}`,
  );

  say('The exchange is told to execute its next order and to swallow the answer: the worst moment there is.');
  await control.faults(
    [{ endpoint: 'POST /api/v3/order', account: userId, kind: 'answer-lost', seen: 'hang', delayMs: 8_000, count: 1 }],
    1,
  );
  detail('waiting for the strategies to want something (up to two minutes)');
  const sent = await until(
    async () => (await control.ledger(userId)).orders[0],
    120_000,
    'no entry within two minutes',
  );

  const worker = readRuntime(settings.dataDir)!.processes.worker!;
  process.kill(worker, 'SIGKILL');
  const killedAt = Date.now();
  say(`The order is executed, its answer is on the way, and the worker (process ${worker}) is killed with SIGKILL.`);
  await tell('before');
  detail('A bot that forgets would now hold coins without a stop. One that repeats would buy them twice.');

  say('The launcher starts a new worker. Nobody tells it anything; it reads the intent and asks the exchange.');
  await until(
    async () => (await repositories.positions.open(userId)).find((position) => position.protection),
    60_000,
    'no protected position within a minute',
  );
  say(`${((Date.now() - killedAt) / 1000).toFixed(1)} s after the kill everything is in order again.`);
  await tell('after');

  const { orders } = await control.ledger(userId);
  const buys = orders.filter((order) => order.side === 'BUY');
  say(
    `The exchange's own ledger: ${buys.length} buy order for the one decision (${sent.clientOrderId}), and its stop and target resting.`,
  );
  if (buys.length !== 1) throw new Error('this is not what was promised');
  console.log('\nThe user is now stopped by an emergency stop that sells what it holds.');
}

async function tell(when: string): Promise<void> {
  const { orders } = await control.ledger(userId);
  detail(
    `exchange, ${when}:  ${orders.map((order) => `${order.side} ${order.type} ${order.status} ${order.executedQty}/${order.origQty}`).join('; ')}`,
  );
  const stored = await storedOrders(database);
  detail(
    `database, ${when}:  ${stored.map((order) => `${order.purpose} ${order.status} (${order.transitions.map(({ to, evidence }) => `${to}: ${evidence}`).join(' -> ')})`).join('; ')}`,
  );
  const described = await handle.describe();
  const pending = described.raw.pendingActivities ?? [];
  detail(
    `Temporal, ${when}:  ${pending.length > 0 ? pending.map((activity) => `${activity.activityType?.name} under way, attempt ${activity.attempt}`).join('; ') : 'no step waits'}, cycle loop ${described.status.name}`,
  );
}

async function storedOrders(
  from: Database,
): Promise<{ purpose: string; status: string; transitions: { to: string; evidence: string }[] }[]> {
  return (
    (await from.models.orders
      .find({ userId })
      .lean<{ purpose: string; status: string; transitions: { to: string; evidence: string }[] }[]>()) ?? []
  );
}

async function until<T>(look: () => Promise<T | undefined>, within: number, failure: string): Promise<T> {
  const end = Date.now() + within;
  for (;;) {
    const found = await look().catch(() => undefined);
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error(failure);
    await wait(150);
  }
}
