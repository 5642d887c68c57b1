/**
 * Cycles a second when more users want to cycle than the machine can serve, against bare Temporal loops of as many
 * steps that do nothing, none, one or all of them a task of its own, in one run on the same servers; and what each
 * process spends on a cycle.
 */
import { loadDefaultConfig } from '../adapters/config/defaults.js';
import { type Stand, startStand } from '../commands/campaign/stand.js';
import { pause } from '../launcher/processes.js';
import { TRADING_TASK_QUEUE } from '../workflows/messages.js';
import { cpuOf, pidsOf } from './cpu.js';

const LOOPS = 300;
const WARM_UP_MS = 12_000;
const MEASURED_MS = 20_000;
/** Timer, task and four markers; a step that is a task of its own has six events in place of its marker. */
const eventsOfACycle = (tasks: number): number => 9 + 5 * tasks;

interface Rate {
  cyclesPerSecond: number;
  /** CPU milliseconds a cycle, by process. */
  cpuMs: Record<string, number>;
}

export async function run(): Promise<Record<string, unknown>> {
  const stand = await startStand({ simulator: { speed: 60, weightLimit: 1_000_000 } }, { CAMPAIGN: 'true' });
  const { servers, worker } = stand;
  try {
    await worker.ready();
    const pids = pidsOf(servers, worker.pid());
    const loops: (Rate & { tasks: number })[] = [];
    for (const tasks of [0, 1, 4]) loops.push({ tasks, ...(await bareLoops(stand, pids, tasks)) });
    const product = await tradingUsers(stand, pids);
    const bare = loops.map((loop) => ({ ratio: round(product.cyclesPerSecond / loop.cyclesPerSecond), ...loop }));
    return { users: LOOPS, product, bare };
  } finally {
    await stand.stop();
  }
}

async function bareLoops({ client }: Stand, pids: Record<string, number>, tasks: number): Promise<Rate> {
  const handles = await inBatches(LOOPS, (index) =>
    client.workflow.start('bareLoopWorkflow', {
      workflowId: `bare-${tasks}-${index}`,
      taskQueue: TRADING_TASK_QUEUE,
      args: [100_000, tasks],
    }),
  );
  const watched = handles.slice(0, 40);
  const events = async (): Promise<number> => {
    const lengths = await Promise.all(watched.map(async (handle) => (await handle.describe()).historyLength));
    return lengths.reduce((sum, length) => sum + length, 0);
  };
  const rate = await measured(async () => ((await events()) / eventsOfACycle(tasks)) * (LOOPS / watched.length), pids);
  await Promise.all(handles.map((handle) => handle.terminate()));
  return rate;
}

async function tradingUsers({ client, database, repositories }: Stand, pids: Record<string, number>): Promise<Rate> {
  await inBatches(LOOPS, async (index) => {
    const userId = `load-${index}`;
    // CONSERVATIVE on 1h candles: next to nothing to trade, the loop's own cost.
    await repositories.config.create(userId, {
      ...loadDefaultConfig(),
      mode: 'paper',
      tradingInterval: 1,
      timeframe: '1h',
      tradingMode: 'CONSERVATIVE',
    });
    await repositories.status.create(userId, 'paper');
    const handle = await client.workflow.start('tradingWorkflow', {
      workflowId: `trading-${userId}`,
      taskQueue: TRADING_TASK_QUEUE,
      workflowTaskTimeout: '5 seconds',
      args: [{ userId }],
    });
    await handle.signal('start');
  });
  const cycles = async (): Promise<number> => {
    const [found] = await database.connection
      .db!.collection('system_status')
      .aggregate<{ sum: number }>([{ $group: { _id: null, sum: { $sum: '$cycle' } } }])
      .toArray();
    return found?.sum ?? 0;
  };
  return measured(cycles, pids);
}

/** The rate between two looks at a growing count, after a warm-up. */
async function measured(count: () => Promise<number>, pids: Record<string, number>): Promise<Rate> {
  await pause(WARM_UP_MS);
  const [before, cpuBefore, began] = [await count(), cpuOf(pids), Date.now()];
  await pause(MEASURED_MS);
  const [after, cpuAfter, ended] = [await count(), cpuOf(pids), Date.now()];
  const cycles = Math.max(1, after - before);
  return {
    cyclesPerSecond: round((cycles * 1000) / (ended - began)),
    cpuMs: Object.fromEntries(
      Object.entries(cpuAfter).map(([name, spent]) => [name, round((spent - cpuBefore[name]!) / cycles)]),
    ),
  };
}

async function inBatches<T>(count: number, make: (index: number) => Promise<T>): Promise<T[]> {
  const made: T[] = [];
  for (let from = 0; from < count; from += 20)
    made.push(
      ...(await Promise.all(Array.from({ length: Math.min(20, count - from) }, (_, index) => make(from + index)))),
    );
  return made;
}

const round = (value: number): number => Math.round(value * 100) / 100;
