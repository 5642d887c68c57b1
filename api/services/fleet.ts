/**
 * The emergency stop of everybody: the flag holds back all entries, one write halts them in the books, and each
 * workflow is told by a signal, in a loop with bounded concurrency (the server's own batch operation was measured eight
 * times slower). What the workflows have left to do, they do by themselves and in turns; nothing of it depends on this
 * process.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../../adapters/database/connect.js';
import type { StatusDocument } from '../../adapters/database/documents.js';
import type { Repositories } from '../../adapters/database/repositories.js';
import { inParts } from '../../adapters/database/values.js';
import { inLanes } from '../../adapters/lanes.js';
import type { EmergencyRequest } from '../../trading/types.js';
import type { TradingService } from './trading.js';

const AT_ONCE = 50;
/** How long the answer waits for the workflows of those that were reached, ms; the stop goes on without it. */
const WAIT_MS = 4_000;
const LOOK_EVERY_MS = 500;
const LOOK_FOR_HOLDERS_EVERY_MS = 2_000;
/**
 * What one user keeps two cores busy for, ms, while everybody else cycles: the sale of a holding with everything around
 * it, and a stop without one.
 */
const HOLDER_MS = 220;
const OTHER_MS = 70;

export interface FleetStopRequest {
  /** Who asks; enters the receipts and the audit log. */
  by: string;
  reason: string;
  /** Overrides every user's liquidateOnEmergency. */
  liquidate?: boolean | undefined;
}

export interface FleetStopReport {
  fleetStopped: true;
  /** Whom the stop is for, but for those who failed. */
  reached: number;
  /** Of these, who is halted in the books by now: no entry of theirs is sent, and they are shown as stopped. */
  halted: number;
  /** Of these, whose workflow has not taken the stop by now. */
  stragglers: string[];
  failed: { userId: string; problem: string }[];
}

export interface FleetParts {
  database: Database;
  repositories: Repositories;
  trading: Pick<TradingService, 'signalEmergency'>;
}

export async function stopFleet(parts: FleetParts, request: FleetStopRequest): Promise<FleetStopReport> {
  const asked = Date.now();
  const answerAt = asked + WAIT_MS;
  // The flag first: it alone keeps every entry of every user from being sent.
  await parts.repositories.flags.haltFleet(request.by, request.reason);
  const { epoch } = await parts.repositories.flags.fleet();
  const haltedAt = new Date().toISOString();
  const progress: Progress = { reached: new Set(), inBooks: new Set(), failed: [] };
  const stop = { ...request, askedAt: new Date(asked).toISOString(), haltedAt, epoch };
  const going = tellEverybody(parts, stop, progress, answerAt);
  // Where many hold something the answer does not wait for the end. Whom a failure after it leaves untold, their next cycle tells.
  going.catch(() => undefined);
  await Promise.race([going, pause(answerAt - Date.now())]);
  const stragglers = await notHaltedYet(parts, progress, answerAt);
  const { reached, inBooks } = progress;
  return {
    fleetStopped: true,
    reached: reached.size,
    halted: [...reached].filter((userId) => inBooks.has(userId)).length,
    stragglers: stragglers.slice(0, 100),
    failed: progress.failed,
  };
}

interface Progress {
  reached: Set<string>;
  /** Halted in the books; told, or still to be told, or found by their next cycle. */
  inBooks: Set<string>;
  failed: FleetStopReport['failed'];
}

type Stop = FleetStopRequest & { askedAt: string; haltedAt: string; epoch: number };

/** Neither released since, nor stopped once more: what is left to do then is the later one's, or nobody's. */
async function stands({ repositories }: FleetParts, { epoch }: Stop): Promise<boolean> {
  const flag = await repositories.flags.fleet();
  return flag.halted && flag.epoch === epoch;
}

/** @throws Error where the database can't be asked */
async function tellEverybody(parts: FleetParts, stop: Stop, progress: Progress, answerAt: number): Promise<void> {
  const known = new Set<string>();
  // Once more for whoever was being started while the flag was set.
  for (let round = 0; round < 2; round++) {
    if (round > 0 && !(await stands(parts, stop))) return;
    const members = (await whoTrades(parts, stop.liquidate ?? false)).filter(({ userId }) => !known.has(userId));
    for (const { userId } of members) {
      known.add(userId);
      progress.reached.add(userId);
    }
    await stopAll(parts, members, stop, progress, round === 0);
    if (round === 0) await notHaltedYet(parts, progress, answerAt);
  }
}

/** Keeps no process alive. */
const pause = (ms: number): Promise<void> => sleep(Math.max(0, ms), undefined, { ref: false });

interface Member {
  userId: string;
  holds: boolean;
  /** By an earlier stop of everybody, which their workflow has not taken. */
  pending: boolean;
}

/**
 * Halts them in the books, then tells their workflows, whoever holds something first. Who is not told, be it that this
 * process dies, stays halted, and their next cycle finds the stop.
 */
