/**
 * What may be said to a trading workflow. Signals work without arguments from the Web UI and from
 * `temporal workflow signal`; updates are for callers that need an answer.
 */
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { ChannelName, EmergencyReceipt, EmergencyRequest, StatusView, TradingStatus } from '../trading/types.js';

export const TRADING_TASK_QUEUE = 'trading';
/** Activities of an emergency: their own queue with their own slots, so that they never wait behind trading. */
export const EMERGENCY_TASK_QUEUE = 'trading-emergency';
export const NOTIFICATION_TASK_QUEUE = 'trading-notifications';
/** Each channel's sending has a queue and slots of its own: one that hangs keeps its backlog, and no other's slots. */
export const channelTaskQueue = (channel: Exclude<ChannelName, 'dashboard'>): string =>
  `${NOTIFICATION_TASK_QUEUE}-${channel}`;
/** Training, backtests and searches: long computations with few slots. */
export const RESEARCH_TASK_QUEUE = 'trading-research';

/** Said to a question that reached a worker between two workflow tasks (taskBoundary.ts). */
export const ASK_AGAIN = 'Asked between two workflow tasks: please ask again.';

export const TRADING_WORKFLOW_TYPE = 'tradingWorkflow';
export const tradingWorkflowId = (userId: string): string => `trading-${userId}`;

export interface StopRequest {
  /** `now` cancels entries and leaves protection on the exchange; `reduce` takes no new entries and ends when flat. */
  mode?: 'now' | 'reduce';
  by?: string;
}

export type { EmergencyRequest };

export interface ResetRequest {
  by: string;
  reason?: string;
}

export interface ControlAnswer {
  status: TradingStatus;
  since: string;
}

export interface ClosePositionRequest {
  positionId: string;
  by?: string;
}

/** The user's stream saw something: positions are looked after at once and not at the next cycle. */
export interface FillNotice {
  symbol: string;
  clientOrderId: string;
  status: string;
}

export const startSignal = defineSignal<[{ by?: string }?]>('start');
export const stopSignal = defineSignal<[StopRequest?]>('stop');
export const emergencySignal = defineSignal<[EmergencyRequest?]>('emergency');
export const fillSignal = defineSignal<[FillNotice]>('fill');
/** Settings changed: the waiting timer is measured anew from the last cycle's start. */
export const configChangedSignal = defineSignal('configChanged');

export const statusQuery = defineQuery<StatusView>('status');

/** Refused with ApplicationFailure type STATE_CONFLICT in EMERGENCY_STOPPED, FLEET_HALTED while the fleet is stopped. */
export const startUpdate = defineUpdate<ControlAnswer, [{ by?: string }?]>('startTrading');
export const stopUpdate = defineUpdate<ControlAnswer, [StopRequest?]>('stopTrading');
/** Answers with the receipt when finished, or after about 9 s with `finishedAt: null` while it goes on. */
export const emergencyStopUpdate = defineUpdate<EmergencyReceipt, [EmergencyRequest?]>('emergencyStop');
/** Leaves EMERGENCY_STOPPED for STOPPED; refused (STATE_CONFLICT) while something that was to be closed is open. */
export const resetUpdate = defineUpdate<ControlAnswer, [ResetRequest]>('reset');
/** One cycle now, not at its time; answers with the status when it is done. Refused (STATE_CONFLICT) while not trading. */
export const runCycleUpdate = defineUpdate<StatusView>('runCycle');
/** Sells one position; NOT_FOUND when there is none of that id. */
export const closePositionUpdate = defineUpdate<
  { positionId: string; status: 'CLOSING' | 'CLOSED' },
  [ClosePositionRequest]
>('closePosition');

/** `type` of the ApplicationFailure with which an update is refused; the API turns both conflicts into 409. */
export const REFUSALS = { conflict: 'STATE_CONFLICT', fleet: 'FLEET_HALTED', notFound: 'NOT_FOUND' } as const;

/** What a trading workflow is started with. */
export interface TradingWorkflowInput {
  userId: string;
  /** Carried over continue-as-new only. */
  carried?: unknown;
}
