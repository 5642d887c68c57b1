// Runs the tests: the pure ones side by side, those on real servers two files at a time or alone, and ends with the plain
// line `N passed, N failed` that the gate reads. `node scripts/test.mjs unit [jest options]` runs one part.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildDashboard, buildSources, buildWorkflows, root } from './build.mjs';

/** Folders of tests/servers whose tests hold times to what a machine of their own keeps. */
const ALONE = ['scenarios', 'watchdog', 'workers', 'workflow'];
const aside = Math.min(2, availableParallelism());
/** Jest's options of each of a part's runs. Every file on real servers has servers of its own. */
const RUNS = {
  unit: [[]],
  servers: [
    [`--maxWorkers=${aside}`, `--testPathIgnorePatterns=<rootDir>/tests/servers/(${ALONE.join('|')})/`],
    ['--runInBand', `--testPathIgnorePatterns=<rootDir>/tests/servers/(?!(${ALONE.join('|')})/)`],
  ],
  system: [['--runInBand']],
};
const PARTS = Object.keys(RUNS);
if (process.argv.includes('--help')) {
  console.log(`npm test [-- ${PARTS.join('|')}] [Jest's options and patterns of files]`);
  process.exit(0);
}
const [first, ...rest] = process.argv.slice(2);
const parts = PARTS.includes(first) ? [first] : PARTS;
const options = PARTS.includes(first) ? rest : process.argv.slice(2);
/** How many at once, where the caller says so: jest takes one such option only. */
const WORKERS = /^(-i|-w|--runInBand|--maxWorkers)/;
const asAsked = options.some((option) => WORKERS.test(option));

await buildSources();
if (parts.some((part) => part !== 'unit')) {
  await buildWorkflows();
  await buildDashboard();
}

const scratch = mkdtempSync(join(tmpdir(), 'ctp-test-'));
const totals = { passed: 0, failed: 0, skipped: 0 };
const runs = parts.flatMap((part) => RUNS[part].map((how, index) => ({ part, how, index })));
for (const { part, how, index } of runs) {
  const report = join(scratch, `${part}-${index}.json`);
  const code = await new Promise((done) => {
    const child = spawn(
      process.execPath,
      [
        '--experimental-vm-modules',
        '--no-warnings',
        join(root, 'node_modules/jest/bin/jest.js'),
        // First: jest takes what follows a list of patterns for more of them, up to the next option.
        ...how.filter((option) => !(asAsked && WORKERS.test(option))),
        '--selectProjects',
        part,
        '--json',
        `--outputFile=${report}`,
        '--passWithNoTests',
        ...options,
      ],
      { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] },
    );
    child.on('close', (status) => done(status ?? 1));
  });
  let result;
  try {
    result = JSON.parse(readFileSync(report, 'utf8'));
  } catch {
    console.log(`${part}: jest ended with ${code} and left no report`);
    totals.failed += 1;
    continue;
  }
  totals.passed += result.numPassedTests;
  totals.failed += result.numFailedTests + result.numRuntimeErrorTestSuites;
  totals.skipped += result.numPendingTests + result.numTodoTests;
  if (code !== 0 && result.numFailedTests + result.numRuntimeErrorTestSuites === 0) totals.failed += 1;
}
rmSync(scratch, { recursive: true, force: true });
const skipped = totals.skipped > 0 ? `, ${totals.skipped} skipped` : '';
console.log(`${totals.passed} passed, ${totals.failed} failed${skipped}`);
process.exit(totals.failed > 0 ? 1 : 0);
