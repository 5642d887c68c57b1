/**
 * Mutation testing of what decides about money: trading/risk, trading/sizing and trading/exits, by their unit tests. The
 * scores, and why what survives survives: docs/RISK.md.
 *
 *   node bench/mutation.mjs [FILE …]      mutates these files only, such as trading/sizing/caps.ts
 *
 * Stryker and its runner are 66 MB that nothing else here needs: they are installed into a folder of their own (kept in
 * the system's folder for temporary files, so that a second run is quick), where the sources are copied to.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const STRYKER = '9.6.1';
const TESTED = ['risk', 'sizing', 'exits'];
const root = join(import.meta.dirname, '..');
const folder = join(tmpdir(), 'crypto-trader-pro-mutation');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const version = (name) => manifest.dependencies[name] ?? manifest.devDependencies[name];

prepare();
execFileSync(process.execPath, [join(folder, 'node_modules', '@stryker-mutator', 'core', 'bin', 'stryker.js'), 'run'], {
  cwd: folder,
  stdio: 'inherit',
});

function prepare() {
  mkdirSync(folder, { recursive: true });
  const own = ['jest', '@swc/jest', '@swc/core', 'fast-check', 'decimal.js'];
  const packages = Object.fromEntries(own.map((name) => [name, version(name)]));
  for (const name of ['@stryker-mutator/core', '@stryker-mutator/jest-runner']) packages[name] = STRYKER;
  const wanted = JSON.stringify({ name: 'mutation', private: true, type: 'module', dependencies: packages }, null, 2);
  const file = join(folder, 'package.json');
  if (!existsSync(file) || readFileSync(file, 'utf8') !== wanted) {
    writeFileSync(file, wanted);
    execFileSync('npm', ['install', '--no-audit', '--no-fund'], { cwd: folder, stdio: 'inherit' });
  }
  rmSync(join(folder, 'tests'), { recursive: true, force: true });
  for (const part of ['trading', 'docs', 'jest.config.mjs', ...TESTED.map((area) => `tests/unit/${area}`)]) {
    rmSync(join(folder, part), { recursive: true, force: true });
    cpSync(join(root, part), join(folder, part), { recursive: true });
  }
  // Jest loads every test file for every mutant: as parts of one they load what they share once.
  const tests = readdirSync(join(folder, 'tests'), { recursive: true }).filter((name) => name.endsWith('.test.ts'));
  const imports = tests.map((name) => `import './${name.replace(/\.ts$/, '.js')}';\n`);
  writeFileSync(join(folder, 'tests', 'all.test.ts'), imports.join(''));
  const named = process.argv.slice(2);
  const config = {
    testRunner: 'jest',
    // A name without a dot: jest is told to look away from hidden folders.
    tempDirName: 'sandbox',
    testRunnerNodeArgs: ['--experimental-vm-modules', '--no-warnings'],
    jest: { configFile: 'mutation.jest.mjs', enableFindRelatedTests: false },
    mutate: named.length > 0 ? named : TESTED.map((area) => `trading/${area}/**/*.ts`),
    // Constants of a module (codes, words, tables) would each need a new process; tests of their own hold them.
    ignoreStatic: true,
    coverageAnalysis: 'perTest',
    concurrency: Number(process.env.MUTATION_CONCURRENCY ?? 1),
    timeoutMS: 10_000,
    reporters: ['clear-text', 'json', 'progress-append-only'],
    clearTextReporter: { allowColor: false, logTests: false, reportTests: false, reportMutants: true },
    jsonReporter: { fileName: 'mutation.json' },
    thresholds: { high: 90, low: 85, break: named.length > 0 ? null : 85 },
    allowConsoleColors: false,
  };
  writeFileSync(join(folder, 'stryker.config.json'), JSON.stringify(config, null, 2));
  writeFileSync(
    join(folder, 'mutation.jest.mjs'),
    `import all from './jest.config.mjs';\nconst { displayName, rootDir, ...unit } = all.projects[0];\nexport default { ...unit, testMatch: ['**/tests/all.test.ts'] };\n`,
  );
}
