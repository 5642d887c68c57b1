import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../../adapters/paths.js';

const read = (path: string): string => readFileSync(join(projectRoot(), path), 'utf8');

/** What api/ can answer as `code`, read off the places where problems are made. */
function codesInSource(): Set<string> {
  const files = readdirSync(join(projectRoot(), 'api'), { recursive: true, encoding: 'utf8' });
  const text = files
    .filter((name) => name.endsWith('.ts'))
    .map((name) => read(join('api', name)))
    .join('\n');
  const made =
    /(?:new Problem\(\s*\d{3},\s*|unavailable\(\s*|conflict\((?:[^()]|\([^()]*\))*?,\s*)'([A-Z][A-Z_]{3,})'/g;
  return new Set([...text.matchAll(made)].map(([, code]) => code!));
}

test("the documentation's table names every error code", () => {
  const documented = new Set([...read('docs/API.md').matchAll(/`([A-Z][A-Z_]{3,})`/g)].map(([, code]) => code!));
  const codes = codesInSource();
  expect(codes.size).toBeGreaterThan(25);
  expect([...codes].filter((code) => !documented.has(code))).toEqual([]);
});
