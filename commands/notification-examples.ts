/**
 * `node scripts/run.mjs commands/notification-examples` writes docs/notification-examples.md: every type on every
 * channel in both languages, as the code renders it. A test holds the page to the code.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../adapters/paths.js';
import { examplesPage } from '../adapters/notifications/examples.js';

const file = join(projectRoot(), 'docs', 'notification-examples.md');
writeFileSync(file, examplesPage());
console.log(`written: ${file}`);
