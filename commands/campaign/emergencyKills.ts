/**
 * Kills the worker at every step of emergency stops: each worker that starts carries one armed crash point, the next one
 * another, while users side by side are halted, cancelled, sold, verified, told and recorded. The judge reads the
 * exchange's ledger; each emergency must be told exactly once and finish soon after the last worker's return.
 */
import { CRASH_POINTS, type CrashPoint } from '../../activities/crashPoints.js';
import { createRandom } from '../../trading/learning/random.js';
import type { EmergencyReceipt } from '../../trading/types.js';
import { emergencySignal, startUpdate, TRADING_TASK_QUEUE, tradingWorkflowId } from '../../workflows/messages.js';
import { type Control, createControl } from './control.js';
import { gatherEvidence } from './evidence.js';
import { type AccountEvidence, type EmergencyEvidence, judge, type Verdict } from './judge.js';
import { foreignId, prepareUsers } from './users.js';
import { type Stand, startStand } from './stand.js';
import type { CampaignWorker } from './worker.js';

export interface EmergencyKillOptions {
  /** Users of one wave, stopped side by side. */
  users: number;
  kills: number;
  seed: number;
  limitMs: number;
  say(line: string): void;
}

export interface EmergencyKillReport extends Verdict {
  seed: number;
  seconds: number;
  emergencies: number;
  kills: number;
  /** How often a worker died at each step. */
  killsAt: Record<string, number>;
  /** From the last worker's return to the last receipt of a wave, ms. */
  finishedAfterReturnMs: number[];
  /** Emergencies without a receipt, with something left open, or not told exactly once. */
  wrong: string[];
}

/** Everything that an emergency with a liquidation passes, in no order. */
const STEPS: readonly CrashPoint[] = CRASH_POINTS.filter(
  (point) =>
    point.startsWith('emergency-') ||
    ['before-intent', 'after-intent', 'in-flight', 'after-send', 'after-answer-noted', 'before-books-close'].includes(
      point,
    ) ||
    point === 'between-cancel-and-replace',
);

interface Lab extends Stand {
  control: Control;
}

export async function killInEmergencies(options: EmergencyKillOptions): Promise<EmergencyKillReport> {
  const { seed, say } = options;
  const started = Date.now();
  const env: Record<string, string> = { CAMPAIGN: 'true' };
  const killer = armedKills(options, env);
  const stand = await startStand({ simulator: { speed: 1, weightLimit: 1_000_000 } }, env);
  const { worker } = stand;
  const lab: Lab = { ...stand, control: createControl(stand.servers.controlUrl) };
  const watching = killer.watch(worker);
  const evidence: AccountEvidence[] = [];
  const finishedAfterReturnMs: number[] = [];
  const wrong: string[] = [];
  try {
    await worker.ready();
    for (let wave = 0; killer.count() < options.kills && Date.now() - started < options.limitMs; wave++) {
      const ids = Array.from({ length: options.users }, (_, index) => `emergency-${seed}-${wave}-${index}`);
      const played = await playWave(lab, ids, killer, started + options.limitMs);
      evidence.push(...played.evidence);
      wrong.push(...played.wrong);
      finishedAfterReturnMs.push(played.finishedAfterReturnMs);
      say(
        `wave ${wave + 1}: ${killer.count()} kills so far, finished ${played.finishedAfterReturnMs} ms after the last return`,
      );
    }
    return {
      ...judge(evidence),
      seed,
      seconds: Math.round((Date.now() - started) / 1000),
      emergencies: evidence.length,
      kills: killer.count(),
      killsAt: killer.byPoint(),
      finishedAfterReturnMs,
      wrong,
    };
  } finally {
    watching.stop();
    await stand.stop();
  }
}

/** Every step in turn, shuffled anew each time round; a worker's environment is read when it is started. */
function armedKills({ kills, seed, say }: EmergencyKillOptions, env: Record<string, string>) {
  const random = createRandom(seed);
  let queue: CrashPoint[] = [];
  /** What the running worker carries, and what the next one will. */
  let carried: CrashPoint | null = null;
  let queued: CrashPoint | null = null;
  let disarmed = true;
  let died = 0;
  let returnedAt = Date.now();
  const byPoint: Record<string, number> = Object.fromEntries(STEPS.map((step) => [step, 0]));
  const next = (): CrashPoint => {
    if (queue.length === 0) queue = [...STEPS].sort(() => random() - 0.5);
    return queue.pop()!;
  };
  const load = (): void => {
    queued = !disarmed && died < kills ? next() : null;
    env['CRASH_POINTS'] = queued ? `${queued}=1` : '';
  };
  return {
    count: () => died,
    isArmed: () => carried !== null,
    byPoint: () => byPoint,
    returnedAt: () => returnedAt,
    /** From here on workers that start carry a point. */
    arm(): void {
      disarmed = false;
      load();
    },
    disarm(): void {
      disarmed = true;
      load();
    },
    watch(worker: CampaignWorker): { stop(): void } {
      let up = worker.upSince();
      let crashes = worker.kills.atCrashPoints;
      const timer = setInterval(() => {
        const now = worker.upSince();
        if (up !== null && now !== up) {
          const crashed = worker.kills.atCrashPoints > crashes;
          crashes = worker.kills.atCrashPoints;
          if (carried && crashed) {
            died += 1;
            byPoint[carried] = (byPoint[carried] ?? 0) + 1;
            say(`kill ${died} at ${carried}`);
          }
          // The one that comes now, 0.1 s after the death, is started with what is queued.
          carried = queued;
        }
        if (now !== null && now !== up) {
          returnedAt = now;
          load();
        }
        up = now;
      }, 10);
      return { stop: () => clearInterval(timer) };
    },
  };
}

