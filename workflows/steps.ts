/**
 * The activities as workflows call them: how long each may take and how it is retried. Reads are local activities
 * (they run inside the workflow task, cost one event each and show by name in the Web UI); orders are regular ones.
 */
import {
  ActivityCancellationType,
  proxyActivities,
  proxyLocalActivities,
  type RetryPolicy,
} from '@temporalio/workflow';
import type {
  EmergencyActivities,
  EmergencyLooks,
  PositionsLook,
  ReadingActivities,
  TradingActivities,
} from '../activities/types.js';
import { EMERGENCY_TASK_QUEUE } from './messages.js';

export const read = proxyLocalActivities<ReadingActivities>({
  startToCloseTimeout: '4 seconds',
  scheduleToCloseTimeout: '7 seconds',
  retry: {
    initialInterval: '100 milliseconds',
    backoffCoefficient: 3,
    maximumAttempts: 3,
    nonRetryableErrorTypes: ['InvariantBroken', 'NotFound'],
  },
});

/**
 * May this user start? Messages are answered beside the loop and beside each other, where a replay hears of the local
 * activities of a task together and would go on in another order: so theirs is a step of its own.
 */
export const gateStep = proxyActivities<Pick<ReadingActivities, 'openTrading'>>({
  startToCloseTimeout: '3 seconds',
  scheduleToCloseTimeout: '8 seconds',
  retry: {
    initialInterval: '100 milliseconds',
    backoffCoefficient: 3,
    nonRetryableErrorTypes: ['InvariantBroken', 'NotFound'],
  },
});

/** What a run begins with that was handed nothing; waits for the database as long as it takes. */
export const { readBooks } = proxyActivities<Pick<ReadingActivities, 'readBooks'>>({
  startToCloseTimeout: '5 seconds',
  retry: { initialInterval: '200 milliseconds', backoffCoefficient: 2, maximumInterval: '5 seconds' },
});

/**
 * Order work. A second attempt first resolves what the first one sent (activities/orders), so retrying is safe. When
 * a cycle is interrupted, the running attempt is told by its heartbeat, brings its order to a safe state and ends; the
 * workflow waits for that.
 */
const orderWork = {
  startToCloseTimeout: '2 minutes',
  // A holding may be bare while its worker is dead: the silence that is taken for death is short, and heartbeats go out
  // twice a second (worker/workers.ts).
  heartbeatTimeout: '2 seconds',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
} as const;
// Short, and hardly growing: a worker that is killed over and over counts as failures too, and the holding is bare meanwhile.
// An exchange or database that is away is waited for inside an attempt.
const orderRetry: RetryPolicy = {
  initialInterval: '200 milliseconds',
  backoffCoefficient: 1.25,
  maximumInterval: '1 second',
  nonRetryableErrorTypes: ['InvariantBroken'],
};

/**
 * Attempts are bounded, so that an exchange that fell silent in mid-cycle ends the cycle and is judged by its silence;
 * what is left unknown is in the books, and the next look resolves it.
 */
const entries = proxyActivities<Pick<TradingActivities, 'executeTrade'>>({
  ...orderWork,
  retry: { ...orderRetry, maximumAttempts: 15 },
});
const care = proxyActivities<Pick<TradingActivities, 'managePositions'>>({
  ...orderWork,
  retry: { ...orderRetry, maximumAttempts: 3 },
});
export const trade = { executeTrade: entries.executeTrade, managePositions: care.managePositions };

/** Records are idempotent by their ids and wait for the database as long as it takes. */
export const write = proxyActivities<Pick<TradingActivities, 'recordCycle' | 'settleStop' | 'sendNotification'>>({
  // A worker that dies in the middle costs its user this long at most; a stop brings its own, longer limit.
  startToCloseTimeout: '8 seconds',
  retry: {
    initialInterval: '500 milliseconds',
    backoffCoefficient: 2,
    maximumInterval: '5 seconds',
    nonRetryableErrorTypes: ['InvariantBroken'],
  },
});

/**
 * Inside the workflow task: steps of an emergency, and the look at holdings: the halt, and whatever
 * turns out to be but a look or a record. One try, for whoever asks has another way (./lookFirst.ts); nothing is ever sent
 * to the exchange from here.
 */
export const atOnce = proxyLocalActivities<EmergencyLooks & PositionsLook>({
  scheduleToCloseTimeout: '2 seconds',
  retry: { maximumAttempts: 1 },
});

/** The same for records and what is told. Short: an emergency that comes meanwhile waits for the workflow task's end. */
export const inTask = proxyLocalActivities<Pick<TradingActivities, 'recordCycle' | 'sendNotification'>>({
  scheduleToCloseTimeout: '1.5 seconds',
  retry: { maximumAttempts: 1 },
});

/** An emergency is retried until it is done, whatever is down. */
export const emergency = proxyActivities<EmergencyActivities>({
  taskQueue: EMERGENCY_TASK_QUEUE,
  startToCloseTimeout: '1 minute',
  heartbeatTimeout: '5 seconds',
  retry: { initialInterval: '300 milliseconds', backoffCoefficient: 1.5, maximumInterval: '3 seconds' },
  priority: { priorityKey: 1 },
});
