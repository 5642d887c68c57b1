// Compiles the TypeScript sources into dist/ (one .js per .ts, no bundling) and, on demand, the workflow
// bundle and the dashboard. Every target is skipped when nothing it is made from has changed, so that each
// command can call this first and still start in well under a second.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const dist = join(root, 'dist');
const SOURCE_FOLDERS = [
  'workflows',
  'activities',
  'worker',
  'api',
  'trading',
  'adapters',
  'simulator',
  'launcher',
  'commands',
  'bench',
];

function filesBelow(folder, keep) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory())
      return entry.name === 'node_modules' || entry.name.startsWith('.') ? [] : filesBelow(path, keep);
    return keep(path) ? [path] : [];
  });
}

function stampOf(files) {
  const hash = createHash('sha256');
  for (const file of files.sort()) {
    const { mtimeMs, size } = statSync(file);
    hash.update(`${relative(root, file)} ${mtimeMs} ${size}\n`);
  }
  return hash.digest('hex');
}

/** Runs `make` unless the stamp of `files` is the one that the last build of `target` left. */
async function once(target, files, make) {
  const stampFile = join(dist, `.${target}.stamp`);
  const stamp = stampOf(files);
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return false;
  mkdirSync(dist, { recursive: true });
  await make();
  writeAtomically(stampFile, stamp);
  return true;
}

function writeAtomically(path, text) {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, text);
  renameSync(temporary, path);
}

const isSource = (path) => /\.tsx?$/.test(path) && !/\.d\.ts$/.test(path);
const sources = () => SOURCE_FOLDERS.flatMap((folder) => filesBelow(join(root, folder), isSource));

export function buildSources() {
  const files = sources();
  return once('sources', [...files, fileURLToPath(import.meta.url)], async () => {
    const { transformSync } = await import('@swc/core');
    const expected = new Set();
    for (const file of files) {
      const out = join(dist, relative(root, file)).replace(/\.tsx?$/, '.js');
      expected.add(out);
      if (existsSync(out) && statSync(out).mtimeMs >= statSync(file).mtimeMs) continue;
      const { code } = transformSync(readFileSync(file, 'utf8'), {
        filename: file,
        sourceMaps: 'inline',
        jsc: { target: 'es2022', parser: { syntax: 'typescript' }, keepClassNames: true },
        module: { type: 'es6' },
      });
      writeAtomically(out, code);
    }
    for (const folder of SOURCE_FOLDERS)
      for (const stale of filesBelow(join(dist, folder), (path) => path.endsWith('.js') && !expected.has(path)))
        rmSync(stale);
  });
}

export async function buildWorkflows() {
  await buildSources();
  const files = ['workflows', 'trading'].flatMap((folder) => filesBelow(join(root, folder), isSource));
  return once('workflows', [...files, fileURLToPath(import.meta.url)], async () => {
    const { bundleWorkflowCode } = await import('@temporalio/worker');
    const workflowsPath = join(dist, 'workflows', 'index.js');
    const workflowInterceptorModules = ['taskBoundary', 'tracing'].map((name) => join(dist, 'workflows', `${name}.js`));
    const { code } = await bundleWorkflowCode({
      workflowsPath,
      workflowInterceptorModules,
      // Loaded once a thread and not by each workflow anew, which takes 21 kB then in place of 85. No module of these has
      // a state of its own (tests/unit/workflows/modules.test.ts).
      preloadModules: [workflowsPath, ...workflowInterceptorModules],
      logger: quietLogger(),
    });
    writeAtomically(join(dist, 'workflow-bundle.js'), code);
  });
}

function quietLogger() {
  const nothing = () => undefined;
  const say = (...words) => console.error(...words);
  return { trace: nothing, debug: nothing, info: nothing, warn: nothing, error: say, log: nothing };
}

export async function buildDashboard() {
  const folder = join(root, 'dashboard');
  const files = filesBelow(folder, () => true);
  return once('dashboard', files, async () => {
    const { build } = await import('vite');
    await build({
      root: folder,
      configFile: join(folder, 'vite.config.ts'),
      logLevel: 'error',
      build: { outDir: join(dist, 'dashboard'), emptyOutDir: true },
    });
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const which = process.argv.slice(2);
  const targets = { sources: buildSources, workflows: buildWorkflows, dashboard: buildDashboard };
  const unknown = which.find((name) => !Object.hasOwn(targets, name));
  if (unknown !== undefined) {
    const usage = `npm run build [-- ${Object.keys(targets).join('|')} …]`;
    if (unknown === '--help') console.log(usage);
    else console.error(`there is no target ${unknown}; ${usage}`);
    process.exit(unknown === '--help' ? 0 : 2);
  }
  for (const name of which.length > 0 ? which : Object.keys(targets)) {
    const started = Date.now();
    const built = await targets[name]();
    console.log(`${name}: ${built ? `built in ${Date.now() - started} ms` : 'up to date'}`);
  }
}
