/**
 * Whether the audit log is whole, measured against an anchor that is kept outside of the database, in DATA_DIR: an end
 * that was cut off, or a chain that was written anew from a place on, shows against nothing else.
 */
import { readAnchor, writeAnchor } from '../../adapters/auditAnchor.js';
import type { AuditAnchor, AuditBreak } from '../../adapters/database/auditRepository.js';
import type { Repositories } from '../../adapters/database/repositories.js';

type Audit = Pick<Repositories['audit'], 'verify' | 'head'>;

/** Entries since the anchor are checked so often, the whole chain once a day, ms. */
const EVERY_MS = 10 * 60_000;
const WHOLE_EVERY_MS = 24 * 3_600_000;

export interface AuditWatch {
  /** What is broken, or null; looks at the database every ten minutes at most. */
  look(now: number): Promise<AuditBreak | null>;
}

export function createAuditWatch(
  audit: Audit,
  { dataDir, log }: { dataDir: string; log: { info(fields: object, message: string): void } },
): AuditWatch {
  let checkedAt = Number.NEGATIVE_INFINITY;
  let wholeAt = Number.NEGATIVE_INFINITY;
  let broken: AuditBreak | null = null;

  return {
    async look(now) {
      if (now - checkedAt < EVERY_MS) return broken;
      const anchor = readAnchor(dataDir);
      const whole = now - wholeAt >= WHOLE_EVERY_MS || !anchor;
      broken = await audit.verify(anchor, { sinceAnchor: !whole });
      checkedAt = now;
      if (whole) wholeAt = now;
      if (!broken) await moveOn(anchor);
      return broken;
    },
  };

  /** The log goes where logs are kept: one more place that whoever changes the database would have to change. */
  async function moveOn(anchor: AuditAnchor | undefined): Promise<void> {
    const { place, hash } = await audit.head();
    if (place === 0 || (anchor?.place === place && anchor.hash === hash)) return;
    writeAnchor(dataDir, { place, hash });
    log.info({ place, hash }, 'audit log is whole up to here');
  }
}
