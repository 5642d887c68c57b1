import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import { lastLine, run } from './run.js';

/** Every executable file of this name on the PATH, in order. */
export function findOnPath(name: string, env: NodeJS.ProcessEnv): string[] {
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => isAbsolute(folder));
  return [...new Set(folders)].map((folder) => join(folder, name)).filter(isExecutable);
}

export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** The oldest MongoDB whose protocol has the bulk write across collections that a cycle's record uses. */
const OLDEST_MONGOD = 8;

/** null where the program says that it is what it should be, else what is wrong with it. */
export async function checkVersion(
  command: string,
  server: 'temporal' | 'mongodb',
  env: NodeJS.ProcessEnv,
): Promise<string | null> {
  const { code, output, timedOut } = await run(command, ['--version'], { timeout: 3000, env });
  if (timedOut) return `${command} --version did not answer within 3 s`;
  if (code !== 0) return `${command} --version failed: ${lastLine(output)}`;
  if (server === 'temporal')
    return /temporal/i.test(output) ? null : `${command} is not Temporal's command line program`;
  const major = /v(\d+)\.\d+/.exec(output)?.[1];
  if (major === undefined) return `${command} is not MongoDB's server`;
  return Number(major) >= OLDEST_MONGOD
    ? null
    : `${command} is version ${major}; at least ${OLDEST_MONGOD}.0 is needed`;
}
