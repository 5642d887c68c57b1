import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../adapters/paths.js';

const root = projectRoot();
const FOLDERS = [
  'workflows',
  'activities',
  'worker',
  'api',
  'trading',
  'adapters',
  'simulator',
  'launcher',
  'commands',
];

function sourcesBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory()
      ? sourcesBelow(join(folder, entry.name))
      : entry.name.endsWith('.ts')
        ? [join(folder, entry.name)]
        : [],
  );
}

describe('the architecture', () => {
  test('dependencies point one way, and every module was looked at', () => {
    const command = join(root, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruise.mjs');
    const args = [command, '--config', '.dependency-cruiser.cjs', '--output-type', 'json', ...FOLDERS];
    const report = JSON.parse(
      execFileSync(process.execPath, args, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28 }),
    ) as {
      summary: { violations: { rule: { name: string }; from: string; to: string }[] };
      modules: { source: string }[];
    };
    const own = report.modules.filter(({ source }) => FOLDERS.some((folder) => source.startsWith(`${folder}/`)));
    expect(report.summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`)).toEqual([]);
    expect(own.length).toBeGreaterThanOrEqual(FOLDERS.flatMap(sourcesBelow).length);
  }, 120_000);

  test('trading decisions use no clock, no randomness and no process', () => {
    const forbidden = /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bprocess\.|\bsetTimeout\(|\bfetch\(/;
    const offenders = sourcesBelow('trading').filter((file) => forbidden.test(readFileSync(join(root, file), 'utf8')));
    expect(offenders).toEqual([]);
  });

  test('workflows reach the outside only through activities', () => {
    const forbidden = /from '(?!\.{1,2}\/|@temporalio\/(workflow|common)')/;
    const offenders = sourcesBelow('workflows').filter((file) =>
      forbidden.test(readFileSync(join(root, file), 'utf8')),
    );
    expect(offenders).toEqual([]);
  });

  test('no committed source names a path of one machine', () => {
    const forbidden = /(^|[^a-z.])\/(tmp|work|root|home)\//;
    const offenders = FOLDERS.flatMap(sourcesBelow).filter((file) =>
      forbidden.test(readFileSync(join(root, file), 'utf8')),
    );
    expect(offenders).toEqual([]);
  });
});
