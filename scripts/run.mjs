// `node scripts/run.mjs launcher/main …` compiles what changed and runs dist/launcher/main.js in this process.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildSources, root } from './build.mjs';
import { asCallerMeant } from './callerPaths.mjs';

const entry = process.argv[2];
if (!entry) {
  console.error('usage: node scripts/run.mjs <folder/file> [arguments]');
  process.exit(2);
}
process.setSourceMapsEnabled?.(true);
await buildSources();
const path = join(root, 'dist', `${entry}.js`);
const args = asCallerMeant(entry, process.argv.slice(3), { calledIn: process.env.INIT_CWD, root });
process.argv = [process.argv[0], path, ...args];
await import(pathToFileURL(path).href);
