/** Positions without protection and orders of unknown outcome, as this worker last saw them, user by user. */
import { Counter, Gauge, type Registry } from 'prom-client';

export interface Exposure {
  /** What a step reported; a field that is absent stays as it was. */
  saw(userId: string, seen: { unprotected?: number; unresolved?: number }): void;
}

/** Another worker may go on with a user: what nobody confirmed here for so long counts no more. */
const FORGET_MS = 60_000;

interface Known {
  unprotected: number;
  unresolved: number;
  at: number;
  /** Up to when unprotected time is counted. */
  counted: number;
}

export function createExposure(registry: Registry, now: () => number): Exposure {
  const known = new Map<string, Known>();
  const seconds = new Counter({
    name: 'ctp_worker_unprotected_seconds_total',
    help: 'Position-seconds without protection on the exchange',
    registers: [registry],
    collect: () => settleAll(),
  });
  show('ctp_worker_unprotected_positions', 'Positions without protection at the last look', 'unprotected');
  show('ctp_worker_unknown_orders', 'Orders whose outcome is not known at the last look', 'unresolved');

  return {
    saw(userId, { unprotected, unresolved }) {
      const before = known.get(userId);
      if (before) settle(before);
      const at = now();
      const next = {
        unprotected: unprotected ?? before?.unprotected ?? 0,
        unresolved: unresolved ?? before?.unresolved ?? 0,
      };
      if (next.unprotected + next.unresolved === 0) known.delete(userId);
      else known.set(userId, { ...next, at, counted: at });
    },
  };

  function show(name: string, help: string, field: 'unprotected' | 'unresolved'): void {
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        settleAll();
        this.set([...known.values()].reduce((sum, each) => sum + each[field], 0));
      },
    });
  }

  function settle(each: Known): void {
    const until = Math.min(now(), each.at + FORGET_MS);
    if (until > each.counted) seconds.inc(((until - each.counted) / 1_000) * each.unprotected);
    each.counted = Math.max(each.counted, until);
  }

  function settleAll(): void {
    for (const [userId, each] of known) {
      settle(each);
      if (now() - each.at > FORGET_MS) known.delete(userId);
    }
  }
}
