/** What a worker has to say in Prometheus form: measured around the activities, without a change to what they do. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Exchange } from '../adapters/exchange/port.js';
import { createExposure } from './exposure.js';
import { observers } from './observers.js';

type Step = (...input: never[]) => Promise<unknown>;

export interface WorkerMetrics {
  registry: Registry;
  /** The same activities, each attempt timed and its outcome counted. */
  observe<T extends object>(activities: T): T;
  /** From now on this venue's rate limit and health are shown. */
  watchVenue(name: string, exchange: Pick<Exchange, 'health'>): void;
}

export function createWorkerMetrics(now: () => number): WorkerMetrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry, prefix: 'ctp_worker_' });
  const seconds = new Histogram({
    name: 'ctp_worker_activity_seconds',
    help: 'Time of one attempt of an activity',
    labelNames: ['activity'],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers,
  });
  const failures = new Counter({
    name: 'ctp_worker_activity_failures_total',
    help: 'Attempts that failed, by activity and kind of error',
    labelNames: ['activity', 'type'],
    registers,
  });
  const missed = new Counter({
    name: 'ctp_worker_uncounted_results_total',
    help: 'Results that could not be counted, by activity; a fault of the counting, the activity stands',
    labelNames: ['activity'],
    registers,
  });
  const byName = observers(registry, createExposure(registry, now), now);
  const venues = new Map<string, Pick<Exchange, 'health'>>();
  showVenues(registry, venues);

  return {
    registry,
    observe: (activities) =>
      Object.fromEntries(
        Object.entries(activities as Record<string, Step>).map(([name, step]) => [name, measured(name, step)]),
      ) as typeof activities,
    watchVenue: (name, exchange) => void venues.set(name, exchange),
  };

  function measured(name: string, step: Step): Step {
    // Kinds are an open set: an alert on the others has to be a rate to which the first one makes no difference.
    failures.inc({ activity: name, type: 'Error' }, 0);
    if (byName[name]) missed.inc({ activity: name }, 0);
    return async (...input) => {
      const end = seconds.startTimer({ activity: name });
      try {
        const result = await step(...input);
        count(name, input[0], result);
        return result;
      } catch (error) {
        failures.inc({ activity: name, type: typeOf(error) });
        throw error;
      } finally {
        end();
      }
    };
  }

  /** What was done is done, whether it can be counted or not. */
  function count(name: string, input: unknown, result: unknown): void {
    try {
      byName[name]?.(input, result);
    } catch {
      missed.inc({ activity: name });
    }
  }
}

/** The error's kind as Temporal shows it ("RateLimited"); never its message, which would make a series each. */
function typeOf(error: unknown): string {
  const { type, name } = (error ?? {}) as { type?: unknown; name?: unknown };
  return typeof type === 'string' ? type : typeof name === 'string' ? name : 'Error';
}

function showVenues(registry: Registry, venues: ReadonlyMap<string, Pick<Exchange, 'health'>>): void {
  const gauge = (name: string, help: string, read: (health: ReturnType<Exchange['health']>) => number | null): void => {
    new Gauge({
      name,
      help,
      labelNames: ['venue'],
      registers: [registry],
      collect() {
        for (const [venue, exchange] of venues) {
          const value = read(exchange.health());
          if (value !== null) this.set({ venue }, value);
        }
      },
    });
  };
  gauge('ctp_worker_exchange_used_weight', 'Request weight used in this minute', (health) => health.usedWeight);
  gauge('ctp_worker_exchange_weight_limit', 'Request weight allowed a minute', (health) => health.weightLimit);
  gauge('ctp_worker_exchange_error_percent', 'Calls that failed over five minutes', (health) => health.errorRatePct);
  gauge('ctp_worker_exchange_latency_seconds', 'p95 of the calls over five minutes', (h) => h.latencyMs / 1_000);
  gauge('ctp_worker_exchange_last_success_timestamp_seconds', 'When a call last succeeded', ({ lastSuccessAt }) =>
    lastSuccessAt === null ? null : lastSuccessAt / 1_000,
  );
}
