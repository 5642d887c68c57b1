/** The whole product as `npm start` runs it, on a folder and free ports of its own, with a way to speak to its API. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../adapters/paths.js';
import { pause } from '../../launcher/processes.js';
import { readRuntime, type Runtime } from '../../launcher/runtime-file.js';
import { temporaryFolder } from '../../launcher/temporary-folder.js';

export const PROCESSES = ['worker', 'api', 'temporal', 'mongodb', 'simulator'] as const;
export type ProcessName = (typeof PROCESSES)[number];

export interface Product {
  dataDir: string;
  /** Addresses and pids as DATA_DIR/runtime.json has them now. */
  runtime(): Runtime;
  /** An API call with a token; deadline 15 s. @throws Error with method, path, status and the problem's text */
  ask<T>(token: string | null, method: string, path: string, body?: unknown): Promise<T>;
  signIn(email: string, password: string): Promise<string>;
  /** The administrator's token. */
  admin: string;
  /** SIGTERM to the launcher; resolves with its exit code. Removes the folder unless its logs are to be kept. */
  stop(keep?: boolean): Promise<number | null>;
}

const READY_WITHIN = 120_000;
const CALL_MS = 15_000;

/**
 * Empty: neither the environment nor an `.env` file may point the product at servers other than its own, or limit its users,
 * who sign in with a password alone.
 */
const CLEARED = Object.fromEntries(
  [
    'TEMPORAL_ADDRESS',
    'MONGODB_URI',
    'EXCHANGE_URL',
    'EXCHANGE_CONTROL_URL',
    'SMTP_URL',
    'MASTER_KEY',
    'SIGN_IN_POLICY',
  ].map((name) => [name, '']),
);

/** @param env such as SIM_SPEED. @throws Error with what was printed, where it is not ready within two minutes */
export async function startProduct(env: Record<string, string>): Promise<Product> {
  const folder = temporaryFolder('chaos');
  const [email, password] = ['chaos@localhost', randomBytes(16).toString('hex')];
  const launcher = spawn(process.execPath, [join(projectRoot(), 'dist', 'launcher', 'main.js')], {
    cwd: projectRoot(),
    env: {
      ...process.env,
      ...CLEARED,
      ...{ DATA_DIR: folder.path, PORT: '0', EXCHANGE: 'simulator', DEMO: 'false', LOG_LEVEL: 'warn' },
      ...{ ADMIN_EMAIL: email, ADMIN_PASSWORD: password },
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  for (const stream of [launcher.stdout, launcher.stderr])
    stream.on('data', (chunk: Buffer) => (printed = (printed + chunk.toString()).slice(-20_000)));
  let code: number | null | undefined;
  const ended = new Promise<number | null>((done) => launcher.once('exit', (exit) => done((code = exit))));
  const interrupted = (): void => void stop().then(() => process.exit(130));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, interrupted);

  async function stop(keep = false): Promise<number | null> {
    if (code === undefined) launcher.kill('SIGTERM');
    const result = await ended;
    if (!keep) folder.remove();
    return result;
  }

  function runtime(): Runtime {
    const found = readRuntime(folder.path);
    if (!found) throw new Error('the product is not running: there is no runtime.json');
    return found;
  }

  const { ask, signIn } = askerOf(runtime);

  try {
    const deadline = Date.now() + READY_WITHIN;
    while (!/^Ready/m.test(printed)) {
      if (code !== undefined || Date.now() > deadline) throw new Error(`the product did not start:\n${printed}`);
      await pause(100);
    }
    return { dataDir: folder.path, runtime, ask, signIn, admin: await signIn(email, password), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Copies the logs of a run that broke a promise to where they survive it. */
export function keepLogs(product: Product): string {
  const kept = temporaryFolder('chaos-logs').path;
  cpSync(join(product.dataDir, 'logs'), kept, { recursive: true });
  return kept;
}

/** Calls of an API wherever it is now. */
export function askerOf(runtime: () => { apiUrl: string }): Pick<Product, 'ask' | 'signIn'> {
  async function ask<T>(token: string | null, method: string, path: string, body?: unknown): Promise<T> {
    const answer = await fetch(`${runtime().apiUrl}${path}`, {
      method,
      signal: AbortSignal.timeout(CALL_MS),
      headers: {
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text.slice(0, 500)}`);
    return (text ? JSON.parse(text) : null) as T;
  }

  const signIn = async (address: string, secret: string): Promise<string> =>
    (await ask<{ token: string }>(null, 'POST', '/api/auth/login', { email: address, password: secret })).token;
  return { ask, signIn };
}
