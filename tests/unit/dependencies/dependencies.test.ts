import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../../adapters/paths.js';
import { readAudit } from '../../../commands/dependencies/audit.js';
import { bomOf, type LockFile } from '../../../commands/dependencies/bom.js';

const audit = (vulnerabilities: object) =>
  `${JSON.stringify({ vulnerabilities, metadata: { dependencies: { prod: 240 } } }, null, 2)}\nnpm notice\n`;

describe('the audit of dependencies', () => {
  test('tells none from some', () => {
    expect(readAudit(audit({}))).toEqual({ kind: 'clean', packages: 240 });
    const via = [{ title: 'Prototype pollution' }, 'other'];
    expect(
      readAudit(audit({ bad: { severity: 'high', via, fixAvailable: { name: 'bad', version: '2.0.0' } } })),
    ).toEqual({
      kind: 'vulnerable',
      findings: [
        { name: 'bad', severity: 'high', titles: ['Prototype pollution', 'by way of other'], fix: 'bad 2.0.0' },
      ],
    });
  });

  test('tells what could not be asked from what is clean', () => {
    expect(readAudit('{\n  "message": "405 Method Not Allowed",\n  "body": ""\n}\n')).toEqual({
      kind: 'unknown',
      reason: '405 Method Not Allowed',
    });
    expect(readAudit('no answer within 60 s')).toEqual({ kind: 'unknown', reason: 'no answer within 60 s' });
    expect(readAudit('').kind).toBe('unknown');
    expect(readAudit('{ broken').kind).toBe('unknown');
  });
});

describe('the bill of materials', () => {
  const json = (name: string): unknown => JSON.parse(readFileSync(join(projectRoot(), name), 'utf8'));
  const lock = json('package-lock.json') as LockFile;
  const { dependencies } = json('package.json') as { dependencies: Record<string, string> };
  const bom = bomOf(lock);
  const refs = new Set(bom.components.map((one) => one['bom-ref']));

  test('names every package that is shipped, with licence and checksum, and none for development', () => {
    for (const [name, version] of Object.entries(dependencies)) expect([...refs]).toContain(`${name}@${version}`);
    const shipped = Object.entries(lock.packages).filter(([path, { dev }]) => path && !dev);
    expect(refs.size).toBeGreaterThan(200);
    expect(shipped.every(([path, { version }]) => refs.has(`${path.split('node_modules/').at(-1)}@${version}`))).toBe(
      true,
    );
    expect(bom.components.some(({ name }) => name === 'jest')).toBe(false);
    // What scripts/complete-lock.mjs adds for platforms that the registry here lacks has no checksum.
    const unchecked = bom.components.filter(({ hashes }) => !/^[0-9a-f]{40,128}$/.test(hashes?.[0]?.content ?? ''));
    expect(unchecked.filter(({ scope }) => scope === 'required')).toEqual([]);
  });

  test('reaches every package from the product, and the same lock file makes the same document', () => {
    const needs = new Map(bom.dependencies.map(({ ref, dependsOn }) => [ref, dependsOn]));
    const reached = new Set<string>();
    const open = [bom.metadata.component['bom-ref']];
    for (let ref = open.pop(); ref !== undefined; ref = open.pop())
      for (const next of needs.get(ref) ?? [])
        if (!reached.has(next)) {
          reached.add(next);
          open.push(next);
        }
    expect([...refs].filter((ref) => !reached.has(ref))).toEqual([]);
    expect(bomOf(lock)).toEqual(bom);
  });
});
