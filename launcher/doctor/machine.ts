import { existsSync, mkdtempSync, readFileSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { projectRoot } from '../../adapters/paths.js';
import { parseKeys } from '../../adapters/secrets/master-keys.js';
import type { Settings } from '../../adapters/settings.js';
import { isFree } from '../ports.js';
import { findOnPath } from '../resolve/on-path.js';
import { lastLine, run } from '../resolve/run.js';
import { readRuntime } from '../runtime-file.js';
import type { Finding } from './checks.js';

export async function node(): Promise<Finding> {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const fits = (major === 20 && minor >= 20) || major >= 22;
  return {
    state: fits ? 'good' : 'bad',
    found: process.version,
    fix: 'install Node.js 20.20 or later (20.x), or 22 and later',
  };
}

/** Python matters only where no server is given, on the PATH or in the cache. */
export async function python(settings: Settings): Promise<Finding> {
  const needed = !settings.temporalAddress || !settings.mongodbUri;
  const [program] = ['python3', 'python'].flatMap((name) => findOnPath(name, process.env));
  const state = needed ? 'note' : 'good';
  if (!program)
    return {
      state,
      found: 'no python3 on the PATH',
      fix: 'install Python 3.11 with pip, if no other server can be found',
    };
  const { code, output } = await run(program, ['-m', 'pip', '--version'], { timeout: 10_000, env: process.env });
  if (code !== 0)
    return {
      state,
      found: `${program} without pip: ${lastLine(output)}`,
      fix: 'install pip (Debian: apt install python3-pip)',
    };
  return { state: 'good', found: `${program}, ${lastLine(output).replace(/ from .*\(/, ' (')}` };
}

export async function dataDir({ dataDir: folder }: Settings): Promise<Finding> {
  try {
    writeOnce(nearestExisting(folder));
    const running = readRuntime(folder);
    return { state: 'good', found: `${folder}${running ? `, in use by process ${running.pid}` : ''}` };
  } catch (error) {
    return {
      state: 'bad',
      found: `${folder} cannot be written: ${(error as NodeJS.ErrnoException).code ?? String(error)}`,
      fix: 'set DATA_DIR to a folder that you may write to',
    };
  }
}

/** Only a write shows it: the administrator may write by the rights of every folder, also of a read-only disk. */
function writeOnce(folder: string): void {
  const probe = mkdtempSync(join(folder, '.doctor-'));
  try {
    writeFileSync(join(probe, 'probe'), 'x');
  } finally {
    rmSync(probe, { recursive: true, force: true });
  }
}

const ENOUGH_GB = 2;

export async function disk({ dataDir: folder }: Settings): Promise<Finding> {
  const { bavail, bsize } = statfsSync(nearestExisting(folder));
  const free = (bavail * bsize) / 1e9;
  const fix = `have at least ${ENOUGH_GB} GB free below ${folder}, or set DATA_DIR to a larger disk`;
  return { state: free >= ENOUGH_GB ? 'good' : 'bad', found: `${free.toFixed(1)} GB free`, fix };
}

export async function masterKey(settings: Settings): Promise<Finding> {
  if (settings.masterKey) return { state: 'good', found: 'given by MASTER_KEY' };
  const path = join(settings.dataDir, 'master.key');
  if (!existsSync(path)) return { state: 'good', found: 'none yet; `npm start` makes one in the data directory' };
  parseKeys(readFileSync(path, 'utf8'), path);
  if ((statSync(path).mode & 0o077) !== 0)
    return { state: 'bad', found: `${path} can be read by others`, fix: `chmod 600 ${path}` };
  return {
    state: 'note',
    found: path,
    fix: 'keep a copy in a safe place: stored exchange keys cannot be read without it',
  };
}

/** Whoever is reached from elsewhere is guessed at from elsewhere. */
export async function signInPolicy({ signInPolicy: policy, publicUrl }: Settings): Promise<Finding> {
  if (policy === 'strict')
    return {
      state: 'good',
      found: 'strict: no common passwords, a second factor for everybody, given passwords are changed',
    };
  const found = 'basic: any password of 12 characters, a second factor where its owner wants one';
  if (!publicUrl?.startsWith('https:') || isLoopbackName(new URL(publicUrl).hostname)) return { state: 'good', found };
  return {
    state: 'note',
    found,
    fix: `users come from elsewhere (${publicUrl}): set SIGN_IN_POLICY=strict (docs/SECURITY.md)`,
  };
}

const isLoopbackName = (host: string): boolean => /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/.test(host);

export async function port(settings: Settings): Promise<Finding> {
  if (settings.port === 0) return { state: 'good', found: 'any free one' };
  if (readRuntime(settings.dataDir))
    return { state: 'good', found: `${readRuntime(settings.dataDir)?.apiUrl} is this product's own` };
  if (await isFree(settings.port)) return { state: 'good', found: `${settings.port} is free` };
  const state = settings.portGiven ? 'bad' : 'note';
  return {
    state,
    found: `${settings.port} is taken by another program`,
    fix: 'stop it, or set PORT (0: any free one)',
  };
}

export async function dashboard(): Promise<Finding> {
  const built = existsSync(join(projectRoot(), 'dist', 'dashboard', 'index.html'));
  return built
    ? { state: 'good', found: 'built' }
    : { state: 'note', found: 'not built yet', fix: '`npm start` builds it; for `npm run api` use `npm run build`' };
}

function nearestExisting(folder: string): string {
  return existsSync(folder) ? folder : nearestExisting(dirname(folder));
}
