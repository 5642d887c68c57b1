/**
 * The emergency stop of everybody: the flag and one write halt all of them, then each workflow is told by a signal, in
 * a loop with bounded concurrency (the server's own batch operation was measured eight times slower). What the workflows
 * have left to do, they do by themselves and in turns; nothing of it depends on this process.
 */
import type { Database } from '../../adapters/database/connect.js';
import type { StatusDocument } from '../../adapters/database/documents.js';
import type { Repositories } from '../../adapters/database/repositories.js';
import { inLanes } from '../../adapters/lanes.js';
import type { EmergencyRequest } from '../../trading/types.js';
import type { TradingService } from './trading.js';

const AT_ONCE = 50;
/** How long the answer waits for those that were reached to be halted, ms; the stop goes on without it. */
const WAIT_MS = 8_000;
const LOOK_EVERY_MS = 250;
/** What one user keeps two cores busy for, ms: the sale of a holding with everything around it, and a stop without one. */
const HOLDER_MS = 180;
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
  /** Users whose workflow took the stop. */
  reached: number;
  /** Of these, how many are halted by now; `stragglers` are the others. */
  halted: number;
  stragglers: string[];
  failed: { userId: string; problem: string }[];
}

export interface FleetParts {
  database: Database;
  repositories: Repositories;
  trading: Pick<TradingService, 'signalEmergency'>;
}

export async function stopFleet(parts: FleetParts, request: FleetStopRequest): Promise<FleetStopReport> {
  const askedAt = new Date().toISOString();
  // The flag first: it alone keeps every entry of every user from being sent.
  await parts.repositories.flags.haltFleet(request.by, request.reason);
  const haltedAt = new Date().toISOString();
  const failed: FleetStopReport['failed'] = [];
  const told = new Set<string>();
  const tell = async (): Promise<boolean> => {
    const members = (await whoTrades(parts, request.liquidate ?? false)).filter(({ userId }) => !told.has(userId));
    if (members.length === 0) return false;
    for (const { userId } of members) told.add(userId);
    failed.push(...(await stopAll(parts, members, emergencyOf(request, { askedAt, haltedAt, ...turnsOf(members) }))));
    return true;
  };
  await tell();
  const reached = (): string[] => {
    const lost = new Set(failed.map(({ userId }) => userId));
    return [...told].filter((userId) => !lost.has(userId));
  };
  let stragglers = await notHaltedYet(parts, reached());
  // Whoever was being started while the flag was set.
  if (await tell()) stragglers = await notHaltedYet(parts, reached());
  return {
    fleetStopped: true,
    reached: reached().length,
    halted: reached().length - stragglers.length,
    stragglers: stragglers.slice(0, 100),
    failed,
  };
}

interface Member {
  userId: string;
  holds: boolean;
}

/** Halts them in the books, then tells their workflows; who could not be told is returned, and stays halted. */
async function stopAll(
  { repositories, trading }: FleetParts,
  members: readonly Member[],
  emergency: EmergencyRequest,
): Promise<FleetStopReport['failed']> {
  const ids = members.map(({ userId }) => userId);
  // In this order: whoever is found halted is disabled as well. The flag holds all entries back meanwhile.
  await repositories.config.disableAll(ids);
  await repositories.status.haltAll(ids, emergency);
  const failed: FleetStopReport['failed'] = [];
  await inLanes(ids, AT_ONCE, async (userId) => {
    await trading.signalEmergency(userId, emergency).catch((error: unknown) => {
      failed.push({ userId, problem: error instanceof Error ? error.name : 'failed' });
    });
  });
  return failed;
}

const emergencyOf = (
  { by, reason, liquidate }: FleetStopRequest,
  fleet: NonNullable<EmergencyRequest['fleet']>,
): EmergencyRequest => ({
  trigger: 'MANUAL_STOP',
  reason: `fleet: ${reason}`,
  ...(liquidate === undefined ? {} : { liquidate }),
  by: `administrator ${by}`,
  fleet,
});

/** Time for those who hold something, and then for the others one after another. */
function turnsOf(members: readonly Member[]): { afterMs: number; overMs: number } {
  const holders = members.filter(({ holds }) => holds).length;
  return { afterMs: holders * HOLDER_MS, overMs: (members.length - holders) * OTHER_MS };
}

/**
 * Everybody who trades, is about to, holds something, or was halted by an earlier stop that never reached their
 * workflow; where it sells, those too whom a stop has left with a holding. Who holds something comes first.
 */
async function whoTrades({ database, repositories }: FleetParts, liquidate: boolean): Promise<Member[]> {
  const [states, enabled, pending] = await Promise.all([
    database.models.status
      .find({}, { userId: 1, status: 1, openPositions: 1 })
      .lean<Pick<StatusDocument, 'userId' | 'status' | 'openPositions'>[]>(),
    repositories.config.enabledUsers().then((users) => new Set(users)),
    repositories.status.withPendingStop().then((users) => new Set(users)),
  ]);
  return states
    .filter(({ userId, status, openPositions }) => {
      if (pending.has(userId)) return true;
      if (status === 'EMERGENCY_STOPPED') return liquidate && openPositions > 0;
      return status !== 'STOPPED' || enabled.has(userId) || openPositions > 0;
    })
    .map(({ userId, openPositions }) => ({ userId, holds: openPositions > 0 }))
    .sort((a, b) => Number(b.holds) - Number(a.holds));
}

/** Who was told and has not taken it: whatever order was under way is waited for before. */
async function notHaltedYet({ repositories }: FleetParts, userIds: readonly string[]): Promise<string[]> {
  const until = Date.now() + WAIT_MS;
  for (;;) {
    const pending = new Set(await repositories.status.withPendingStop());
    const waiting = userIds.filter((userId) => pending.has(userId));
    if (waiting.length === 0 || Date.now() >= until) return waiting;
    await new Promise((next) => setTimeout(next, LOOK_EVERY_MS));
  }
}