async function stopAll(
  parts: FleetParts,
  members: readonly Member[],
  stop: Stop,
  { reached, inBooks, failed }: Progress,
  everybody: boolean,
): Promise<void> {
  const { config, positions, status } = parts.repositories;
  const emergency = emergencyOf(stop, turnsOf(members));
  // In this order: whoever is found halted is disabled as well. The flag holds all entries back meanwhile.
  if (everybody) {
    await config.disableEverybody();
    await status.haltTraders(emergency);
  } else await inLanes(members, AT_ONCE, ({ userId }) => config.setEnabled(userId, false));
  const halted = new Set(await status.withPendingStop());
  for (const { userId } of members) if (halted.has(userId)) inBooks.add(userId);
  // Whoever does not trade, or was being started or stopped; the request of an earlier call is replaced.
  const left = members.filter(({ userId, pending }) => pending || !halted.has(userId));
  await status.haltAll(
    left.map(({ userId }) => userId),
    emergency,
  );
  for (const { userId } of members) inBooks.add(userId);
  // What they asked for themselves, and what became of it, is not lost in what everybody gets.
  const own = await status.ownPendingStops();
  await tell(members.filter(({ holds }) => holds).map(({ userId }) => userId));
  // Halted and shown as stopped the others are. Those who cycle meanwhile find the stop; the machine is for the sales.
  const turnAt = Date.parse(stop.askedAt) + emergency.fleet!.afterMs;
  const untold = new Set(members.filter(({ holds }) => !holds).map(({ userId }) => userId));
  while (Date.now() < turnAt && untold.size > 0) {
    await pause(Math.min(LOOK_FOR_HOLDERS_EVERY_MS, turnAt - Date.now()));
    if (!(await stands(parts, stop))) return;
    // An entry that was under way has filled.
    const holding = (await positions.holders()).filter(({ userId }) => untold.delete(userId));
    await tellPending(holding.map(({ userId }) => userId));
  }
  for (const some of inParts([...untold])) {
    if (!(await stands(parts, stop))) return;
    await tellPending(some);
  }

  /** Whoever has taken it may have been reset and started since. */
  async function tellPending(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    const pending = new Set(await status.withPendingStop());
    await tell(ids.filter((userId) => pending.has(userId)));
  }

  function tell(ids: readonly string[]): Promise<unknown> {
    return inLanes(ids, AT_ONCE, async (userId) => {
      try {
        const asked = own.get(userId);
        if (asked) await parts.trading.signalEmergency(userId, asked);
        await parts.trading.signalEmergency(userId, emergency);
      } catch (error) {
        reached.delete(userId);
        failed.push({ userId, problem: error instanceof Error ? error.name : 'failed' });
      }
    });
  }
}

const emergencyOf = (
  { by, reason, liquidate, askedAt, haltedAt }: Stop,
  turns: ReturnType<typeof turnsOf>,
): EmergencyRequest => ({
  trigger: 'MANUAL_STOP',
  reason: `fleet: ${reason}`,
  ...(liquidate === undefined ? {} : { liquidate }),
  by: `administrator ${by}`,
  fleet: { askedAt, haltedAt, ...turns },
});

/** Time for those who hold something, and then for the others one after another. */
function turnsOf(members: readonly Member[]): { afterMs: number; overMs: number; lastsMs: number } {
  const holders = members.filter(({ holds }) => holds).length;
  const afterMs = holders * HOLDER_MS;
  const overMs = (members.length - holders) * OTHER_MS;
  return { afterMs, overMs, lastsMs: afterMs + overMs };
}

/**
 * Everybody who trades, is about to, holds something, or was halted by an earlier stop that never reached their
 * workflow; where it sells, those too whom a stop has left with a holding.
 */
async function whoTrades({ database, repositories }: FleetParts, liquidate: boolean): Promise<Member[]> {
  const [states, enabled, pending, holding] = await Promise.all([
    database.models.status
      .find({}, { userId: 1, status: 1, openPositions: 1 })
      .lean<Pick<StatusDocument, 'userId' | 'status' | 'openPositions'>[]>(),
    repositories.config.enabledUsers().then((users) => new Set(users)),
    repositories.status.withPendingStop().then((users) => new Set(users)),
    // What is held since the last record of a cycle, too.
    repositories.positions.holders().then((users) => new Set(users.map(({ userId }) => userId))),
  ]);
  return states
    .filter(({ userId, status, openPositions }) => {
      if (pending.has(userId)) return true;
      if (status === 'EMERGENCY_STOPPED') return liquidate && openPositions > 0;
      return status !== 'STOPPED' || enabled.has(userId) || openPositions > 0;
    })
    .map(({ userId, openPositions }) => ({
      userId,
      holds: openPositions > 0 || holding.has(userId),
      pending: pending.has(userId),
    }));
}

/** Whose workflow has not taken the stop: whatever order was under way is waited for before. */
async function notHaltedYet(
  { repositories }: FleetParts,
  { reached, inBooks }: Progress,
  until: number,
): Promise<string[]> {
  for (;;) {
    const pending = new Set(await repositories.status.withPendingStop());
    const waiting = [...reached].filter((userId) => !inBooks.has(userId) || pending.has(userId));
    if (waiting.length === 0 || Date.now() >= until) return waiting;
    await pause(LOOK_EVERY_MS);
  }
}
