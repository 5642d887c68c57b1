import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { parse } from 'yaml';
import { createExchange } from '../../../adapters/exchange/exchange.js';
import { showVenues } from '../../../adapters/exchange/venueMetrics.js';
import { projectRoot } from '../../../adapters/paths.js';
import { createMetrics } from '../../../api/metrics.js';
import { showOutages } from '../../../api/watchdog.js';
import { showWaiting } from '../../../api/watchdog/queues.js';
import { createWorkerMetrics } from '../../../worker/metrics.js';
import { countOrderStates } from '../../../worker/orderStates.js';

const read = (name: string): string => readFileSync(join(projectRoot(), name), 'utf8');
const alerts = parse(read('deploy/alerts.yml')) as {
  groups: { rules: { alert: string; expr: string; annotations: { summary: string; runbook: string } }[] }[];
};
const rules = alerts.groups.flatMap((group) => group.rules);
const dashboard = JSON.parse(read('deploy/grafana-dashboard.json')) as {
  panels: { title: string; targets: { expr: string }[] }[];
};
const compose = parse(read('docker-compose.yml'), { merge: true }) as {
  services: Record<string, { volumes?: string[]; profiles?: string[]; environment?: Record<string, string> }>;
};

/** What a worker and an API process show that have done nothing yet. */
async function shown(): Promise<string> {
  const worker = createWorkerMetrics(() => 0);
  countOrderStates({} as never, worker.registry);
  const exchange = createExchange({ venue: 'simulator', url: 'http://127.0.0.1:1' });
  showVenues(worker.registry, 'ctp_worker', () => [['paper', { exchange }]]);
  worker.observe({ recordCycle: () => Promise.resolve() });

  const { registry: api } = createMetrics({ size: () => 0 });
  showVenues(api, 'ctp_api', () => [['paper', { exchange }]]);
  showOutages(api, () => new Map());
  showWaiting(api, () => new Map([['trading', { tasks: 0, oldest: 0 }]]));
  return `${await worker.registry.metrics()}\n${await api.metrics()}`;
}
const namesOf = (text: string): Set<string> =>
  new Set([...text.matchAll(/^# TYPE (\S+) /gm)].map((match) => match[1]!));
const namesIn = (expr: string): string[] =>
  [...expr.matchAll(/ctp_\w+/g)].map(([name]) => name.replace(/_(bucket|sum|count)$/, ''));

test('every alert and every panel asks for metrics that exist', async () => {
  const names = namesOf(await shown());
  const asked = [
    ...rules.map(({ expr }) => expr),
    ...dashboard.panels.flatMap((panel) => panel.targets.map(({ expr }) => expr)),
  ];
  expect(asked.length).toBeGreaterThan(20);
  expect(asked.flatMap(namesIn).filter((name) => !names.has(name))).toEqual([]);
});

test('every counter that an alert looks for an increase in is there before its first event', async () => {
  const series = (await shown()).split('\n').filter((line) => line.startsWith('ctp_'));
  const asked = rules.flatMap(({ expr }) => {
    const grouped = [...expr.matchAll(/ by \(([^)]+)\)/g)].flatMap((match) => match[1]!.split(/, ?/));
    // `le` is a histogram's own, `job` is Prometheus's.
    const labels = grouped.filter((label) => !['le', 'job'].includes(label)).map((label) => `${label}="`);
    return [...expr.matchAll(/(?:increase|rate)\((\w+)(?:\{([^}]+)\})?\[/g)].map(([, name, wanted]) => ({
      name: name!,
      labels: [...labels, ...(wanted?.split(/, ?/) ?? [])],
    }));
  });
  expect(asked.length).toBeGreaterThan(5);
  const missing = asked.filter(
    ({ name, labels }) =>
      !series.some((line) => /^\w+/.exec(line)![0] === name && labels.every((label) => line.includes(label))),
  );
  expect(missing).toEqual([]);
});

test('what an operator asks about is measured: each subject has a metric, and the runbook names it', async () => {
  const subjects = {
    cycles: 'ctp_worker_cycles_total',
    latencies: 'ctp_worker_activity_seconds',
    'latencies of requests': 'ctp_api_request_seconds',
    'orders by state': 'ctp_worker_orders_total',
    'unknown outcomes': 'ctp_worker_unknown_orders',
    'unprotected seconds': 'ctp_worker_unprotected_seconds_total',
    'rate-limit headroom': 'ctp_worker_exchange_weight_limit',
    'headroom of its own share': 'ctp_worker_exchange_share_used',
    'emergency stops': 'ctp_worker_emergency_stops_total',
    'notification lag': 'ctp_worker_notification_lag_seconds',
    'queue depth': 'ctp_watchdog_queue_tasks',
    'errors by component': 'ctp_worker_log_lines_total',
    outages: 'ctp_watchdog_outage',
  };
  const [names, runbook] = [namesOf(await shown()), read('docs/OPERATIONS.md')];
  for (const [subject, name] of Object.entries(subjects)) {
    expect([subject, names.has(name)]).toEqual([subject, true]);
    expect([subject, runbook.includes(`\`${name}`)]).toEqual([subject, true]);
  }
});

test('every alert has its section in the runbook', () => {
  const sections = [...read('docs/OPERATIONS.md').matchAll(/^### (\w+)$/gm)].map((match) => match[1]);
  expect(rules.length).toBeGreaterThan(10);
  expect(rules.map(({ alert }) => alert).filter((alert) => !sections.includes(alert))).toEqual([]);
  for (const { alert, annotations } of rules)
    expect(annotations.runbook).toBe(`docs/OPERATIONS.md#${alert.toLowerCase()}`);
});

test('the compose file mounts what is there, and scrapes the port that workers serve', () => {
  const mounts = ['prometheus', 'grafana'].flatMap((name) => compose.services[name]?.volumes ?? []);
  const files = mounts.filter((mount) => mount.startsWith('./')).map((mount) => mount.split(':')[0]!);
  expect(files.length).toBe(5);
  expect(files.filter((file) => !existsSync(join(projectRoot(), file)))).toEqual([]);
  expect(read('deploy/prometheus.yml')).toContain(`port: ${compose.services['worker']?.environment?.['METRICS_PORT']}`);
  for (const name of ['prometheus', 'grafana']) expect(compose.services[name]?.profiles).toEqual(['monitoring']);
});
