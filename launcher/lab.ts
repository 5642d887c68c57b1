/** Real servers for tests and fault campaigns, found and started by the launcher's own code, on a folder and free ports of their own. */
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../adapters/paths.js';
import { loadSettings, type Settings } from '../adapters/settings.js';
import { type Guard, startGuard } from './guard.js';
import { openLog } from './logs.js';
import { freePort } from './ports.js';
import { simulatorSpec } from './product.js';
import { resolveMongo, resolveTemporal } from './resolve/index.js';
import { mongodbSpec, mongodbUri } from './servers/mongodb.js';
import { temporalSpec } from './servers/temporal.js';
import { type ChildSpec, type Supervised, supervise } from './supervise.js';
import { temporaryFolder } from './temporary-folder.js';

export type TestServer = 'temporal' | 'mongodb' | 'simulator';

export interface ServerChoice {
  /** `dynamicConfig` are further `key=value` pairs, such as `limit.historyCount.suggestContinueAsNew=40`. */
  temporal?: boolean | { namespace?: string; dynamicConfig?: string[] };
  mongodb?: boolean;
  /** Recorded candles at `speed` times real time (60). */
  simulator?: boolean | { speed?: number; weightLimit?: number; dataDir?: string };
}

export interface TestServers {
  dataDir: string;
  /** Empty where the server was not asked for. */
  temporalAddress: string;
  temporalUiUrl: string;
  mongodbUri: string;
  exchangeUrl: string;
  controlUrl: string;
  pid(name: TestServer): number | undefined;
  /** Kills the server without warning and leaves it down. Resolves when it is gone. */
  kill9(name: TestServer): Promise<void>;
  /** Starts it again on the same address with the same data. Resolves when it answers. */
  restart(name: TestServer): Promise<void>;
  /** Ends everything and removes the folder. */
  stop(): Promise<void>;
}

/** Starts the servers asked for side by side; none is started again by itself. */
export async function startServers(choice: ServerChoice): Promise<TestServers> {
  const folder = temporaryFolder('servers');
  const guard = startGuard();
  const specs = await specsOf(choice, folder.path);
  const running = new Map<TestServer, Supervised>();
  try {
    await Promise.all([...specs.values()].map((spec) => start(spec, folder.path, guard, running)));
  } catch (error) {
    await stop();
    throw error;
  }
  const port = (name: TestServer, flag: string): string => {
    const args = specs.get(name)?.args ?? [];
    return args[args.indexOf(flag) + 1] ?? '';
  };
  const address = (name: TestServer, prefix: string, flag: string): string =>
    specs.has(name) ? `${prefix}127.0.0.1:${port(name, flag)}` : '';

  async function kill9(name: TestServer): Promise<void> {
    const pid = running.get(name)?.pid();
    if (pid !== undefined) process.kill(pid, 'SIGKILL');
    await running.get(name)?.stop();
  }

  async function stop(): Promise<void> {
    await Promise.all([...running.keys()].map(kill9));
    guard.close();
    folder.remove();
  }

  return {
    dataDir: folder.path,
    temporalAddress: address('temporal', '', '--port'),
    temporalUiUrl: address('temporal', 'http://', '--ui-port'),
    mongodbUri: specs.has('mongodb') ? mongodbUri(Number(port('mongodb', '--port'))) : '',
    exchangeUrl: address('simulator', 'http://', '--port'),
    controlUrl: address('simulator', 'http://', '--control-port'),
    pid: (name) => running.get(name)?.pid(),
    kill9,
    async restart(name) {
      const spec = specs.get(name);
      if (!spec) throw new Error(`${name} was not started`);
      await kill9(name);
      await start(spec, folder.path, guard, running);
    },
    stop,
  };
}

type Spec = ChildSpec & { name: TestServer };

async function start(spec: Spec, folder: string, guard: Guard, running: Map<TestServer, Supervised>): Promise<void> {
  const child = supervise(spec, openLog(join(folder, 'logs'), spec.name), guard);
  running.set(spec.name, child);
  await child.ready;
}

async function specsOf(choice: ServerChoice, dataDir: string): Promise<Map<TestServer, Spec>> {
  const taken = new Set<number>();
  const port = (): Promise<number> => freePort([], taken);
  const specs = new Map<TestServer, Spec>();
  if (choice.temporal) {
    const { namespace = 'default', dynamicConfig = [] } = choice.temporal === true ? {} : choice.temporal;
    const place = { dataDir, namespace, port: await port(), uiPort: await port() };
    // Timers fire up to 1 s late by default.
    const punctual = ['history.timerProcessorMaxTimeShift="10ms"', ...dynamicConfig];
    specs.set('temporal', temporalSpec(await resolveTemporal(), { ...place, dynamicConfig: punctual }));
  }
  if (choice.mongodb) {
    mkdirSync(join(dataDir, 'mongodb'), { recursive: true });
    specs.set('mongodb', mongodbSpec(await resolveMongo(), dataDir, await port()));
  }
  if (choice.simulator) {
    const { speed = 60, weightLimit = 6000, dataDir: candles } = choice.simulator === true ? {} : choice.simulator;
    compile();
    const settings = testSettings({ DATA_DIR: dataDir, SIM_WEIGHT_LIMIT: String(weightLimit), SIM_DATA_DIR: candles });
    const venue = { kind: 'recorded', speed, reason: 'a test' } as const;
    specs.set('simulator', simulatorSpec(settings, venue, await port(), await port()));
  }
  for (const spec of specs.values()) spec.restart = false;
  return specs;
}

/** Settings from these variables alone: nothing from the environment or an `.env` file. */
export function testSettings(env: Record<string, string | undefined>): Settings {
  return loadSettings(env);
}

let compiled = false;

/** Brings dist/ up to date once: programs of the project are started from there. */
export function compile(): void {
  if (!compiled) execFileSync(process.execPath, [join(projectRoot(), 'scripts', 'build.mjs'), 'sources']);
  compiled = true;
}
