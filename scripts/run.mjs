// `node scripts/run.mjs launcher/main …` compiles what changed and runs dist/launcher/main.js in this process.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildSources, root } from './build.mjs';

const entry = process.argv[2];
if (!entry) {
  console.error('usage: node scripts/run.mjs <folder/file> [arguments]');
  process.exit(2);
}
process.setSourceMapsEnabled?.(true);
await buildSources();
const path = join(root, 'dist', `${entry}.js`);
process.argv.splice(1, 2, path);
await import(pathToFileURL(path).href);
