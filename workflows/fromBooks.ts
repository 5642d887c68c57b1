/**
 * What a trading workflow begins with over the books of one that is gone: terminated by hand, or lost with Temporal's data.
 * Pure; whoever starts the workflow hands it in as what a run hands over to the next.
 */
import type { EmergencyRequest, StatusView } from '../trading/types.js';
import { cleanReason, newReceipt } from './receipt.js';
import { changeStatus, newTradingState, type TradingState } from './state.js';

/** What the database knows of a user. */
export interface Books {
  /** The status that was recorded last, and the halt that holds orders back. */
  status: StatusView & { halted: boolean; pendingStop?: EmergencyRequest | null };
  /** As start, stop and emergency leave it. */
  isEnabled: boolean;
  /** Nothing was recorded since a backup was restored: somebody else may trade on these books. */
  fromBackup: boolean;
  liquidateOnEmergency: boolean;
  openPositions: number;
}

/**
 * Whoever traded goes on, counting from the last cycle that was recorded, unless that is a backup's; an emergency stop
 * stands, and one that was not worked through is; a stop that was being written down is. What is held or unknown is looked
 * after at once.
 *
 * @param now real ms
 * @returns null where the user has done nothing yet
 */
export function stateFromBooks(userId: string, books: Books, now: number): TradingState | null {
  const { status: stored, isEnabled, openPositions } = books;
  const idle = stored.status === 'STOPPED' && !stored.halted && !isEnabled;
  if (idle && stored.cycle === 0 && openPositions === 0) return null;
  const { status, riskState, mode, cycle, refusals, emergency } = stored;
  const lastCycleAt = stored.lastCycleAt === null ? null : Date.parse(stored.lastCycleAt);
  const known = { status, since: Date.parse(stored.since), riskState, mode, cycle, refusals, emergency, lastCycleAt };
  const state: TradingState = { ...newTradingState(userId, now), ...known, lookAgainAt: now };
  if (stored.halted || status === 'EMERGENCY_STOPPED') {
    changeStatus(state, 'EMERGENCY_STOPPED', now);
    if (stored.halted) goOnWithStop(state, books, now);
  } else if (isEnabled && !books.fromBackup) {
    changeStatus(state, status === 'REDUCING' ? 'REDUCING' : 'RUNNING', now);
    state.anchor = lastCycleAt ?? now;
    state.nextCycleAt = now;
  } else if (isEnabled || status !== 'STOPPED') {
    changeStatus(state, 'STOPPED', now);
    state.unsettled = { by: books.fromBackup ? 'the restored backup' : 'the stop before its workflow was lost' };
  }
  return state;
}

/** A stop that the workflow had not taken yet, or was working through, is worked through from its beginning. */
function goOnWithStop(state: TradingState, { status: { pendingStop, emergency }, ...books }: Books, now: number): void {
  if (!pendingStop && emergency?.finishedAt) return;
  const begun = pendingStop ? null : emergency;
  const trigger = pendingStop?.trigger ?? begun?.trigger ?? 'MANUAL_STOP';
  const reason = cleanReason(pendingStop?.reason ?? begun?.reason);
  const asked = pendingStop?.fleet ?? pendingStop?.halted;
  const liquidate = pendingStop?.liquidate ?? books.liquidateOnEmergency;
  state.emergency = begun ?? newReceipt(trigger, reason, asked ? Date.parse(asked.askedAt) : now);
  state.emergencyRequest = { ...pendingStop, trigger, reason, liquidate, at: now };
}
