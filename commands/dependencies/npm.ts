import { spawn } from 'node:child_process';
import { projectRoot } from '../../adapters/paths.js';

/** Runs npm in the project's folder; ends it after `limitMs`. @returns what it printed, and null as code where it was ended */
export function npm(
  args: readonly string[],
  limitMs: number,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn('npm', args, { cwd: projectRoot(), stdio: ['ignore', 'pipe', 'pipe'], timeout: limitMs });
  const out = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name].on('data', (chunk: Buffer) => (out[name] += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, ...out }));
  });
}
