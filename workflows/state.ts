/** What a trading workflow remembers between cycles and over continue-as-new. Plain data, small. */
import type { AccountView, EventToSend, LoopSettings } from '../activities/types.js';
import type { EmergencyReceipt, Refusal, RiskState, StatusView, TradingStatus, VenueMode } from '../trading/types.js';
import type { EmergencyRequest } from './messages.js';

export interface TradingState {
  userId: string;
  status: TradingStatus;
  /** When the status became what it is, real ms. */
  since: number;
  riskState: RiskState;
  mode: VenueMode;
  /** Completed cycles; never decreases. */
  cycle: number;
  lastCycleAt: number | null;
  /** The same by the clock, for those who are told of it; a replay may see another. */
  lastSeenAt?: number;
  /** The grid of cycles: anchor + k x interval. */
  anchor: number;
  nextCycleAt: number | null;
  settings: LoopSettings | null;
  account: AccountView | null;
  refusals: Refusal[];
  lastError: StatusView['lastError'];
  failedCycles: number;
  lastExchangeSuccess: number;
  /** Since when every call to the exchange failed, real ms; null while it answers. */
  exchangeOutSince: number | null;
  lastPrices: Record<string, number>;
  emergency: EmergencyReceipt | null;
  /** The user's day in which an emergency for the daily loss came, for autoResumeNextDay. */
  emergencyDay: string | null;
  day: string | null;
  /** Asked for and not yet begun. */
  emergencyRequest: (EmergencyRequest & { at: number }) | null;
  /** Order work failed or left something open: it is looked at again at this real time, ms, and not at the next cycle. */
  lookAgainAt: number | null;
  /** When the account is valued after a stop of everybody, real ms; absent where it is not waited for. */
  valueAt?: number | null;
  /** How often in a row that did not settle it. */
  looks: number;
  /** Of the last failure that was told. */
  lastEventId: string | null;
  /** What the user is to be told and has not been yet. */
  untold?: EventToSend[];
  /** The status changed and its consequences (cancels, settings) are still to be written. */
  unsettled: { by: string; reason?: string } | null;
}

export function newTradingState(userId: string, now: number): TradingState {
  return {
    userId,
    status: 'STOPPED',
    since: now,
    riskState: 'ACTIVE',
    mode: 'paper',
    cycle: 0,
    lastCycleAt: null,
    anchor: now,
    nextCycleAt: null,
    settings: null,
    account: null,
    refusals: [],
    lastError: null,
    failedCycles: 0,
    lastExchangeSuccess: now,
    exchangeOutSince: null,
    lastPrices: {},
    emergency: null,
    emergencyDay: null,
    day: null,
    emergencyRequest: null,
    lookAgainAt: null,
    looks: 0,
    lastEventId: null,
    unsettled: null,
  };
}

const iso = (time: number | null): string | null => (time === null ? null : new Date(time).toISOString());
const isTrading = (status: TradingStatus): boolean => status === 'RUNNING' || status === 'REDUCING';

/** The contract's status at `now` (real ms). */
export function statusView(state: TradingState, now: number): StatusView {
  const account = state.account;
  return {
    status: state.status,
    riskState: state.riskState,
    mode: state.mode,
    since: new Date(state.since).toISOString(),
    uptimeSeconds: isTrading(state.status) ? Math.max(0, Math.floor((now - state.since) / 1000)) : 0,
    cycle: state.cycle,
    lastCycleAt: iso(state.lastSeenAt ?? state.lastCycleAt),
    nextCycleAt: isTrading(state.status) ? iso(state.nextCycleAt) : null,
    // What became no position in its own cycle is not acted upon any more.
    activeSignals: account?.openPositions ?? 0,
    tradesToday: account?.tradesToday ?? 0,
    dailyPnl: account?.dailyPnl ?? 0,
    dailyPnlPct: account?.dailyPnlPct ?? 0,
    equity: account?.equity ?? 0,
    openPositions: account?.openPositions ?? 0,
    refusals: state.refusals,
    lastError: state.lastError,
    emergency: state.emergency,
  };
}

export function changeStatus(state: TradingState, status: TradingStatus, now: number): void {
  if (state.status === status) return;
  state.status = status;
  state.since = now;
}

/** The first point of the grid after `now`: an overlong cycle skips points and never piles up. */
export function nextOnGrid(anchor: number, intervalSeconds: number, now: number): number {
  const step = intervalSeconds * 1000;
  return anchor + (Math.floor((now - anchor) / step) + 1) * step;
}

/** As many looks, five seconds apart, are three minutes. */
const LOOKS_AT_ONCE = 36;

/**
 * A holding may be waiting for its protection: after 2 s, then after 4, then every 5 s as long as an outage is likely
 * to end soon (three minutes), then after 30 s. Within the first minutes nothing is left alone for longer than a
 * restarted exchange or worker needs.
 *
 * @param patient runs recorded before 0.3.0 doubled their wait at once, up to 30 s
 */
export function lookAgainSoon(state: TradingState, now: number, patient: boolean): void {
  const looks = state.looks ?? 0;
  state.looks = looks + 1;
  const longest = patient || looks >= LOOKS_AT_ONCE ? 30_000 : 5_000;
  state.lookAgainAt = now + Math.min(longest, 2_000 * 2 ** Math.min(looks, 4));
}
