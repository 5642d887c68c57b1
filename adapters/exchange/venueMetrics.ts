/** Rate limit and health of a process's venues in Prometheus form. */
import { Counter, Gauge, type Registry } from 'prom-client';
import type { Exchange, ExchangeHealth } from './port.js';

type Shown = Iterable<[string, { exchange: Pick<Exchange, 'health'> }]>;

/** @param prefix of the names: whose view it is */
export function showVenues(registry: Registry, prefix: 'ctp_worker' | 'ctp_api', venues: () => Shown): void {
  const show = (
    Metric: typeof Gauge | typeof Counter,
    name: string,
    help: string,
    read: (health: ExchangeHealth) => number | null,
  ): void => {
    new Metric({
      name: `${prefix}_exchange_${name}`,
      help,
      labelNames: ['venue'],
      registers: [registry],
      collect() {
        this.reset();
        for (const [venue, { exchange }] of venues()) {
          const value = read(exchange.health());
          if (value !== null) this.inc({ venue }, value);
        }
      },
    });
  };
  show(Gauge, 'used_weight', 'Request weight that the address used in this minute', (health) => health.usedWeight);
  show(Gauge, 'weight_limit', 'Request weight that the address is allowed a minute', (health) => health.weightLimit);
  show(
    Gauge,
    'share_used',
    'How much of its own share of the weight the process took in this minute, 0 to 1',
    (health) => health.shareUsed,
  );
  show(Gauge, 'waiting_calls', 'Calls that wait for weight', (health) => health.waiting);
  show(
    Counter,
    'refused_calls_total',
    'Calls not sent because they would have waited too long for weight',
    (health) => health.refused,
  );
  show(Gauge, 'error_percent', 'Calls that failed over five minutes', (health) => health.errorRatePct);
  show(Gauge, 'latency_seconds', 'p95 of the calls over five minutes', (health) => health.latencyMs / 1_000);
  show(Gauge, 'last_success_timestamp_seconds', 'When a call last succeeded', ({ lastSuccessAt }) =>
    lastSuccessAt === null ? null : lastSuccessAt / 1_000,
  );
}
