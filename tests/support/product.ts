/** The whole product, started by the launcher as `npm start` does, on a data directory of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { projectRoot } from '../../adapters/paths.js';
import { readRuntime, type Runtime } from '../../launcher/runtime-file.js';
import { temporaryFolder } from './folders.js';
import { compile } from './servers.js';

export interface Product {
  dataDir: string;
  /** The launcher's process. */
  pid: number;
  /** What DATA_DIR/runtime.json says now; null where there is none. */
  runtime(): Runtime | null;
  /** Everything that was printed so far. */
  output(): string;
  /** Resolves when the output so far or to come holds this. */
  prints(pattern: RegExp, within?: number): Promise<RegExpMatchArray>;
  /** Sends the launcher a signal (SIGTERM) and resolves with its exit code when it has ended. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
  /** Its exit code, when it ends by itself. */
  ended: Promise<number | null>;
  /** Ends what is left and removes the data directory. */
  dispose(): Promise<void>;
}

/** Variables that would reach the launcher from the developer's own environment. */
const OURS =
  /^(PORT|DATA_DIR|TEMPORAL_.*|MONGODB_URI|EXCHANGE.*|SIM_.*|MASTER_KEY|ADMIN_.*|SIGN_IN_POLICY|DEMO|EMBEDDED|SMTP_URL|MAIL_FROM|PUBLIC_URL|LOG_LEVEL|NODE_OPTIONS|NODE_ENV|JEST_WORKER_ID)$/;

/** Starts it without waiting: for tests of starts that fail. Recorded candles and a free port unless `env` says otherwise. */
export function launchProduct(env: Record<string, string> = {}): Product {
  compile();
  const folder = temporaryFolder('product');
  const dataDir = env['DATA_DIR'] ?? folder.path;
  const base = Object.fromEntries(Object.entries(process.env).filter(([name]) => !OURS.test(name)));
  const launcher = spawn(process.execPath, [join(projectRoot(), 'dist', 'launcher', 'main.js')], {
    cwd: projectRoot(),
    env: { ...base, DATA_DIR: dataDir, PORT: '0', EXCHANGE: 'simulator', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { output, prints, exited } = follow(launcher);

  async function stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    launcher.kill(signal);
    return exited;
  }

  return {
    dataDir,
    pid: launcher.pid ?? 0,
    runtime: () => readRuntime(dataDir),
    output,
    prints,
    stop,
    ended: exited,
    async dispose() {
      if (launcher.exitCode === null && launcher.signalCode === null) await stop();
      folder.remove();
    },
  };
}

/** Starts it and waits until it is ready. @throws Error with the output where it is not ready within `within` ms */
export async function startProduct(env: Record<string, string> = {}, within = 90_000): Promise<Product> {
  const product = launchProduct(env);
  try {
    await product.prints(/^Ready/m, within);
    return product;
  } catch (error) {
    await product.dispose();
    throw error;
  }
}

function follow(launcher: ChildProcess) {
  let printed = '';
  const waiting = new Set<() => void>();
  const take = (chunk: Buffer): void => {
    printed += chunk.toString();
    for (const look of waiting) look();
  };
  launcher.stdout?.on('data', take);
  launcher.stderr?.on('data', take);
  const exited = new Promise<number | null>((resolve) => launcher.once('close', (code) => resolve(code)));

  function prints(pattern: RegExp, within = 20_000): Promise<RegExpMatchArray> {
    return new Promise((resolve, reject) => {
      const settle = (act: () => void): void => {
        clearTimeout(timer);
        waiting.delete(look);
        act();
      };
      const look = (): void => {
        const match = pattern.exec(printed);
        if (match) settle(() => resolve(match));
      };
      const fail = (what: string): void =>
        settle(() => reject(new Error(`${what} without printing ${pattern}:\n${printed}`)));
      const timer = setTimeout(() => fail(`${within} ms passed`), within);
      waiting.add(look);
      void exited.then((code) => fail(`the launcher ended with ${code}`));
      look();
    });
  }

  return { output: () => printed, prints, exited };
}
