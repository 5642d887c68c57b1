/** What is counted of each activity's result, by the activity's name. */
import { Counter, Histogram, type Registry } from 'prom-client';
import { DELIVERY_ENDS, type DeliveryOutcome, type NotificationInput } from '../activities/notifications.js';
import {
  type CycleRecord,
  type ExposureReport,
  type LogLine,
  type PositionsReport,
  TRADE_OUTCOMES,
  type TradeReport,
} from '../activities/types.js';
import type { DeliveryPlan } from '../trading/notifications/index.js';
import { CHANNELS, EMERGENCY_TRIGGERS, EXIT_REASONS, LOG_COMPONENTS, LOG_LEVELS } from '../trading/types.js';
import { countFromZero } from './countFromZero.js';
import type { Exposure } from './exposure.js';

export type Observer = (input: unknown, result: unknown) => void;

export function observers(registry: Registry, exposure: Exposure, now: () => number): Record<string, Observer> {
  const registers = [registry];
  const cycles = countFromZero(
    registry,
    'ctp_worker_cycles_total',
    'Cycles recorded; failed: no decision could be made',
    { result: ['completed', 'failed'] },
  );
  const cycleSeconds = new Histogram({
    name: 'ctp_worker_cycle_seconds',
    help: 'From the begin of a cycle until it is recorded',
    buckets: [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
    registers,
  });
  const trades = countFromZero(registry, 'ctp_worker_order_outcomes_total', 'Entries by how they ended', {
    outcome: TRADE_OUTCOMES,
  });
  const bare = new Counter({
    name: 'ctp_worker_unprotected_entries_total',
    help: 'Entries that were filled and not protected at once',
    registers,
  });
  const closed = countFromZero(registry, 'ctp_worker_positions_closed_total', 'Positions closed, by reason', {
    reason: EXIT_REASONS,
  });
  const emergencies = countFromZero(registry, 'ctp_worker_emergency_stops_total', 'Emergency stops begun, by trigger', {
    trigger: EMERGENCY_TRIGGERS,
  });
  const deliveries = countFromZero(
    registry,
    'ctp_worker_notification_deliveries_total',
    'Notifications by channel and end',
    { channel: CHANNELS, status: DELIVERY_ENDS },
  );
  const lag = new Histogram({
    name: 'ctp_worker_notification_lag_seconds',
    help: 'From an event until a channel took its notification',
    labelNames: ['channel'],
    buckets: [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3600],
    registers,
  });

  const lines = countFromZero(
    registry,
    'ctp_worker_log_lines_total',
    "Warnings and errors in users' logs, by the component that told them",
    { component: LOG_COMPONENTS, level: LOG_LEVELS.filter((level) => level !== 'INFO') },
  );
  const countLines = (told: readonly LogLine[] = []): void => {
    for (const { component, level } of told) if (level !== 'INFO') lines.inc({ component, level });
  };

  /** The last cycle counted of each user. */
  const recorded = new Map<string, number>();
  const delivered =
    (channel: string): Observer =>
    (input) => {
      deliveries.inc({ channel, status: 'delivered' });
      lag.observe({ channel }, Math.max(0, now() - (input as NotificationInput).event.at) / 1_000);
    };

  return {
    recordCycle(input) {
      const { userId, cycle, startedAt, account, lines: told } = input as CycleRecord;
      countLines(told);
      // Lines that are written between cycles come with the number of the last one.
      if ((recorded.get(userId) ?? -1) >= cycle) return;
      recorded.set(userId, cycle);
      cycles.inc({ result: account === null ? 'failed' : 'completed' });
      cycleSeconds.observe(Math.max(0, now() - startedAt) / 1_000);
      if (account) exposure.saw(userId, { unresolved: account.unresolved });
    },
    executeTrade(_input, result) {
      const { outcome, protected: isProtected, quantity } = result as TradeReport;
      trades.inc({ outcome });
      const holds = (outcome === 'FILLED' || outcome === 'PARTIALLY_FILLED') && Number(quantity) > 0;
      if (holds && !isProtected) bare.inc();
    },
    managePositions(input, result) {
      if (result === null) return; // a look that leaves it to the step
      const { unprotected, unresolved, closed: ended } = result as PositionsReport;
      exposure.saw((input as { userId: string }).userId, { unprotected, unresolved });
      for (const { reason } of ended) closed.inc({ reason });
    },
    verifyExposure(input, result) {
      if (result === null) return; // the same: something is bare
      exposure.saw((input as { userId: string }).userId, { unprotected: (result as ExposureReport).unprotected });
    },
    recordEmergency: (input) => countLines((input as { lines?: LogLine[] }).lines),
    haltTrading: (input) => emergencies.inc({ trigger: (input as { trigger: string }).trigger }),
    recordNotification(_input, result) {
      const { skipped, skippedStored } = result as DeliveryPlan;
      if (skippedStored) for (const { channel } of skipped) deliveries.inc({ channel, status: 'skipped' });
    },
    deliverEmail: delivered('email'),
    deliverDiscord: delivered('discord'),
    deliverTelegram: delivered('telegram'),
    // A delivery that succeeded is recorded again by its workflow; it is counted above.
    recordDelivery(input) {
      const { eventIds, channel, status } = input as DeliveryOutcome;
      if (status !== 'delivered') deliveries.inc({ channel, status }, eventIds.length);
    },
  };
}
