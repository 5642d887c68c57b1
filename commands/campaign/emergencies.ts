/**
 * Emergency stops in the middle of a campaign: sent as the signal that anybody may send, and what the exchange's ledger
 * held when the receipt was written. Whatever buys afterwards broke the promise.
 */
import type { Client } from '@temporalio/client';
import type { Database } from '../../adapters/database/connect.js';
import { emergencySignal } from '../../workflows/messages.js';
import type { Control } from './control.js';
import type { EmergencyEvidence } from './judge.js';

export interface EmergencyParts {
  client: Client;
  database: Database;
  control: Control;
  random(): number;
  rounds: number;
  /** When the campaign's time is up, ms: on a slow machine nobody gets far in their rounds. */
  until: number;
  isDone(): boolean;
  /** Restarts of the exchange so far: over one of them its market's clock can't be compared with ours. */
  exchangeRestarts(): number;
}

/** Every user gets theirs at a random point of their rounds, at half of the time at the latest. Resolves when all have receipts or the campaign is over. */
export async function stopInEmergency(
  userIds: readonly string[],
  parts: EmergencyParts,
): Promise<Map<string, EmergencyEvidence>> {
  const evidence = new Map<string, EmergencyEvidence>();
  await Promise.all(
    userIds.map(async (userId, index) => {
      const found = await stopOne(
        userId,
        index % 2 === 0,
        Math.floor(parts.rounds * (0.1 + 0.4 * parts.random())),
        parts,
      );
      if (found) evidence.set(userId, found);
    }),
  );
  return evidence;
}

async function stopOne(
  userId: string,
  liquidate: boolean,
  atRound: number,
  { client, database, control, until: end, isDone, exchangeRestarts }: EmergencyParts,
): Promise<EmergencyEvidence | null> {
  const { orders, system_status: status } = {
    orders: database.connection.db!.collection('orders'),
    system_status: database.connection.db!.collection('system_status'),
  };
  const latest = (Date.now() + end) / 2;
  const isDue = await until(isDone, 700, async () => {
    const count = await orders.countDocuments({ userId, purpose: 'ENTRY' });
    return count >= atRound || Date.now() > latest ? true : null;
  });
  if (isDue === null) return null;
  const restarts = exchangeRestarts();
  await until(isDone, 300, async () => {
    await client.withDeadline(Date.now() + 5_000, () =>
      client.workflow.getHandle(`campaign-${userId}`).signal(emergencySignal, { liquidate, reason: 'campaign' }),
    );
    return true;
  });
  const finishedAt = await until(isDone, 150, async () => {
    const found = await status.findOne({ userId }, { projection: { emergency: 1 } });
    return (found?.['emergency']?.finishedAt as string | undefined) ?? null;
  });
  if (finishedAt === null) return { liquidate, receiptAt: null, boughtBefore: [], marketTime: null };
  const snapshot = await until(isDone, 100, async () => {
    const [ledger, clock] = [await control.ledger(userId), await control.clock()];
    const marketTime =
      exchangeRestarts() === restarts ? clock.marketTime - (Date.now() - Date.parse(finishedAt)) : null;
    return { bought: ledger.orders.filter((order) => order.side === 'BUY').map((order) => order.orderId), marketTime };
  });
  return {
    liquidate,
    receiptAt: finishedAt,
    boughtBefore: snapshot?.bought ?? [],
    marketTime: snapshot?.marketTime ?? null,
  };
}

/** Asks until there is an answer; what fails meanwhile is asked again. */
async function until<T>(isDone: () => boolean, everyMs: number, look: () => Promise<T | null>): Promise<T | null> {
  for (;;) {
    const found = await look().catch(() => null);
    if (found !== null) return found;
    if (isDone()) return null;
    await new Promise((next) => setTimeout(next, everyMs));
  }
}
