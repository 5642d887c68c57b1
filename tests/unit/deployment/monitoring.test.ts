import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { parse } from 'yaml';
import { projectRoot } from '../../../adapters/paths.js';
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

/** Every name that a worker or an API process shows. */
async function shown(): Promise<Set<string>> {
  const metrics = createWorkerMetrics(() => 0);
  countOrderStates({} as never, metrics.registry);
  const health = { lastSuccessAt: 1, errorRatePct: 0, latencyMs: 1, calls: 1, clockOffsetMs: 0, bannedUntil: null };
  metrics.watchVenue('paper', { health: () => ({ ...health, usedWeight: 1, weightLimit: 1 }) });

  const text = await metrics.registry.metrics();
  const worker = [...text.matchAll(/^# TYPE (\S+) /gm)].map((match) => match[1]!);
  const api = ['api/metrics.ts', 'api/watchdog.ts', 'api/watchdog/queues.ts'].flatMap((source) =>
    [...read(source).matchAll(/(?:name: |gauge\()'(ctp_\w+)'/g)].map((match) => match[1]!),
  );
  return new Set([...worker, ...api, 'ctp_api_process_resident_memory_bytes']);
}
const namesIn = (expr: string): string[] =>
  [...expr.matchAll(/ctp_\w+/g)].map(([name]) => name.replace(/_(bucket|sum|count)$/, ''));

test('every alert and every panel asks for metrics that exist', async () => {
  const names = await shown();
  const asked = [
    ...rules.map(({ expr }) => expr),
    ...dashboard.panels.flatMap((panel) => panel.targets.map(({ expr }) => expr)),
  ];
  expect(asked.length).toBeGreaterThan(20);
  expect(asked.flatMap(namesIn).filter((name) => !names.has(name))).toEqual([]);
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
    'notification lag': 'ctp_worker_notification_lag_seconds',
    'queue depth': 'ctp_watchdog_queue_tasks',
    'errors by component': 'ctp_worker_log_lines_total',
    outages: 'ctp_watchdog_outage',
  };
  const [names, runbook] = [await shown(), read('docs/OPERATIONS.md')];
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
