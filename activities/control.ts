/** What starting, stopping and resetting mean beyond the workflow's own state. */
import { asEmergency } from '../adapters/exchange/priority.js';
import type { KeyWatch } from './account/liveKeys.js';
import type { ActivityDependencies } from './dependencies.js';
import { logEntries } from './logLines.js';
import { type Desk, openDesk } from './orders/desk.js';
import { forgetPendingExits, isUnfinished } from './orders/exit.js';
import { settingsOf } from './cycleReads.js';
import { loopSettings } from './market/collectMarketData.js';
import { cancelOpenEntries } from './emergency/cancelEntries.js';
import { mayAppear } from './positions/managePositions.js';
import type { CancelReport, LoopSettings, SettleStop, StartGate, StopReport } from './types.js';

export async function openTrading(
  deps: ActivityDependencies,
  keys: KeyWatch,
  { userId, by }: { userId: string; by: string },
): Promise<StartGate> {
  const { repositories } = deps;
  const config = await settingsOf(deps.repositories, userId);
  const settings = loopSettings(config);
  await repositories.status.create(userId, config.mode);
  // Before the flag: a stop of everybody that comes after this look is not lifted below.
  const { halted, epoch } = await repositories.status.haltState(userId);
  const fleet = await repositories.flags.fleet();
  const refused: StartGate = {
    allowed: false,
    code: 'FLEET_HALTED',
    message: 'The administrator has stopped the whole fleet.',
    settings,
  };
  if (fleet.halted) return refused;
  if (config.mode === 'live') {
    const problem = await whyNotLive(deps, keys, userId);
    if (problem) return { allowed: false, code: 'LIVE_NOT_READY', message: problem, settings };
  }
  if (halted) await repositories.status.release(userId, epoch);
  await repositories.config.setEnabled(userId, true);
  // Either this look sees a stop of everybody that came meanwhile, or the stop sees that this user is enabled.
  if ((await repositories.flags.fleet()).halted) {
    await repositories.config.setEnabled(userId, false);
    return refused;
  }
  await repositories.cycle.appendLogs(userId, `start-${deps.now()}`, [
    {
      logLevel: 'INFO',
      component: 'ENGINE',
      message: `Trading started by ${by}`,
      data: { mode: config.mode, tradingMode: config.tradingMode, interval: config.tradingInterval },
    },
  ]);
  return { allowed: true, settings };
}

async function whyNotLive(deps: ActivityDependencies, keys: KeyWatch, userId: string): Promise<string | null> {
  try {
    await deps.venue('live').key(userId);
    return await keys.checked(userId);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

export async function loadSettings(deps: ActivityDependencies, { userId }: { userId: string }): Promise<LoopSettings> {
  return loopSettings(await settingsOf(deps.repositories, userId));
}

/**
 * Protection stays on the exchange; entries that may still be open are cancelled. What an interrupted step left unknown or
 * bare is told, for nobody else looks while trading is stopped.
 */
export async function settleStop(
  deps: ActivityDependencies,
  { userId, status, by, reason }: SettleStop,
): Promise<StopReport> {
  const { repositories } = deps;
  await repositories.config.setEnabled(userId, false);
  const desk = await openDesk(deps, userId);
  const cancelled = await asEmergency(() => cancelOpenEntries(desk)).catch((error: unknown) => {
    // Entries are market orders: what is open of them is at most one in flight, which the next look resolves.
    desk.lines.push({
      level: 'WARNING',
      component: 'EXECUTOR',
      message: `Open entries not checked: ${error instanceof Error ? error.message : String(error)}`,
    });
    return null;
  });
  // Sales that were decided while trading ran are not gone on with; what was asked for by hand, or by the target, is.
  if (status === 'STOPPED') await forgetPendingExits(desk, (why) => why !== 'manual' && why !== 'target');
  const now = deps.now();
  const stored = await repositories.status.get(userId);
  if (stored)
    await repositories.status.put(
      userId,
      { ...statusOf(stored), status, since: new Date(now).toISOString(), nextCycleAt: null },
      now,
    );
  const message = `Trading ${status === 'STOPPED' ? 'stopped' : status} by ${by}${reason ? `: ${reason}` : ''}`;
  await repositories.cycle.appendLogs(userId, `stop-${now}`, [
    { logLevel: 'INFO', component: 'ENGINE', message },
    ...logEntries(desk.lines),
  ]);
  return whatIsLeft(desk, cancelled);
}

async function whatIsLeft(desk: Desk, cancelled: CancelReport | null): Promise<StopReport> {
  const { userId } = desk;
  const { orders, positions } = desk.deps.repositories;
  const [open, unresolved, late] = await Promise.all([
    positions.open(userId),
    orders.unresolvedByUser(userId),
    mayAppear(desk),
  ]);
  const isSettled = cancelled && unresolved.length + late.length === 0 && !open.some(isUnfinished);
  return {
    ...(cancelled ?? { cancelled: [], adopted: 0 }),
    openPositions: open.length,
    ...(isSettled ? {} : { attention: true as const }),
  };
}

function statusOf<T extends object>(document: T): T {
  const { _id, userId, revision, haltEpoch, halted, pendingStop, baseline, receipts, updatedAt, emergency, ...view } =
    document as T & Record<string, unknown>;
  void [_id, userId, revision, haltEpoch, halted, pendingStop, baseline, receipts, updatedAt, emergency];
  return view as unknown as T;
}
