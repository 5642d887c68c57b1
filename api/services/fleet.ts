/**
 * The emergency stop of everybody. A loop of signals with bounded concurrency: the server's own batch operation was
 * measured eight times slower.
 */
import type { Database } from '../../adapters/database/connect.js';
import type { StatusDocument } from '../../adapters/database/documents.js';
import type { Repositories } from '../../adapters/database/repositories.js';
import type { TradingService } from './trading.js';

const AT_ONCE = 50;
/** How long the answer waits for those that were reached to be halted, ms; the stop goes on without it. */
const WAIT_MS = 8_000;
const LOOK_EVERY_MS = 250;

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
  const { repositories, trading } = parts;
  const { by, reason, liquidate } = request;
  // The flag first: it alone keeps every entry of every user from being sent.
  await repositories.flags.haltFleet(by, reason);
  const wanted = await whoTrades(parts);
  const failed: FleetStopReport['failed'] = [];
  const emergency = {
    trigger: 'MANUAL_STOP' as const,
    reason: `fleet: ${reason}`,
    ...(liquidate === undefined ? {} : { liquidate }),
    by: `administrator ${by}`,
  };
  await inGroups(wanted, AT_ONCE, async (userId) => {
    await trading.signalEmergency(userId, emergency).catch((error: unknown) => {
      failed.push({ userId, problem: error instanceof Error ? error.name : 'failed' });
    });
  });
  const lost = new Set(failed.map(({ userId }) => userId));
  const reached = wanted.filter((userId) => !lost.has(userId));
  const stragglers = await notHaltedYet(parts, reached);
  return {
    fleetStopped: true,
    reached: reached.length,
    halted: reached.length - stragglers.length,
    stragglers: stragglers.slice(0, 100),
    failed,
  };
}

/** Everybody who trades, is about to, or holds something; who holds something comes first, for there is more to do. */
async function whoTrades({ database, repositories }: FleetParts): Promise<string[]> {
  const [states, enabled] = await Promise.all([
    database.models.status
      .find({}, { userId: 1, status: 1, openPositions: 1 })
      .lean<Pick<StatusDocument, 'userId' | 'status' | 'openPositions'>[]>(),
    repositories.config.enabledUsers().then((users) => new Set(users)),
  ]);
  return states
    .filter(
      ({ userId, status, openPositions }) =>
        status !== 'EMERGENCY_STOPPED' && (status !== 'STOPPED' || enabled.has(userId) || openPositions > 0),
    )
    .sort((a, b) => Number(b.openPositions > 0) - Number(a.openPositions > 0))
    .map(({ userId }) => userId);
}

async function notHaltedYet({ database }: FleetParts, userIds: readonly string[]): Promise<string[]> {
  const until = Date.now() + WAIT_MS;
  for (let waiting = [...userIds]; ; ) {
    const halted = new Set(
      (await database.models.status.find({ halted: true }, { userId: 1 }).lean<{ userId: string }[]>()).map(
        ({ userId }) => userId,
      ),
    );
    waiting = waiting.filter((userId) => !halted.has(userId));
    if (waiting.length === 0 || Date.now() >= until) return waiting;
    await new Promise((next) => setTimeout(next, LOOK_EVERY_MS));
  }
}

async function inGroups<T>(items: readonly T[], atOnce: number, work: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const lane = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
}
