/** Users who trade on real servers: settings in the database, a workflow in Temporal, a worker that can be killed. */
import { readFileSync } from 'node:fs';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { loadDefaultConfig } from '../../adapters/config/defaults.js';
import type { Database } from '../../adapters/database/connect.js';
import type { Repositories } from '../../adapters/database/repositories.js';
import { type Control, createControl } from '../../commands/campaign/control.js';
import { askAgain } from '../../api/services/questions.js';
import { startStand } from '../../commands/campaign/stand.js';
import type { CampaignWorker } from '../../commands/campaign/worker.js';
import type { ServerChoice, TestServers } from '../../launcher/lab.js';
import type { StatusView, TradingConfig } from '../../trading/types.js';
import { statusQuery, TRADING_TASK_QUEUE, tradingWorkflowId } from '../../workflows/messages.js';

export interface Lab {
  servers: TestServers;
  control: Control;
  client: Client;
  database: Database;
  repositories: Repositories;
  worker: CampaignWorker;
  /** A new user whose workflow runs, STOPPED. */
  user(config?: Partial<TradingConfig>): Promise<TestUser>;
  prices(body: object): Promise<void>;
  close(): Promise<void>;
}

export interface TestUser {
  id: string;
  status(): Promise<StatusView>;
  update<T>(name: string, ...args: unknown[]): Promise<T>;
  signal(name: string, ...args: unknown[]): Promise<void>;
  /** The status once it meets the condition. */
  until(condition: (status: StatusView) => boolean, within?: number): Promise<StatusView>;
}

type History = Awaited<ReturnType<WorkflowHandle['fetchHistory']>>;
type HistoryEvent = NonNullable<History['events']>[number];

let users = 0;

export async function startLab(choice: ServerChoice = {}, workerEnv: Record<string, string> = {}): Promise<Lab> {
  const stand = await startStand({ simulator: { speed: 300 }, ...choice }, { ...workerEnv });
  const { servers, worker, workerLog, database, repositories, client } = stand;
  await worker.ready();

  const lab: Lab = {
    servers,
    control: createControl(servers.controlUrl),
    client,
    database,
    repositories,
    worker,
    async user(config = {}) {
      const id = `user-${process.pid}-${++users}`;
      const standard: Partial<TradingConfig> = {
        tradingMode: 'AGGRESSIVE',
        timeframe: '1m',
        tradingInterval: 1,
        mode: 'paper',
      };
      await repositories.config.create(id, { ...loadDefaultConfig(), ...standard, ...config });
      await repositories.status.create(id, 'paper');
      await client.workflow.start('tradingWorkflow', {
        workflowId: tradingWorkflowId(id),
        taskQueue: TRADING_TASK_QUEUE,
        workflowTaskTimeout: '5 seconds',
        args: [{ userId: id }],
      });
      return testUser(client, id, workerLog);
    },
    async prices(body) {
      const answer = await fetch(`${servers.controlUrl}/prices`, { method: 'POST', body: JSON.stringify(body) });
      if (!answer.ok) throw new Error(await answer.text());
    },
    close: stand.stop,
  };
  return lab;
}

function testUser(client: Client, id: string, workerLog: string): TestUser {
  const handle = client.workflow.getHandle(tradingWorkflowId(id));
  // A query that was handed to a worker just before its death is answered by nobody: it needs a limit of its own.
  const query = () => client.withDeadline(Date.now() + 3_000, () => handle.query(statusQuery));
  const user: TestUser = {
    id,
    status: () => askAgain(query, 3),
    update: (name, ...args) =>
      (handle.executeUpdate as (name: string, options: { args: unknown[] }) => Promise<unknown>)(name, {
        args,
      }) as never,
    signal: (name, ...args) => (handle.signal as (name: string, ...args: unknown[]) => Promise<void>)(name, ...args),
    async until(condition, within = 30_000) {
      const began = Date.now();
      const seen: string[] = [];
      for (;;) {
        const status = await user.status().catch((error: Error) => {
          seen.push(`${Date.now() - began} ms: ${error.cause ?? error}`);
          return null;
        });
        if (status && condition(status)) return status;
        if (Date.now() > began + within)
          throw new Error(
            `not reached within ${within} ms: ${JSON.stringify(status)}\nunanswered: ${seen.join('\n')}\n${await historyEnd(handle)}\nworker: ${readFileSync(workerLog, 'utf8').slice(-2_000)}`,
          );
        await new Promise((next) => setTimeout(next, 100));
      }
    },
  };
  return user;
}

