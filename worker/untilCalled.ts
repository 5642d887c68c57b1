import type { Orphans } from '../adapters/temporal/stepsUnderWay.js';

interface Call {
  begin?: boolean;
  orphans?: Orphans;
}

/**
 * A spare worker (WORKER_SPARE=true, launcher/spare.ts) has connected and made everything ready, and takes no task before
 * the launcher says that the one before it has died. It ends with the launcher. Any other worker goes on at once.
 *
 * @returns what the dead one had under way; null where nobody died
 */
export async function untilCalled(): Promise<Orphans | null> {
  if (process.env['WORKER_SPARE'] !== 'true' || !process.send) return null;
  const end = (): never => process.exit(0);
  process.once('disconnect', end);
  const called = await new Promise<Call>((resolve) => {
    const listen = (message: unknown): void => {
      const call = message as Call | null;
      if (call?.begin !== true) return;
      process.off('message', listen);
      resolve(call);
    };
    process.on('message', listen);
    process.send?.({ waiting: true });
  });
  process.off('disconnect', end);
  return called.orphans ?? null;
}
