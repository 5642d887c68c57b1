import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { projectRoot } from '../../../adapters/paths.js';

const root = projectRoot();
const text = readFileSync(join(root, 'docs/SECURITY.md'), 'utf8');
const files = readdirSync(join(root, 'tests'), { recursive: true, encoding: 'utf8' });

/** Cells of the first table: area, ASVS sections, what holds, shown by. */
const rows = text
  .slice(text.indexOf('|---'), text.indexOf('### What does not apply'))
  .split('\n')
  .slice(1)
  .flatMap((line) => (line.startsWith('| ') ? [line.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, ''))] : []));

/** A file of tests as the document calls it, and the names that it is to hold. */
const cited = rows.flatMap(([area, , , shown]) =>
  [...shown!.matchAll(/`([\w/-]+\.test\.ts)`([^`]*)/g)].map(([, file, after]) => ({
    area,
    file: file!,
    names: [...after!.matchAll(/"([^"]+)"/g)].map(([, name]) => name!),
  })),
);
const meant = (file: string): string[] => files.filter((path) => `/${path}`.endsWith(`/${file}`));

describe('docs/SECURITY.md', () => {
  test('names for each area tests that exist, or says that there is none', () => {
    expect(rows.length).toBeGreaterThan(30);
    expect(rows.filter((cells) => cells.length !== 4)).toEqual([]);
    const bare = rows.filter(([area, , , shown]) => !/no test/.test(shown!) && !cited.some((one) => one.area === area));
    expect(bare.map(([area]) => area)).toEqual([]);
    for (const { area, file, names } of cited) {
      expect({ area, file, found: meant(file) }).toEqual({ area, file, found: [expect.any(String)] });
      const source = readFileSync(join(root, 'tests', meant(file)[0]!), 'utf8');
      const absent = names.filter((name) => !isTitle(source, name));
      expect({ area, file, absent }).toEqual({ area, file, absent: [] });
    }
  });

  test('tells a name that is not there', () => {
    expect(isTitle("test('is there', () => 1)", 'is there')).toBe(true);
    expect(isTitle("test('is there', () => 1)", 'is…')).toBe(true);
    expect(isTitle("test('is there', () => 1)", 'is')).toBe(false);
  });

  test('says of every chapter of ASVS 5 where it stands, or that it does not apply', () => {
    const sections = rows.flatMap(([, asvs]) => asvs!.split(', ')).filter((one) => one !== 'none of its own');
    expect(sections.filter((one) => !/^V([1-9]|1[0-7])\.[1-8]$/.test(one))).toEqual([]);
    const apart = [...text.matchAll(/^- \*\*(V\d+) /gm)].map(([, chapter]) => chapter!);
    const chapters = new Set([...sections.map((one) => one.split('.')[0]!), ...apart]);
    expect([...chapters].sort()).toEqual(Array.from({ length: 17 }, (_, i) => `V${i + 1}`).sort());
  });
});

/** Whether it is the title of a test or a group; `…` stands for the rest of one. */
function isTitle(source: string, name: string): boolean {
  const open = name.endsWith('…');
  const begin = open ? name.slice(0, -1) : name;
  return [`'`, '"', '`'].some((quote) => source.includes(`(${quote}${begin}${open ? '' : quote}`));
}
