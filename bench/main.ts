/** Runs the benchmarks one after another, prints what they found, keeps bench/results.json. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { argumentsOrExit } from '../adapters/commandLine.js';
import { projectRoot } from '../adapters/paths.js';

type Bench = { run(): Promise<object> };

const BENCHMARKS: Record<string, () => Promise<Bench>> = {
  cycle: () => import('./cycle.js'),
  saturation: () => import('./saturation.js'),
  emergency: () => import('./emergency.js'),
  'order-path': () => import('./order-path.js'),
  backtest: () => import('./backtest.js'),
  dashboard: () => import('./dashboard.js'),
  learning: () => import('./learning.js'),
  training: () => import('./training.js'),
  'hanging-channel': () => import('./notifications/hanging.js'),
  'stop-to-mail': () => import('./notifications/stops.js'),
};

const names = Object.keys(BENCHMARKS);
const { positionals: wanted } = argumentsOrExit(
  `npm run bench [-- NAME …]; there are ${names.join(', ')}`,
  {},
  { names: true },
);
const unknown = wanted.filter((name) => !(name in BENCHMARKS));
if (unknown.length > 0) {
  console.error(`unknown benchmark ${unknown.join(', ')}; there are ${names.join(', ')}`);
  process.exit(2);
}

const file = join(projectRoot(), 'bench', 'results.json');
const results: Record<string, unknown> = existsSync(file)
  ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>)
  : {};
let failed = 0;
for (const name of wanted.length > 0 ? wanted : names) {
  console.log(`\n${name}`);
  try {
    const found = await (await BENCHMARKS[name]!()).run();
    results[name] = { at: new Date().toISOString(), node: process.version, cores: cpus().length, ...found };
    console.log(JSON.stringify(found, null, 2));
  } catch (error) {
    failed += 1;
    console.log(`failed: ${error instanceof Error ? error.message : String(error)}`);
  }
}
writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`);
process.exit(failed > 0 ? 1 : 0);
