import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { projectRoot } from '../../adapters/paths.js';

/** The worker loads the workflow bundle from dist/; it is built where it is missing or out of date. */
export async function buildWorkflowsOnce(): Promise<void> {
  execFileSync(process.execPath, [join(projectRoot(), 'scripts', 'build.mjs'), 'workflows'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}
