/**
 * The watchdog: looks every ten seconds, from the API's process, at what trading stands on, and tells of outages by
 * itself. It needs no worker and no Temporal to be heard, so that a dead worker does not go unnoticed.
 */
import { Gauge, type Registry } from 'prom-client';
import { createFindDestination } from '../adapters/notifications/index.js';
import type { ApiDependencies } from './dependencies.js';
import { inRounds } from './rounds.js';
import { createAuditWatch } from './watchdog/auditLook.js';
import { decide, type Outages, partOf, PARTS } from './watchdog/decide.js';
import { lookAround, type LookOptions } from './watchdog/looks.js';
import { showWaiting, type Waiting, waitingWork } from './watchdog/queues.js';
import { createTeller } from './watchdog/tell.js';

export interface WatchdogOptions extends Pick<LookOptions, 'dataDir' | 'namespace'> {
  /** Between two looks, ms (10 s). */
  everyMs?: number;
  /** Before the first look, ms (30 s): what starts together comes up together. */
  graceMs?: number;
  /** 75 s: an idle worker asks Temporal for work at least every 60 s. */
  workerSilentMs?: number;
  /** 60 s */
  overdueFloorMs?: number;
  /** Where `ctp_watchdog_outage` is shown. */
  registry?: Registry | undefined;
}

type Dependencies = Pick<
  ApiDependencies,
  'client' | 'database' | 'repositories' | 'venue' | 'channels' | 'keys' | 'mailIsSetUp' | 'log'
>;

/** Watches until the returned function is called. */
export function startWatchdog(deps: Dependencies, options: WatchdogOptions): () => void {
  const { everyMs = 10_000, graceMs = 30_000, workerSilentMs = 75_000, overdueFloorMs = 60_000 } = options;
  const teller = createTeller({
    ...deps,
    findDestination: createFindDestination(deps.repositories, deps.keys, deps.mailIsSetUp),
    now: () => Date.now(),
    adoptEveryMs: 3 * everyMs,
  });
  const audit = createAuditWatch(deps.repositories.audit, { dataDir: options.dataDir, log: deps.log });
  let outages: Outages = new Map();
  let waiting: ReadonlyMap<string, Waiting> = new Map();
  // Who is to be told is known before anything fails.
  teller.remember().catch(() => undefined);
  if (options.registry) {
    showOutages(options.registry, () => outages);
    showWaiting(options.registry, () => waiting);
  }

  return inRounds(look, {
    firstMs: graceMs + untilNext(everyMs),
    nextMs: () => untilNext(everyMs),
    failed: (error) => deps.log.error({ error: String(error) }, 'the watchdog failed'),
  });

  async function look(): Promise<void> {
    const [seen, queues] = await Promise.all([
      lookAround(deps, { ...options, workerSilentMs, overdueFloorMs, audit }, Date.now()),
      options.registry ? waitingWork(deps.client, options.namespace).catch(() => new Map<string, Waiting>()) : waiting,
    ]);
    waiting = queues;
    const decision = decide(outages, seen);
    outages = decision.outages;
    if (![...outages.keys()].includes('database')) await teller.remember().catch(() => undefined);
    for (const telling of decision.tell) {
      deps.log.error({ condition: telling.key, detail: telling.detail }, 'watchdog: outage');
      await teller.tell(telling);
    }
    for (const { key, since, told } of decision.over)
      if (told) deps.log.info({ condition: key, seconds: Math.round((seen.at - since) / 1_000) }, 'watchdog: back');
    // Not waited for: a mail server that hangs must not end the looking.
    teller.work().catch((error: unknown) => deps.log.error({ error: String(error) }, 'the watchdog could not tell'));
  }
}

/**
 * Every process looks at the same moments of the clock, halfway between multiples of the interval: so the same outage
 * begins in the same slot of ids everywhere.
 */
function untilNext(everyMs: number): number {
  return everyMs - ((Date.now() + everyMs / 2) % everyMs);
}

export function showOutages(registry: Registry, outages: () => Outages): void {
  new Gauge({
    name: 'ctp_watchdog_outage',
    help: 'Outages that the watchdog sees, by part',
    labelNames: ['part'],
    registers: [registry],
    collect() {
      const count = new Map<string, number>(PARTS.map((part) => [part, 0]));
      for (const key of outages().keys()) count.set(partOf(key), (count.get(partOf(key)) ?? 0) + 1);
      for (const [part, number] of count) this.set({ part }, number);
    },
  });
}
