/** What several workers are put through: each is replaced while users trade, then one is cut off for a while. */
import { Client, Connection } from '@temporalio/client';
import { connectDatabase } from '../../adapters/database/connect.js';
import { pause } from '../../launcher/processes.js';
import { createPunctuality, type Punctuality } from '../chaos/punctuality.js';
import { statusOf, type Trader } from '../chaos/traders.js';
import type { Fleet, FleetWorker } from './fleet.js';
import { COMPATIBLE, editedBundle, INCOMPATIBLE, makeRelease, type Replayed, replayRunning } from './release.js';

const LOOK_EVERY = 250;

/**
 * Replaces the workers one after another, `rounds` times. @returns how late cycles began meanwhile
 * @param options.root of the release that they are replaced by; the present one unless given
 */
export async function rollingRestart(
  fleet: Fleet,
  traders: readonly Trader[],
  { rounds, intervalMs, root }: { rounds: number; intervalMs: number; root?: string },
): Promise<Punctuality> {
  return watching(fleet, traders, intervalMs, async () => {
    for (let round = 0; round < rounds; round += 1)
      for (const worker of fleet.workers) {
        await worker.restart(root);
        await pause(2 * intervalMs);
      }
  });
}

export interface RollingChange extends Punctuality {
  /** What the replay of the running users' histories said of each edit. */
  incompatible: Replayed;
  compatible: Replayed;
  /** Positions that were open when the first worker was replaced. */
  openPositions: number;
  /** Tasks of workflows that a worker failed, over the whole run. */
  failedTasks: number;
}

const HOLDING_WITHIN = 90_000;

/**
 * A new release while users trade and hold: an edit of the workflow that does not fit their histories is stopped by
 * their replay, one that does is rolled out.
 */
export async function rollingChange(
  fleet: Fleet,
  traders: readonly Trader[],
  { intervalMs }: { intervalMs: number },
): Promise<RollingChange> {
  const openPositions = await whenSomebodyHolds(fleet, traders);
  const { temporalAddress } = fleet.servers;
  const incompatible = await replayRunning(editedBundle(INCOMPATIBLE), temporalAddress);
  const bundle = editedBundle(COMPATIBLE);
  const compatible = await replayRunning(bundle, temporalAddress);
  if (compatible.refused) throw new Error(`the compatible edit does not replay: ${compatible.refused}`);
  const release = makeRelease(bundle);
  try {
    const punctuality = await rollingRestart(fleet, traders, { rounds: 1, intervalMs, root: release.root });
    return { ...punctuality, incompatible, compatible, openPositions, failedTasks: await failedTasks(fleet) };
  } finally {
    release.remove();
  }
}

async function whenSomebodyHolds(fleet: Fleet, traders: readonly Trader[]): Promise<number> {
  const deadline = Date.now() + HOLDING_WITHIN;
  for (;;) {
    const found = await Promise.all(traders.map((trader) => statusOf(fleet.product, trader)));
    const open = found.reduce((sum, { openPositions }) => sum + openPositions, 0);
    if (open > 0 || Date.now() > deadline) return open;
    await pause(LOOK_EVERY);
  }
}

async function failedTasks(fleet: Fleet): Promise<number> {
  const connection = await Connection.connect({ address: fleet.servers.temporalAddress });
  let failed = 0;
  try {
    const { workflow } = new Client({ connection });
    for await (const { workflowId, runId } of workflow.list({ query: 'WorkflowType = "tradingWorkflow"' })) {
      const { events } = await workflow.getHandle(workflowId, runId).fetchHistory();
      failed += (events ?? []).filter((event) => event.workflowTaskFailedEventAttributes).length;
    }
    return failed;
  } finally {
    await connection.close();
  }
}

export interface CutOff {
  /** Of each user: from the cut until the first cycle that began after it was completed, ms; null: not while it lasted. */
  takenOverAfterMs: (number | null)[];
  /** Workflow tasks that the worker completed: before the cut, during it (past its first seconds), and afterwards. */
  tasks: { before: number; during: number; after: number };
}

