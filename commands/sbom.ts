/**
 * What is shipped, as a CycloneDX document (sbom.cdx.json): every package of the lock
 * file that is not for development, of every platform, with version, licence and checksum. Asks nobody.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../adapters/paths.js';
import { bomOf, type LockFile } from './dependencies/bom.js';
import { readArguments, runCommand } from './usage.js';

const USAGE = 'npm run sbom [-- --out sbom.cdx.json]';

await runCommand(() => {
  const { out } = readArguments(USAGE, { out: { type: 'string', default: 'sbom.cdx.json' } }).values;
  const lock = JSON.parse(readFileSync(join(projectRoot(), 'package-lock.json'), 'utf8')) as LockFile;
  const bom = bomOf(lock);
  writeFileSync(out, `${JSON.stringify(bom, null, 2)}\n`);
  const nameless = bom.components.filter(({ licenses }) => !licenses).map((one) => one['bom-ref']);
  console.log(`${out}: ${bom.components.length} components`);
  if (nameless.length > 0) console.log(`without a licence in the lock file: ${nameless.join(', ')}`);
});
