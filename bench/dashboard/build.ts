import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { projectRoot } from '../../adapters/paths.js';

/** Builds the page and the workflow bundle unless they are as their sources are. */
export async function buildDashboard(): Promise<void> {
  const scripts = pathToFileURL(join(projectRoot(), 'scripts', 'build.mjs')).href;
  const build = (await import(scripts)) as { buildDashboard(): Promise<boolean>; buildWorkflows(): Promise<boolean> };
  await build.buildWorkflows();
  await build.buildDashboard();
}
