/** For whoever runs it: is it alive, can it serve, what does it measure. */
import type { ApiDependencies } from '../dependencies.js';
import { defineRoute, reply, type Route } from '../http/route.js';
import type { Metrics } from '../metrics.js';
import { administration as schemas } from '../schemas/index.js';

const CHECK_MS = 2_000;

export function healthRoutes(deps: Pick<ApiDependencies, 'database' | 'client'>, metrics: Metrics): Route[] {
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
      summary: 'Database and engine answer',
      access: 'public',
      answers: { 200: schemas.readiness, 503: schemas.readiness },
      async handle() {
        const [database, temporal] = await Promise.all([
          check(() => deps.database.ping()),
          check(() =>
            deps.client.withDeadline(Date.now() + CHECK_MS, () => deps.client.workflowService.getSystemInfo({})),
          ),
        ]);
        const ready = database.ok && temporal.ok;
        return reply(ready ? 200 : 503, { ready, checks: { database, temporal } });
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