/**
 * Cuts the worker off for `ms`, or longer (up to `atMostMs`) until everyone goes on with another one, and lets it come
 * back for as long as half of `ms`.
 */
export async function cutOff(
  fleet: Fleet,
  worker: FleetWorker,
  traders: readonly Trader[],
  { ms, atMostMs = ms }: { ms: number; atMostMs?: number },
): Promise<CutOff> {
  const database = await connectDatabase(fleet.product.runtime().mongodbUri, { migrate: false });
  const begin = Date.now();
  const firstSince = new Map<string, number>();
  try {
    const ids = traders.map(({ userId }) => userId);
    worker.cut();
    const waiting = (passed: number): boolean => passed < ms || (firstSince.size < ids.length && passed < atMostMs);
    while (waiting(Date.now() - begin)) {
      const found = await database.models.status.find({ _id: { $in: ids } }, { userId: 1, lastCycleAt: 1 }).lean();
      for (const { userId, lastCycleAt } of found)
        if (lastCycleAt && Date.parse(lastCycleAt) > begin && !firstSince.has(userId))
          firstSince.set(userId, Date.now() - begin);
      await pause(LOOK_EVERY);
    }
    worker.mend();
    const mended = Date.now();
    await pause(ms / 2);
    const tasks = await tasksOf(fleet, worker.pid(), [begin, begin + Math.min(10_000, ms / 2), mended]);
    return { takenOverAfterMs: ids.map((id) => firstSince.get(id) ?? null), tasks };
  } finally {
    worker.mend();
    await database.close();
  }
}

/** The worker that has completed most of the workflow tasks: users stay with the one that has them in its cache. */
export async function busiest(fleet: Fleet): Promise<FleetWorker> {
  const now = Date.now();
  const counted = await Promise.all(
    fleet.workers.map(async (worker) => ({
      worker,
      tasks: (await tasksOf(fleet, worker.pid(), [now, now, now])).before,
    })),
  );
  return counted.reduce((most, one) => (one.tasks > most.tasks ? one : most)).worker;
}

/** From the histories, which name the process that completed each task. */
async function tasksOf(fleet: Fleet, pid: number, [cut = 0, settled = 0, mended = 0]: number[]) {
  const connection = await Connection.connect({ address: fleet.servers.temporalAddress });
  const tasks = { before: 0, during: 0, after: 0 };
  try {
    const { workflow } = new Client({ connection });
    for await (const { workflowId, runId } of workflow.list({ query: 'WorkflowType = "tradingWorkflow"' })) {
      const { events } = await workflow.getHandle(workflowId, runId).fetchHistory();
      for (const { workflowTaskCompletedEventAttributes: done, eventTime } of events ?? []) {
        if (!done?.identity?.startsWith(`${pid}@`)) continue;
        const at = Number(eventTime?.seconds ?? 0) * 1_000 + (eventTime?.nanos ?? 0) / 1e6;
        if (at < cut) tasks.before += 1;
        else if (at >= mended) tasks.after += 1;
        else if (at >= settled) tasks.during += 1;
      }
    }
    return tasks;
  } finally {
    await connection.close();
  }
}

async function watching(
  fleet: Fleet,
  traders: readonly Trader[],
  intervalMs: number,
  work: () => Promise<void>,
): Promise<Punctuality> {
  const database = await connectDatabase(fleet.product.runtime().mongodbUri, { migrate: false });
  const punctuality = createPunctuality(
    database,
    traders.map(({ userId }) => userId),
    intervalMs,
  );
  let going = true;
  const looking = (async () => {
    while (going) {
      await punctuality.look();
      await pause(LOOK_EVERY);
    }
  })();
  try {
    await work();
  } finally {
    going = false;
    await looking;
    await database.close();
  }
  return punctuality.figures;
}
