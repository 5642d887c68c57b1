import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { projectRoot } from '../../adapters/paths.js';

export interface Called {
  code: number;
  out: string;
  said: string;
}

/** Runs a program of dist/, such as `commands/candles`, in `cwd`, with nothing of this process's own settings. */
export const callCommand = (
  entry: string,
  args: readonly string[],
  { cwd, env = {} }: { cwd: string; env?: Record<string, string> },
): Promise<Called> =>
  new Promise((resolve) => {
    const path = join(projectRoot(), 'dist', `${entry}.js`);
    const options = { cwd, env: { PATH: process.env['PATH'], DATA_DIR: cwd, ...env }, timeout: 60_000 };
    execFile(process.execPath, [path, ...args], options, (error, out, said) =>
      resolve({ code: error ? Number(error.code) : 0, out, said }),
    );
  });
