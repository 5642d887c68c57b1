/** One look at everything that trading stands on. Every question is bounded in time. */
import { statfs } from 'node:fs/promises';
import type { VenueMode } from '../../trading/types.js';
import { TRADING_TASK_QUEUE } from '../../workflows/messages.js';
import { NotSupportedByVenue } from '../../adapters/exchange/errors.js';
import { within } from '../../adapters/within.js';
import type { ApiDependencies } from '../dependencies.js';
import type { AuditWatch } from './auditLook.js';
import { type Finding, isNearlyFull, isOverdue, type Look, type Part } from './decide.js';

export interface LookOptions {
  /** Whose file system is looked at. */
  dataDir: string;
  /** How it is looked at; Node's statfs where absent. */
  diskOf?: (folder: string) => Promise<{ bavail: number; blocks: number; bsize: number }>;
  namespace: string;
  /** A worker that has not asked for work for so long is missing, ms. An idle one asks every 60 s. */
  workerSilentMs: number;
  /** A cycle is never overdue before, ms. */
  overdueFloorMs: number;
  /** The audit log, where it is watched. */
  audit?: AuditWatch;
}

type LookDependencies = Pick<ApiDependencies, 'client' | 'database' | 'repositories' | 'venue'>;

const ANSWER_MS = 4_000;
/** temporal.api.enums.v1.TaskQueueType */
const QUEUES = [1, 2] as const;
const SYMBOL = 'BTC/USDT';

type Seen = { bad: Finding[]; unknown: Part[] };
const fine: Seen = { bad: [], unknown: [] };

export async function lookAround(deps: LookDependencies, options: LookOptions, now: number): Promise<Look> {
  const seen = await Promise.all([
    lookForWorkers(deps, options, now),
    lookForCycles(deps, options, now),
    lookForExchanges(deps),
    lookForDisk(options),
    lookForAudit(options, now),
  ]);
  return { at: now, bad: seen.flatMap(({ bad }) => bad), unknown: seen.flatMap(({ unknown }) => unknown) };
}

/** When a worker last asked for trading work, real ms; 0 where none is known. */
export async function workerLastSeen(client: LookDependencies['client'], namespace: string): Promise<number> {
  const answers = await client.withDeadline(Date.now() + ANSWER_MS, () =>
    Promise.all(
      QUEUES.map((taskQueueType) =>
        client.workflowService.describeTaskQueue({ namespace, taskQueue: { name: TRADING_TASK_QUEUE }, taskQueueType }),
      ),
    ),
  );
  const times = answers
    .flatMap(({ pollers }) => pollers ?? [])
    .map(({ lastAccessTime: at }) => Number(at?.seconds ?? 0) * 1_000 + (at?.nanos ?? 0) / 1e6);
  return Math.max(0, ...times);
}

async function lookForWorkers({ client }: LookDependencies, options: LookOptions, now: number): Promise<Seen> {
  let last = 0;
  try {
    last = await answered(workerLastSeen(client, options.namespace));
  } catch (error) {
    return { bad: [{ key: 'temporal', detail: briefly(error) }], unknown: ['worker'] };
  }
  if (now - last <= options.workerSilentMs) return fine;
  return { bad: [{ key: 'worker', detail: last === 0 ? '—' : iso(last) }], unknown: [] };
}

async function lookForCycles(deps: LookDependencies, options: LookOptions, now: number): Promise<Seen> {
  try {
    await answered(deps.database.ping());
    const late = await answered(deps.repositories.status.dueBefore(new Date(now - options.overdueFloorMs)));
    const overdue = late.filter((each) => isOverdue(each, now, options.overdueFloorMs));
    if (overdue.length === 0) return fine;
    const each = overdue.map(
      ({ userId, nextCycleAt }) => ({ key: `cycle:${userId}`, detail: iso(nextCycleAt) }) as const,
    );
    return { bad: [{ key: 'cycles', detail: String(overdue.length) }, ...each], unknown: [] };
  } catch (error) {
    return { bad: [{ key: 'database', detail: briefly(error) }], unknown: ['cycles', 'cycle'] };
  }
}

async function lookForExchanges({ venue }: LookDependencies): Promise<Seen> {
  try {
    await answered(askExchange(venue));
    return fine;
  } catch (error) {
    return { bad: [{ key: 'exchange', detail: briefly(error) }], unknown: [] };
  }
}

/**
 * A price of what this deployment trades on: paper's exchange where there is one, else the real one. That it does not list
 * the symbol is an answer too.
 */
export async function askExchange(venue: LookDependencies['venue']): Promise<void> {
  const { market } = firstServed(venue).exchange;
  await market.tickers([SYMBOL]).catch((error: unknown) => {
    if (!(error instanceof NotSupportedByVenue)) throw error;
  });
}

function firstServed(venue: LookDependencies['venue']): ReturnType<LookDependencies['venue']> {
  const modes: VenueMode[] = ['paper', 'live'];
  for (const mode of modes)
    try {
      return venue(mode);
    } catch (error) {
      if (!(error instanceof NotSupportedByVenue)) throw error;
    }
  throw new NotSupportedByVenue('no venue is served here');
}

async function lookForDisk({ dataDir, diskOf = statfs }: LookOptions): Promise<Seen> {
  try {
    const { bavail, blocks, bsize } = await answered(diskOf(dataDir));
    const free = bavail * bsize;
    if (!isNearlyFull(free, blocks * bsize)) return fine;
    return { bad: [{ key: 'disk', detail: `${(free / 2 ** 30).toFixed(2)} GiB` }], unknown: [] };
  } catch {
    return { bad: [], unknown: ['disk'] };
  }
}

async function lookForAudit({ audit }: LookOptions, now: number): Promise<Seen> {
  try {
    const broken = await audit?.look(now);
    if (!broken) return fine;
    return { bad: [{ key: 'audit', detail: `entry ${broken.place} ${broken.problem}` }], unknown: [] };
  } catch {
    return { bad: [], unknown: ['audit'] }; // the database is away, which is told by itself
  }
}

const iso = (at: number): string => `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;

/** Without addresses, which may hold a password. */
const briefly = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replace(/\w+(\+srv)?:\/\/\S+/g, '…').slice(0, 160);

const answered = <T>(work: Promise<T>): Promise<T> =>
  within(work, ANSWER_MS, () => new Error(`no answer within ${ANSWER_MS / 1_000} s`));
