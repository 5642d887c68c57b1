import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { projectRoot } from '../../../adapters/paths.js';

const root = projectRoot();

/** Modules that are loaded with the workflows, each once a thread (scripts/build.mjs), as paths in the project. */
function loadedWith(entry: string, seen = new Set<string>()): Set<string> {
  if (seen.has(entry)) return seen;
  seen.add(entry);
  const imports = readFileSync(join(root, entry), 'utf8').matchAll(
    /^(?:import|export) (?!type )[^;]*?from '(\.[^']+)\.js';/gm,
  );
  for (const [, path] of imports) loadedWith(relative(root, join(root, dirname(entry), `${path}.ts`)), seen);
  return seen;
}

/** What a module keeps for whoever comes next: variables of its own, and collections and objects that it changes. */
function stateOf(source: string): string[] {
  const variables = [...source.matchAll(/^(?:export )?(?:let|var) (\w+)/gm)].map(([, name]) => name!);
  const constants = [...source.matchAll(/^(?:export )?const (\w+)/gm)].map(([, name]) => name!);
  const changed = constants.filter((name) =>
    new RegExp(
      `(?<![\\w.])${name}(?:\\.(?:set|add|delete|clear|push|pop|shift|unshift|splice|sort|reverse|fill)\\(|(?:\\.\\w+|\\[[^\\]]+\\])+ (?:[-+*/|&?]{0,2})= )`,
    ).test(source),
  );
  return [...variables, ...changed];
}

test('no module that all workflows of a thread share keeps anything of one of them', () => {
  const loaded = new Set<string>();
  for (const name of ['index', 'taskBoundary', 'tracing']) loadedWith(`workflows/${name}.ts`, loaded);
  const modules = [...loaded];
  expect(modules).toContain('workflows/tradingWorkflow.ts');
  expect(modules).toContain('trading/notifications/plan.ts');
  const kept = modules.flatMap((path) =>
    stateOf(readFileSync(join(root, path), 'utf8')).map((name) => `${path}: ${name}`),
  );
  // A formatter of a time zone is the same for whoever asks.
  expect(kept).toEqual(['trading/notifications/quietHours.ts: formats']);
});

test('what a module keeps is seen', () => {
  expect(stateOf('let count = 0;')).toEqual(['count']);
  expect(stateOf('export const seen = new Map();\nfunction f() {\n  seen.set(1, 2);\n}')).toEqual(['seen']);
  expect(stateOf('const last = { at: 0 };\nexport const f = () => {\n  last.at = 1;\n};')).toEqual(['last']);
  expect(stateOf('const all: number[] = [];\nall[0] = 1;')).toEqual(['all']);
  expect(stateOf('const codes = new Set([1]);\nexport const f = (x) => codes.has(x) && x === codes.size;')).toEqual([]);
});
