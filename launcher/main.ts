import { relative } from 'node:path';
import { loadMasterKeys } from '../adapters/secrets/master-keys.js';
import { argumentsOrExit } from '../adapters/commandLine.js';
import { settingsOrExit } from '../adapters/settings.js';
import { type Children, manageChildren } from './children.js';
import { lockDataDir } from './data-dir.js';
import type { ApiReady } from './product.js';
import { createProgress, type Progress } from './progress.js';
import { removeRuntime, type Runtime, writeRuntime } from './runtime-file.js';
import { signInLines } from './signInLines.js';
import { type Started, startEverything } from './start.js';
import { StartFailed } from './supervise.js';

argumentsOrExit(
  'npm start: the whole product on this machine; settings come from the environment and .env (README.md)',
  {},
);
const settings = settingsOrExit();
const stopped = new AbortController();
process.exit(await launch());

/** The whole life of `npm start`. @returns the exit code */
async function launch(): Promise<number> {
  const begun = Date.now();
  const progress = createProgress();
  const signalled = listenForSignals(progress);
  let unlock = (): void => undefined;
  let children: Children | null = null;
  let runtime: Runtime | null = null;
  const publish = (): void => {
    if (!runtime || !children) return;
    runtime.processes = children.pids();
    writeRuntime(settings.dataDir, runtime);
  };
  try {
    unlock = await lockDataDir(settings.dataDir);
    removeRuntime(settings.dataDir);
    loadMasterKeys(settings.masterKey, settings.dataDir);
    children = await manageChildren({ dataDir: settings.dataDir, say: progress.say, changed: publish });
    let made: ApiReady | null = null;
    const apiReady = (ready: ApiReady): void => void (made = ready);
    const starting = startEverything({ settings, children, progress, signal: stopped.signal, apiReady });
    const started = await Promise.race([starting, signalled]);
    if (started) {
      runtime = runtimeOf(started);
      publish();
      progress.end();
      for (const line of summary(started, Date.now() - begun)) progress.say(line);
      await signalled;
    } else if (made) for (const line of signInLines(made, settings)) progress.say(line);
    return 0;
  } catch (error) {
    progress.end();
    return report(error);
  } finally {
    progress.end();
    stopped.abort(new Error('the start was given up'));
    await children?.stopAll();
    unlock();
    removeRuntime(settings.dataDir, process.pid);
  }
}

/** Resolves at the first signal to stop; a second one ends at once (the guard then ends the children). */
function listenForSignals(progress: Progress): Promise<null> {
  return new Promise((resolve) => {
    let asked = false;
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.on(name, () => {
        if (asked) process.exit(130);
        asked = true;
        progress.say('Stopping; what was running goes on at the next start');
        resolve(null);
      });
  });
}

function runtimeOf(started: Started): Runtime {
  const { apiUrl, temporalAddress, temporalUiUrl, mongodbUri, exchangeUrl, exchangeControlUrl } = started;
  return {
    pid: process.pid,
    apiUrl,
    dashboardUrl: apiUrl,
    temporalAddress,
    temporalUiUrl,
    temporalNamespace: settings.temporalNamespace,
    mongodbUri,
    exchangeUrl,
    exchangeControlUrl,
    processes: {},
  };
}

function summary(started: Started, took: number): string[] {
  const dataDir = relative(process.cwd(), settings.dataDir) || '.';
  return [
    `Ready in ${(took / 1000).toFixed(1)} s: ${started.apiUrl}`,
    '',
    `  Dashboard     ${started.apiUrl}`,
    `  API           ${started.apiUrl}/api/docs`,
    ...(started.temporalUiUrl ? [`  Temporal UI   ${started.temporalUiUrl}`] : []),
    `  Exchange      ${started.exchangeUrl} (${started.market})`,
    `  Data, logs    ${dataDir}, ${dataDir}/logs`,
    '',
    ...signInLines(started, settings),
    '  Ctrl-C stops everything; trading goes on at the next start.',
  ];
}

function report(error: unknown): number {
  if (error instanceof StartFailed) {
    console.error(`${error.message}`);
    for (const line of error.tail) console.error(`  ${line}`);
    console.error(`  Its log is ${settings.dataDir}/logs/${error.child}.log.`);
    return error.exitCode === 2 ? 2 : 1;
  }
  console.error((error as Error).message);
  return 1;
}
