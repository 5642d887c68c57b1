import { join } from 'node:path';
import { projectRoot } from '../adapters/paths.js';
import { lastLine, run } from './resolve/run.js';

/**
 * Brings the workflow bundle or the dashboard up to date, in a process of its own: bundling takes a second or two of
 * computing during which the launcher has to look after the servers.
 */
export async function build(target: 'workflows' | 'dashboard', signal: AbortSignal): Promise<string> {
  const script = join(projectRoot(), 'scripts', 'build.mjs');
  const { code, output, timedOut } = await run(process.execPath, [script, target], { timeout: 120_000, signal });
  if (timedOut) throw new Error(`the build of the ${target} did not finish within 120 s`);
  if (code !== 0) throw new Error(`the build of the ${target} failed:\n${output.trim()}`);
  return lastLine(output).replace(`${target}: `, '');
}