/** Cycles, and enters nothing: a day's candle seldom closes. */
export async function idleUser(lab: Lab, tradingInterval = 3600): Promise<TestUser> {
  const user = await lab.user({ tradingInterval, tradingMode: 'CONSERVATIVE', timeframe: '1d' });
  await user.update('startTrading', {});
  await user.until(({ cycle }) => cycle >= 1);
  // In the books it trades only once that cycle is recorded.
  await eventually(
    () => lab.repositories.status.get(user.id),
    (stored) => stored?.status === 'RUNNING',
  );
  return user;
}

/** Has bought, and trades on. */
export async function holdingUser(lab: Lab, config: Parameters<Lab['user']>[0] = {}): Promise<TestUser> {
  const user = await lab.user({ symbols: ['BTC/USDT'], ...config });
  await user.update('startTrading', {});
  await user.until(({ openPositions }) => openPositions === 1, 60_000);
  return user;
}

/**
 * Holds, and neither a signal nor a level sells it for minutes: a day of the market is minutes here. The cycle before that
 * holds may still have sold.
 */
export async function quietHolder(lab: Lab): Promise<TestUser> {
  const user = await holdingUser(lab, { tradingInterval: 1, stopLossPct: 20, takeProfitPct: 40 });
  for (;;) {
    await lab.repositories.config.put(user.id, { timeframe: '1d' });
    const { cycle: bought } = await user.status();
    if ((await user.until(({ cycle }) => cycle >= bought + 2)).openPositions > 0) return user;
    await lab.repositories.config.put(user.id, { timeframe: '1m' });
    await user.until(({ openPositions }) => openPositions === 1, 60_000);
  }
}

/** Whether an event of a history is a local activity of that name. */
export const isLocalStep =
  (name: string) =>
  (event: HistoryEvent): boolean =>
    Buffer.from(event.markerRecordedEventAttributes?.details?.['data']?.payloads?.[0]?.data ?? []).includes(name);

/** How often a user's workflow has looked at what is held: by a step of its own, and inside the workflow task. */
export async function looksOf(lab: Lab, userId: string): Promise<{ scheduled: number; local: number }> {
  const events = await eventsOf(lab, userId);
  const scheduled = events.filter(
    ({ activityTaskScheduledEventAttributes: step }) => step?.activityType?.name === 'managePositions',
  );
  return { scheduled: scheduled.length, local: events.filter(isLocalStep('managePositions')).length };
}

/** The events of all runs of a user's workflow. */
export const eventsOf = async (lab: Lab, userId: string): Promise<HistoryEvent[]> =>
  (await runsOf(lab, userId)).flatMap(({ events }) => events ?? []);

/** The histories of all runs of a user's workflow, the oldest first: a run is handed over every hundred events. */
export async function runsOf({ client }: Lab, userId: string): Promise<History[]> {
  const runs: History[] = [];
  for (let runId: string | undefined; ; ) {
    const history = await client.workflow.getHandle(tradingWorkflowId(userId), runId).fetchHistory();
    runs.unshift(history);
    runId = history.events?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId || undefined;
    if (!runId) return runs;
  }
}

/** What Temporal knows of a workflow that doesn't go on: the message of a failed test should name it. */
async function historyEnd(handle: WorkflowHandle): Promise<string> {
  const [{ events }, { raw }] = await Promise.all([handle.fetchHistory(), handle.describe()]);
  const lines = (events ?? [])
    .slice(-12)
    .map((event) => `${event.eventId} type ${event.eventType} at ${Number(event.eventTime?.seconds)}`);
  return [...lines, `activities: ${JSON.stringify(raw.pendingActivities)}`, `now ${Date.now() / 1000}`].join('\n');
}

/** Waits until the promise's value meets the condition. */
export async function eventually<T>(
  look: () => Promise<T>,
  condition: (value: T) => boolean,
  within = 20_000,
): Promise<T> {
  const end = Date.now() + within;
  for (;;) {
    const value = await look();
    if (condition(value)) return value;
    if (Date.now() > end) throw new Error(`not reached within ${within} ms: ${JSON.stringify(value)?.slice(0, 400)}`);
    await new Promise((next) => setTimeout(next, 100));
  }
}
