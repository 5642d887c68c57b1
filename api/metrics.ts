/** The API's own metrics in Prometheus form. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { StreamHub } from './services/stream.js';

export function createMetrics(hub: Pick<StreamHub, 'size'>) {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'ctp_api_' });
  const seconds = new Histogram({
    name: 'ctp_api_request_seconds',
    help: 'Time from a request to its answer',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  });
  const signIns = new Counter({
    name: 'ctp_api_sign_ins_total',
    help: 'Attempts to sign in by their result',
    labelNames: ['result'],
    registers: [registry],
  });
  new Gauge({
    name: 'ctp_api_streams',
    help: 'Open event streams',
    registers: [registry],
    collect() {
      this.set(hub.size());
    },
  });
  return { registry, seconds, signIns };
}

export type Metrics = ReturnType<typeof createMetrics>;
