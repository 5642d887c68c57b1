/** What a worker has to say in Prometheus form: measured around the activities, without a change to what they do. */
import { collectDefaultMetrics, Counter, Histogram, Registry } from 'prom-client';
import { createExposure } from './exposure.js';
import { observers } from './observers.js';

type Step = (...input: never[]) => Promise<unknown>;

export interface WorkerMetrics {
  registry: Registry;
  /** The same activities, each attempt timed and its outcome counted. */
  observe<T extends object>(activities: T): T;
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

  return {
    registry,
    observe: (activities) =>
      Object.fromEntries(
        Object.entries(activities as Record<string, Step>).map(([name, step]) => [name, measured(name, step)]),
      ) as typeof activities,
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
