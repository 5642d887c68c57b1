/** For whoever runs it: is it alive, can it serve, what does it measure. */
import type { ApiDependencies } from '../dependencies.js';
import { defineRoute, reply, type Route } from '../http/route.js';
import type { Metrics } from '../metrics.js';
import { administration as schemas } from '../schemas/index.js';
import { askExchange, workerLastSeen } from '../watchdog/looks.js';

const CHECK_MS = 2_000;

/** The route is public: whoever asks more often than this is told what was seen last. */
const LOOK_AGAIN_AFTER_MS = 3_000;
/** As the watchdog has it: an idle worker asks for work at least every 60 s. */
const WORKER_SILENT_MS = 75_000;

/**
 * Ready is who can serve requests. Without a worker or the exchange the API still shows everything, takes an emergency
 * stop and says what is missing: to take it from the balancer then would hide just that. So these two make `degraded`.
 */
export function healthRoutes(deps: Pick<ApiDependencies, 'database' | 'client' | 'venue'>, metrics: Metrics): Route[] {
  const lookBeyond = remembered(LOOK_AGAIN_AFTER_MS, async () => {
    const [worker, exchange] = await Promise.all([
      check(async () => {
        const last = await workerLastSeen(deps.client, deps.client.options.namespace);
        if (Date.now() - last > WORKER_SILENT_MS) throw new Error('silent');
      }),
      check(() => askExchange(deps.venue)),
    ]);
    return { worker, exchange };
  });
  return [
    defineRoute({
      method: 'get',
      path: '/healthz',
      tag: 'Operation',
      summary: 'The process lives',
      access: 'public',
      answers: { 200: schemas.health },
      handle: () => ({ status: 'ok' }),
    }),
    defineRoute({
      method: 'get',
      path: '/readyz',
      tag: 'Operation',
      summary: 'Whether requests can be served: database and engine answer; and whether worker and exchange do',
      access: 'public',
      answers: { 200: schemas.readiness, 503: schemas.readiness },
      async handle() {
        const [database, temporal, beyond] = await Promise.all([
          check(() => deps.database.ping()),
          check(() =>
            deps.client.withDeadline(Date.now() + CHECK_MS, () => deps.client.workflowService.getSystemInfo({})),
          ),
          lookBeyond(),
        ]);
        const ready = database.ok && temporal.ok;
        const checks = { database, temporal, ...beyond };
        const degraded = Object.values(checks).some(({ ok }) => !ok);
        return reply(ready ? 200 : 503, { ready, degraded, checks });
      },
    }),
    defineRoute({
      method: 'get',
      path: '/metrics',
      tag: 'Operation',
      summary: 'Measurements in Prometheus form',
      access: 'public',
      answers: { 200: null },
      produces: 'text/plain',
      handle: async () =>
        reply(200, await metrics.registry.metrics(), { 'content-type': metrics.registry.contentType }),
    }),
  ];
}

/** The answer of `look`, asked anew where it is older than `ms`; those who ask meanwhile share it. */
function remembered<T>(ms: number, look: () => Promise<T>): () => Promise<T> {
  let at = Number.NEGATIVE_INFINITY;
  let seen: Promise<T> | null = null;
  return () => {
    if (seen && Date.now() - at < ms) return seen;
    at = Date.now();
    seen = look();
    return seen;
  };
}

async function check(ask: () => Promise<unknown>): Promise<{ ok: boolean; detail: string }> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('no answer in time')), CHECK_MS);
  });
  try {
    await Promise.race([ask(), late]);
    return { ok: true, detail: 'answers' };
  } catch {
    return { ok: false, detail: 'does not answer' };
  } finally {
    clearTimeout(timer);
  }
}
