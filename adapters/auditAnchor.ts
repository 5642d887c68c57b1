/** The last entry of the audit log that was seen whole, kept outside of the database: in DATA_DIR. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AuditAnchor } from './database/auditRepository.js';

const FILE = 'audit-anchor.json';

/** Undefined where none was written yet, or what is there is none. */
export function readAnchor(dataDir: string): AuditAnchor | undefined {
  try {
    const { place, hash } = JSON.parse(readFileSync(join(dataDir, FILE), 'utf8')) as AuditAnchor;
    return Number.isInteger(place) && /^[0-9a-f]{64}$/.test(hash) ? { place, hash } : undefined;
  } catch {
    return undefined;
  }
}

export function writeAnchor(dataDir: string, { place, hash }: AuditAnchor): void {
  const path = join(dataDir, FILE);
  writeFileSync(`${path}.${process.pid}`, `${JSON.stringify({ place, hash })}\n`, { mode: 0o600 });
  renameSync(`${path}.${process.pid}`, path);
}
