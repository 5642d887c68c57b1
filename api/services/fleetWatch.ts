/** The fleet's flag for everyone who listens: asked once for all of them, however many there are. */
import type { Repositories } from '../../adapters/database/repositories.js';

const KEEP_MS = 400;

/** @returns what changes whenever the fleet is stopped or released; at most 0.4 s old */
export function createFleetWatch(flags: Pick<Repositories['flags'], 'fleet'>): (now: number) => Promise<string> {
  let known: { at: number; stamp: Promise<string> } | null = null;
  return (now) => {
    if (known && now - known.at < KEEP_MS) return known.stamp;
    const stamp = flags.fleet().then(({ epoch, halted }) => `${epoch} ${halted}`);
    const reading = { at: now, stamp };
    known = reading;
    // A reading that failed is not kept: the next listener asks again.
    stamp.catch(() => known === reading && (known = null));
    return stamp;
  };
}