async function playWave(
  lab: Lab,
  ids: string[],
  killer: ReturnType<typeof armedKills>,
  until: number,
): Promise<{ evidence: AccountEvidence[]; wrong: string[]; finishedAfterReturnMs: number }> {
  const { client, servers, control, repositories, database, worker } = lab;
  if (killer.isArmed()) await restart(worker);
  const { before } = await prepareUsers(servers, control, repositories, ids);
  await Promise.all(ids.map((userId) => hold(lab, userId)));
  // A worker whose point is reached only by an emergency takes over from one without.
  killer.arm();
  await restart(worker);
  await Promise.all(
    ids.map((id) => client.workflow.getHandle(tradingWorkflowId(id)).signal(emergencySignal, { liquidate: true })),
  );
  // Where the time is over the wave is left to finish in peace.
  const peace = setTimeout(() => killer.disarm(), Math.max(0, until - Date.now()));
  const receipts = await Promise.all(ids.map((userId) => receiptOf(lab, userId, until + PATIENCE_MS)));
  clearTimeout(peace);
  const end = Date.now();
  const finishedAfterReturnMs = Math.max(0, end - killer.returnedAt());
  killer.disarm();
  const marketLead = (await control.clock()).marketTime - Date.now();
  const wrong: string[] = [];
  const evidence: AccountEvidence[] = [];
  for (const [index, userId] of ids.entries()) {
    const receipt = receipts[index];
    const told = await database.models.notifications.find({ userId, type: 'EMERGENCY_STOP' }).lean();
    const problem = problemOf(receipt, told.length);
    const trades = await database.models.trades.find({ userId }).lean<{ symbol: string; exitReason: string }[]>();
    const left = trades.map(({ symbol, exitReason }) => `${symbol} ${exitReason}`).join(', ');
    if (problem) wrong.push(`${userId}: ${problem}; left: ${left || 'nothing'}`);
    const found = await gatherEvidence(database, control, userId, before.get(userId)!, [foreignId(userId)]);
    evidence.push({ ...found, emergency: emergencyEvidence(receipt, found, marketLead) });
  }
  return { evidence, wrong, finishedAfterReturnMs };
}

async function restart(worker: CampaignWorker): Promise<void> {
  worker.kill();
  await new Promise((next) => setTimeout(next, 60));
  await worker.ready();
}

/** A protected position, then trading like everybody's. */
async function hold({ client, repositories }: Lab, userId: string): Promise<void> {
  // Opinions of a day's candles: no signal sells what the emergency is to sell.
  await repositories.config.put(userId, { timeframe: '1d' });
  const held = await client.workflow.execute<(input: object) => Promise<number>>('holdWorkflow', {
    workflowId: `hold-${userId}`,
    taskQueue: TRADING_TASK_QUEUE,
    args: [{ userId, symbols: ['BTC/USDT', 'ETH/USDT'] }],
  });
  if (held !== 2) throw new Error(`${userId} holds ${held} positions instead of 2`);
  await client.workflow.start('tradingWorkflow', {
    workflowId: tradingWorkflowId(userId),
    taskQueue: TRADING_TASK_QUEUE,
    workflowTaskTimeout: '5 seconds',
    args: [{ userId }],
  });
  await client.workflow
    .getHandle(tradingWorkflowId(userId))
    .executeUpdate(startUpdate.name, { args: [{ by: 'campaign' }] });
}

/** From the database: a query may be on its way to a worker that is dead. */
async function receiptOf({ repositories }: Lab, userId: string, until: number): Promise<EmergencyReceipt | null> {
  while (Date.now() < until) {
    const found = (await repositories.status.get(userId))?.emergency;
    if (found?.finishedAt) return found;
    await new Promise((next) => setTimeout(next, 50));
  }
  return null;
}

function problemOf(receipt: EmergencyReceipt | null | undefined, told: number): string | null {
  if (!receipt) return 'no receipt';
  const { positionsAfter, openOrdersAfter, protectiveOrders, liquidated, notified } = receipt;
  if (positionsAfter.length > 0 || openOrdersAfter > 0 || protectiveOrders.length > 0)
    return `left open: ${JSON.stringify({ positionsAfter, openOrdersAfter, protectiveOrders })}`;
  if (liquidated.length !== 2) return `the receipt lists ${liquidated.length} sales instead of 2`;
  if (!notified || told !== 1) return `told ${told} times, the receipt says notified: ${notified}`;
  return null;
}

/** At speed 1 the market's time is as far from ours at the halt as it is now. */
function emergencyEvidence(
  receipt: EmergencyReceipt | null | undefined,
  { ledger }: AccountEvidence,
  marketLead: number,
): EmergencyEvidence {
  const bought = ledger.orders.filter((order) => order.side === 'BUY').map((order) => order.orderId);
  const haltedAt = receipt?.haltedAt ? Date.parse(receipt.haltedAt) : null;
  return {
    liquidate: true,
    receiptAt: receipt?.finishedAt ?? null,
    boughtBefore: bought,
    marketTime: haltedAt === null ? null : haltedAt + marketLead + CLOCKS_READ_APART_MS,
  };
}

/** For a wave to finish after the last kill, ms. */
const PATIENCE_MS = 180_000;
const CLOCKS_READ_APART_MS = 10;
