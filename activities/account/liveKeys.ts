/**
 * Live keys are verified when they are entered and every day after. Rights that were added, or a key that is no longer
 * accepted, stop entries and are told; what is held is still protected and sold with them.
 */
import { LIVE_EXCHANGE } from '../../adapters/exchange/createVenues.js';
import { verifyKey } from '../../adapters/exchange/keyVerification.js';
import type { ActivityDependencies } from '../dependencies.js';

export interface KeyWatch {
  /** Why the user's keys must not be used for entries, as last known, or null; a check that is due goes on beside. */
  problem(userId: string): Promise<string | null>;
  /** The same after a check, unless one of today found nothing wrong. For the start of trading. */
  checked(userId: string): Promise<string | null>;
}

const DAY_MS = 86_400_000;
/** A check that could not be made, or found a problem, is made again after this. */
const AGAIN_MS = 600_000;
/** So long may checks fail before entries stop. */
const PATIENCE_MS = 2 * DAY_MS;

export function createKeyWatch(deps: ActivityDependencies): KeyWatch {
  const triedAt = new Map<string, number>();
  const { credentials } = deps.repositories;

  async function problem(userId: string): Promise<string | null> {
    const view = await credentials.get(userId, LIVE_EXCHANGE);
    if (!view) return 'Live trading needs exchange keys: enter them in the settings.';
    if (isDue(view.verifiedAt, view.problem, triedAt.get(userId), deps.now()))
      void verify(userId).catch((error: unknown) =>
        deps.log.warn({ userId, error: String(error) }, 'keys not verified'),
      );
    return view.problem ?? tooOld(view.verifiedAt, deps.now());
  }

  async function verify(userId: string): Promise<void> {
    triedAt.set(userId, deps.now());
    const venue = deps.venue('live');
    const view = await credentials.get(userId, LIVE_EXCHANGE);
    if (!view) return;
    try {
      const { permissions, verdict } = await verifyKey(venue.exchange, await venue.key(userId));
      const found = verdict.accepted ? null : `These keys must not be used: ${verdict.refused.join(', ')}.`;
      await note(userId, view, { permissions: { ...permissions }, verifiedAt: new Date(deps.now()), problem: found });
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'AuthenticationFailed') throw error;
      await note(userId, view, { ...view, problem: 'The exchange no longer accepts these keys.' });
    }
  }

  /** Told before it is stored: whoever is killed in between tells it again under the same id. */
  async function note(
    userId: string,
    before: { problem: string | null },
    now: { permissions: Record<string, boolean> | null; verifiedAt: Date | null; problem: string | null },
  ): Promise<void> {
    const { permissions, verifiedAt, problem: found } = now;
    if (found !== before.problem) await tell(userId, found);
    await credentials.putVerification(userId, LIVE_EXCHANGE, { permissions, verifiedAt, problem: found });
  }

  async function tell(userId: string, found: string | null): Promise<void> {
    const day = new Date(deps.now()).toISOString().slice(0, 10);
    const id = `live-keys-${userId}-${day}-${found === null ? 'fine' : found.length}`;
    const message = found === null ? 'The exchange keys may be used again' : `No entries: ${found}`;
    if (found !== null)
      await deps.notify(userId, {
        eventId: id,
        type: 'SYSTEM_ERROR',
        data: { component: 'RISK', code: 'LIVE_KEYS_REFUSED', reason: found },
      });
    const logLevel = found === null ? ('INFO' as const) : ('ERROR' as const);
    await deps.repositories.cycle.appendLogs(userId, id, [{ logLevel, component: 'RISK', message }], deps.now());
  }

  return {
    problem,
    async checked(userId) {
      const view = await credentials.get(userId, LIVE_EXCHANGE);
      if (view?.verifiedAt && (view.problem || deps.now() - view.verifiedAt.getTime() > DAY_MS)) await verify(userId);
      return problem(userId);
    },
  };
}

function isDue(verifiedAt: Date | null, found: string | null, tried: number | undefined, now: number): boolean {
  if (!verifiedAt || now - (tried ?? -Infinity) < AGAIN_MS) return false;
  return found !== null || now - verifiedAt.getTime() > DAY_MS;
}

function tooOld(verifiedAt: Date | null, now: number): string | null {
  if (!verifiedAt) return 'The exchange keys are not verified.';
  return now - verifiedAt.getTime() > PATIENCE_MS ? 'The exchange keys could not be verified for two days.' : null;
}
