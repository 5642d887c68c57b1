// Runs the tests: the pure ones side by side, those on real servers one file after another, and ends with the
// plain line `N passed, N failed` that the gate reads. `node scripts/test.mjs unit [jest options]` runs one part.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildDashboard, buildSources, buildWorkflows, root } from './build.mjs';

const PARTS = ['unit', 'servers', 'system'];
const [first, ...rest] = process.argv.slice(2);
const parts = PARTS.includes(first) ? [first] : PARTS;
const options = PARTS.includes(first) ? rest : process.argv.slice(2);

await buildSources();
if (parts.some((part) => part !== 'unit')) {
  await buildWorkflows();
  await buildDashboard();
}

const scratch = mkdtempSync(join(tmpdir(), 'ctp-test-'));
const totals = { passed: 0, failed: 0, skipped: 0 };
for (const part of parts) {
  const report = join(scratch, `${part}.json`);
  const workers = part === 'unit' ? [] : ['--runInBand'];
  const code = await new Promise((done) => {
    const child = spawn(
      process.execPath,
      [
        '--experimental-vm-modules',
        '--no-warnings',
        join(root, 'node_modules/jest/bin/jest.js'),
        '--selectProjects',
        part,
        '--json',
        `--outputFile=${report}`,
        '--passWithNoTests',
        ...workers,
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
