/**
 * What training costs trading: the time from a cycle's timer to the next one's, first idle, then while a model is
 * trained in the same worker (one thread of the lowest priority), in one run. At most 2.5 times at the 99th percentile.
 */
import type { Client } from '@temporalio/client';
import { loadDefaultConfig } from '../adapters/config/defaults.js';
import type { Repositories } from '../adapters/database/repositories.js';
import { startStand } from '../commands/campaign/stand.js';
import { TRADING_TASK_QUEUE } from '../workflows/messages.js';
import { TRAINING_TASK_QUEUE, type TrainingOutcome } from '../workflows/trainingMessages.js';
import { cyclesOf } from './cycleSpans.js';

const USERS = ['bench-a', 'bench-b', 'bench-c', 'bench-d'];
/** s between a user's cycles. */
const INTERVAL = 1;
/** Each phase lasts so long, ms. */
const PHASE_MS = 50_000;
const WARM_UP_MS = 10_000;
const HISTORY_DAYS = 25;

export async function run(): Promise<Record<string, unknown>> {
  const stand = await startStand({ simulator: { speed: 60 } }, { CAMPAIGN: 'true' });
  const { worker, repositories, client } = stand;
  try {
    await worker.ready();
    for (const user of USERS) await startUser(client, repositories, user);
    await pause(WARM_UP_MS);
    const idleFrom = Date.now();
    await pause(PHASE_MS);
    const trainingFrom = Date.now();
    const trainings = await trainUntil(client, trainingFrom + PHASE_MS);
    const spans = (await Promise.all(USERS.map((user) => cyclesOf(client, `trading-${user}`)))).flat();
    const idle = figures(spans.filter(({ at }) => at >= idleFrom && at < trainingFrom));
    const training = figures(spans.filter(({ at }) => at >= trainingFrom && at < trainings.until));
    return {
      users: USERS.length,
      idleMs: idle,
      trainingMs: training,
      trainings: trainings.finished,
      rows: trainings.rows,
      p50Ratio: round(training.p50 / idle.p50),
      /** At most 2.5 is promised. */
      p99Ratio: round(training.p99 / idle.p99),
    };
  } finally {
    await stand.stop();
  }
}

/** CONSERVATIVE on 1h candles at this speed: nothing to trade, the loop's own cost. */
async function startUser(client: Client, repositories: Repositories, user: string): Promise<void> {
  const settings = { mode: 'paper', tradingInterval: INTERVAL, timeframe: '1h', tradingMode: 'CONSERVATIVE' } as const;
  await repositories.config.create(user, { ...loadDefaultConfig(), ...settings });
  await repositories.status.create(user, 'paper');
  const workflowId = `trading-${user}`;
  await client.workflow.start('tradingWorkflow', {
    workflowId,
    taskQueue: TRADING_TASK_QUEUE,
    args: [{ userId: user }],
  });
  await client.workflow.getHandle(workflowId).executeUpdate('startTrading', { args: [{}] });
}

/** One training after another until the phase is over; only whole ones count. */
async function trainUntil(client: Client, end: number): Promise<{ finished: number; rows: number; until: number }> {
  let finished = 0;
  let rows = 0;
  while (Date.now() < end) {
    const outcome = (await client.workflow.execute('trainingWorkflow', {
      taskQueue: TRAINING_TASK_QUEUE,
      workflowId: `bench-training-${finished}`,
      args: [{ symbol: 'BTC/USDT', timeframe: '1m', historyDays: HISTORY_DAYS }],
    })) as TrainingOutcome;
    finished += 1;
    rows = outcome.test.n;
  }
  return { finished, rows, until: Date.now() };
}

function figures(spans: readonly { ms: number }[]): { cycles: number; p50: number; p99: number; max: number } {
  const sorted = spans.map(({ ms }) => ms).sort((a, b) => a - b);
  const at = (share: number) => round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN);
  return { cycles: sorted.length, p50: at(0.5), p99: at(0.99), max: at(1) };
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const round = (value: number): number => Math.round(value * 100) / 100;
