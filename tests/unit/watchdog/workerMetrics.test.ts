import { ApplicationFailure } from '@temporalio/common';
import { DELIVERY_ENDS } from '../../../activities/notifications.js';
import { showVenues } from '../../../adapters/exchange/venueMetrics.js';
import { serveMetrics } from '../../../adapters/metricsServer.js';
import { CHANNELS, EMERGENCY_TRIGGERS } from '../../../trading/types.js';
import { createWorkerMetrics, type WorkerMetrics } from '../../../worker/metrics.js';
import { countOrderStates } from '../../../worker/orderStates.js';

let now = 0;
let metrics: WorkerMetrics;
beforeEach(() => {
  now = 1_000_000;
  metrics = createWorkerMetrics(() => now);
});

/** The value of one series as Prometheus reads it. */
async function value(series: string): Promise<number | undefined> {
  const line = (await metrics.registry.metrics()).split('\n').find((each) => each.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
}
const positions = (unprotected: number) => ({
  unprotected,
  unresolved: 0,
  openPositions: 1,
  closed: [],
  lines: [],
  events: [],
});

describe("a worker's metrics", () => {
  test('pass inputs, results and errors through', async () => {
    const failure = ApplicationFailure.create({ type: 'RateLimited', message: 'user 7 waits' });
    const steps = metrics.observe({
      loadSettings: (input: { userId: string }) => Promise.resolve(input.userId),
      settleStop: () => Promise.reject(failure),
    });
    expect(await steps.loadSettings({ userId: 'a' })).toBe('a');
    await expect(steps.settleStop()).rejects.toBe(failure);
    expect(await value('ctp_worker_activity_failures_total{activity="settleStop",type="RateLimited"}')).toBe(1);
    expect(await value('ctp_worker_activity_seconds_count{activity="loadSettings"}')).toBe(1);
    expect(await metrics.registry.metrics()).not.toContain('user 7');
  });

  test('begin at zero with every emergency and every end of a delivery, so that the first of each is an increase', async () => {
    for (const trigger of EMERGENCY_TRIGGERS)
      expect(await value(`ctp_worker_emergency_stops_total{trigger="${trigger}"}`)).toBe(0);
    for (const channel of CHANNELS)
      for (const status of DELIVERY_ENDS)
        expect(await value(`ctp_worker_notification_deliveries_total{channel="${channel}",status="${status}"}`)).toBe(
          0,
        );
    const { haltTrading } = metrics.observe({ haltTrading: (_input: object) => Promise.resolve() });
    await haltTrading({ userId: 'a', trigger: 'MANUAL_STOP' });
    expect(await value('ctp_worker_emergency_stops_total{trigger="MANUAL_STOP"}')).toBe(1);
  });

  test('take a look that leaves it to the step for what it is', async () => {
    const steps = metrics.observe({
      managePositions: (_input: object) => Promise.resolve(null),
      verifyExposure: (_input: object) => Promise.resolve(null),
    });
    for (const [name, step] of Object.entries(steps)) {
      expect(await step({ userId: 'a' })).toBeNull();
      expect(await value(`ctp_worker_uncounted_results_total{activity="${name}"}`)).toBe(0);
    }
  });

  test('never fail an activity: what cannot be counted is counted as that', async () => {
    const names = [
      'recordCycle',
      'executeTrade',
      'managePositions',
      'verifyExposure',
      'recordEmergency',
      'haltTrading',
      'recordNotification',
      'deliverEmail',
      'recordDelivery',
    ];
    const steps = metrics.observe(Object.fromEntries(names.map((name) => [name, () => Promise.resolve(undefined)])));
    for (const name of names) {
      expect(await (steps[name] as (input?: object) => Promise<unknown>)()).toBeUndefined();
      expect([name, await value(`ctp_worker_uncounted_results_total{activity="${name}"}`)]).toEqual([name, 1]);
      expect(await value(`ctp_worker_activity_failures_total{activity="${name}",type="TypeError"}`)).toBeUndefined();
    }
  });

  test('count cycles with their time, entries by outcome, and those without protection', async () => {
    const trade = { outcome: 'FILLED', protected: false, quantity: '0.1' };
    const steps = metrics.observe({
      recordCycle: (_record: object) => Promise.resolve(),
      executeTrade: (_input: object) => Promise.resolve(trade),
    });
    await steps.recordCycle({ userId: 'a', cycle: 7, startedAt: now - 400, account: { unresolved: 2 } });
    await steps.recordCycle({ userId: 'a', cycle: 7, startedAt: now, account: null, lines: [{}] });
    await steps.recordCycle({ userId: 'b', cycle: 1, startedAt: now - 400, account: null });
    await steps.executeTrade({ userId: 'a' });
    expect(await value('ctp_worker_cycles_total{result="completed"}')).toBe(1);
    expect(await value('ctp_worker_cycles_total{result="failed"}')).toBe(1);
    expect(await value('ctp_worker_cycle_seconds_sum')).toBeCloseTo(0.8);
    expect(await value('ctp_worker_order_outcomes_total{outcome="FILLED"}')).toBe(1);
    expect(await value('ctp_worker_unprotected_entries_total')).toBe(1);
    expect(await value('ctp_worker_unknown_orders')).toBe(2);
  });

  test("count warnings and errors of users' logs by component", async () => {
    const steps = metrics.observe({
      recordCycle: (_record: object) => Promise.resolve(),
      recordEmergency: (_input: object) => Promise.resolve(),
    });
    const line = (level: string, component: string) => ({ level, component, message: 'user 7' });
    const lines = [line('INFO', 'ENGINE'), line('ERROR', 'ENGINE'), line('WARNING', 'MONITOR')];
    await steps.recordCycle({ userId: 'a', cycle: 1, startedAt: now, account: null, lines });
    await steps.recordEmergency({ userId: 'a', lines: [line('WARNING', 'MONITOR')] });
    const series = 'ctp_worker_log_lines_total';
    expect(await value(`${series}{component="ENGINE",level="ERROR"}`)).toBe(1);
    expect(await value(`${series}{component="MONITOR",level="WARNING"}`)).toBe(2);
    expect(await metrics.registry.metrics()).not.toContain('user 7');
  });

  test('count orders by the state they come into, once, and pass every other call through', async () => {
    let stored = true;
    const orders = countOrderStates(
      {
        insertIntent: () => Promise.resolve(stored),
        insertIntents: () => Promise.resolve(1),
        transition: () => Promise.resolve(stored),
        get: () => Promise.resolve(null),
      } as never,
      metrics.registry,
    );
    const state = (name: string) => value(`ctp_worker_orders_total{state="${name}"}`);
    await orders.insertIntent({} as never);
    await orders.insertIntents([{}, {}] as never);
    expect(await orders.transition('x', ['SUBMITTING'], 'FILLED', 'test')).toBe(true);
    stored = false;
    await orders.insertIntent({} as never);
    expect(await orders.transition('x', ['SUBMITTING'], 'FILLED', 'test')).toBe(false);
    expect([await state('SUBMITTING'), await state('FILLED')]).toEqual([2, 1]);
    expect(await orders.get('x')).toBeNull();
  });

  test('count the seconds without protection until it is there', async () => {
    let report = positions(2);
    const { managePositions } = metrics.observe({ managePositions: (_input: object) => Promise.resolve(report) });
    await managePositions({ userId: 'a' });
    now += 3_000;
    expect(await value('ctp_worker_unprotected_positions')).toBe(2);
    expect(await value('ctp_worker_unprotected_seconds_total')).toBe(6);
    now += 1_000;
    report = positions(0);
    await managePositions({ userId: 'a' });
    now += 60_000;
    expect(await value('ctp_worker_unprotected_seconds_total')).toBe(8);
    expect(await value('ctp_worker_unprotected_positions')).toBe(0);
  });

  test('forget a user whom another worker went on with', async () => {
    const { managePositions } = metrics.observe({ managePositions: (_input: object) => Promise.resolve(positions(1)) });
    await managePositions({ userId: 'a' });
    now += 3_600_000;
    expect(await value('ctp_worker_unprotected_seconds_total')).toBe(60);
    expect(await value('ctp_worker_unprotected_positions')).toBe(0);
  });

  test("count a notification's delivery once, with its lag", async () => {
    const steps = metrics.observe({
      deliverEmail: (_input: object) => Promise.resolve(true),
      recordDelivery: (_outcome: object) => Promise.resolve(),
    });
    await steps.deliverEmail({ userId: 'a', event: { at: now - 1_500 } });
    await steps.recordDelivery({ eventIds: ['x'], channel: 'email', status: 'delivered' });
    await steps.recordDelivery({ eventIds: ['y', 'z'], channel: 'discord', status: 'failed' });
    const series = 'ctp_worker_notification_deliveries_total';
    expect(await value(`${series}{channel="email",status="delivered"}`)).toBe(1);
    expect(await value(`${series}{channel="discord",status="failed"}`)).toBe(2);
    expect(await value('ctp_worker_notification_lag_seconds_sum{channel="email"}')).toBeCloseTo(1.5);
  });

  test('are served at /metrics only, with the rate limit of each venue; a taken port is said', async () => {
    const health = { lastSuccessAt: 5_000, errorRatePct: 0, latencyMs: 20, calls: 9, clockOffsetMs: 0 };
    const limiter = {
      usedWeight: 1_200,
      weightLimit: 6_000,
      shareUsed: 0.4,
      bannedUntil: null,
      waiting: 3,
      refused: 5,
    };
    showVenues(metrics.registry, 'ctp_worker', () => [
      ['paper', { exchange: { health: () => ({ ...health, ...limiter }) } }],
    ]);
    const said: string[] = [];
    const log = { info: () => undefined, warn: (_fields: object, message: string) => void said.push(message) };
    const served = await serveMetrics(metrics.registry, { port: 0, host: '127.0.0.1' }, log);
    try {
      const text = await (await fetch(served.url!)).text();
      expect(text).toContain('ctp_worker_exchange_used_weight{venue="paper"} 1200');
      expect(text).toContain('ctp_worker_exchange_weight_limit{venue="paper"} 6000');
      expect(text).toContain('ctp_worker_exchange_share_used{venue="paper"} 0.4');
      expect(text).toContain('ctp_worker_exchange_waiting_calls{venue="paper"} 3');
      // Another scrape shows the same total again.
      expect(await (await fetch(served.url!)).text()).toContain(
        'ctp_worker_exchange_refused_calls_total{venue="paper"} 5',
      );
      expect((await fetch(new URL('/other', served.url!))).status).toBe(404);
      const port = Number(new URL(served.url!).port);
      expect((await serveMetrics(metrics.registry, { port, host: '127.0.0.1' }, log)).url).toBeNull();
      expect(said).toEqual(['METRICS_PORT: no metrics are served']);
    } finally {
      served.close();
    }
  });
});
