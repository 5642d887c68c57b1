import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../adapters/paths.js';
import { installOnce } from './install.js';
import { isExecutable } from './on-path.js';
import { whyUnreachable } from './reachable.js';
import { lastLine, run } from './run.js';
import type { Source } from './sources.js';
import type { Program, ServerName } from './types.js';

/** How long the host may take to show that it can be reached, and the download to finish, ms. */
const REACH = 2000;
const LIMIT = 90_000;
/** Behind a proxy names cannot be looked up, so the download itself has to find out. */
const LIMIT_BEHIND_PROXY = 30_000;

/** What an earlier official download left in the cache, or null. */
export function downloadedProgram(cache: string, source: Source, origin: Program['origin']): Program | null {
  const { folder, file, flavour } = source.download;
  const command = findFile(join(cache, folder), file, 3);
  return command === null ? null : { flavour, origin, command, env: {} };
}

/**
 * Downloads the server as its maker offers it, by a process of its own that can be ended when it takes too long.
 * @throws Error with the reason: out of reach, too slow, or what the download said.
 */
export async function download(
  cache: string,
  server: ServerName,
  source: Source,
  options: { env: NodeJS.ProcessEnv; replace: boolean; signal?: AbortSignal },
): Promise<Program> {
  const { env, signal } = options;
  const proxied = Boolean(env['HTTPS_PROXY'] || env['https_proxy'] || env['ALL_PROXY'] || env['all_proxy']);
  const unreachable = proxied ? null : await whyUnreachable(source.download.host, 443, REACH);
  if (unreachable) throw new Error(unreachable);
  let replace = options.replace;
  await installOnce(
    join(cache, source.download.folder),
    () => !replace && downloadedProgram(cache, source, 'download') !== null,
    async (draft) => {
      const script = join(projectRoot(), 'dist', 'launcher', 'resolve', 'download-main.js');
      const timeout = proxied ? LIMIT_BEHIND_PROXY : LIMIT;
      const { code, output, timedOut } = await run(process.execPath, [script, server, draft], { timeout, env, signal });
      if (timedOut) throw new Error(`it did not finish within ${timeout / 1000} s`);
      if (code !== 0) throw new Error(lastLine(output));
      if (findFile(draft, source.download.file, 3) === null) throw new Error('it brought no program');
      replace = false;
    },
    signal,
  );
  const program = downloadedProgram(cache, source, 'download');
  if (!program) throw new Error(`${join(cache, source.download.folder)} vanished after the download`);
  return program;
}

function findFile(folder: string, name: RegExp, depth: number): string | null {
  try {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (
        entry.isFile() &&
        name.test(entry.name) &&
        !/\.(downloading|tgz|zip|lock)$/.test(entry.name) &&
        isExecutable(path)
      )
        return path;
      const below = entry.isDirectory() && depth > 1 ? findFile(path, name, depth - 1) : null;
      if (below) return below;
    }
  } catch {
    // There is no such folder yet.
  }
  return null;
}
