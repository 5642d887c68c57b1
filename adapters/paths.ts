import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';

let root: string | undefined;

/** The project's folder: the nearest one above this file that holds package.json, from source and from dist/ alike. */
export function projectRoot(): string {
  root ??= nearestAbove(dirname(fileURLToPath(import.meta.url)));
  return root;
}

/** The product's version, from package.json. */
export const projectVersion = (): string =>
  (JSON.parse(readFileSync(join(projectRoot(), 'package.json'), 'utf8')) as { version: string }).version;

/**
 * Where downloaded servers live, shared by every installation of this user. The XDG base directory specification says
 * that a relative XDG_CACHE_HOME is to be ignored.
 */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  const given = env['XDG_CACHE_HOME'];
  const base = given && isAbsolute(given) ? given : join(env['HOME'] || homedir(), '.cache');
  return join(base, 'crypto-trader-pro');
}

function nearestAbove(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error(`no folder above ${fileURLToPath(import.meta.url)} holds a package.json`);
  return nearestAbove(parent);
}
