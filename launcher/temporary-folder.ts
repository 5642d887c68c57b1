import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder of one's own below the system's temporary one, and its removal. */
export function temporaryFolder(name = 'test'): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), `ctp-${name}-`));
  // A server that was just killed may still be writing: try a few times.
  return { path, remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 }) };
}
