/** What is counted of each activity's result, by the activity's name. */
import { Counter, Histogram, type Registry } from 'prom-client';
import type { DeliveryOutcome, NotificationInput } from '../activities/notifications.js';
import type { CycleRecord, ExposureReport, LogLine, PositionsReport, TradeReport } from '../activities/types.js';
import type { DeliveryPlan } from '../trading/notifications/index.js';
import type { Exposure } from './exposure.js';

export type Observer = (input: unknown, result: unknown) => void;

export function observers(registry: Registry, exposure: Exposure, now: () => number): Record<string, Observer> {
  const registers = [registry];
  const cycles = new Counter({
    name: 'ctp_worker_cycles_total',
    help: 'Cycles recorded; failed: no decision could be made',
    labelNames: ['result'],
    registers,
  });
  const cycleSeconds = new Histogram({
    name: 'ctp_worker_cycle_seconds',
    help: 'From the begin of a cycle until it is recorded',
    buckets: [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
    registers,
  });
  const trades = new Counter({
    name: 'ctp_worker_order_outcomes_total',
    help: 'Entries by how they ended',
    labelNames: ['outcome'],
    registers,
  });
  const bare = new Counter({
    name: 'ctp_worker_unprotected_entries_total',
    help: 'Entries that were filled and not protected at once',
    registers,
  });
  const closed = new Counter({
    name: 'ctp_worker_positions_closed_total',
    help: 'Positions closed, by reason',
    labelNames: ['reason'],
    registers,
  });
  const emergencies = new Counter({
    name: 'ctp_worker_emergency_stops_total',
    help: 'Emergency stops begun, by trigger',
    labelNames: ['trigger'],
    registers,
  });
  const deliveries = new Counter({
    name: 'ctp_worker_notification_deliveries_total',
    help: 'Notifications by channel and end',
    labelNames: ['channel', 'status'],
    registers,
  });
  const lag = new Histogram({
    name: 'ctp_worker_notification_lag_seconds',
    help: 'From an event until a channel took its notification',
    labelNames: ['channel'],
    buckets: [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3600],
    registers,
  });

  const lines = new Counter({
    name: 'ctp_worker_log_lines_total',
    help: "Warnings and errors in users' logs, by the component that told them",
    labelNames: ['component', 'level'],
    registers,
  });
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
