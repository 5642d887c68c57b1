/** `npm run worker`: one worker process. Stops in order on SIGTERM, and when the launcher that started it is gone. */
import { setFlagsFromString } from 'node:v8';
import { argumentsOrExit } from '../adapters/commandLine.js';
import { createLogger } from '../adapters/log.js';
import { usableMemory } from '../adapters/memory.js';
import { projectVersion } from '../adapters/paths.js';
import { settingsWithServersOrExit } from '../adapters/settings.js';
import { startTracing } from '../adapters/tracing/start.js';
import { capacityOf } from './capacity.js';
import { assemble } from './dependencies.js';
import { installTemporalLogger } from './log.js';
import { untilCalled } from './untilCalled.js';
import { createWorkers } from './workers.js';
import { keepNoPromiseStacks } from './workflowThreads.js';

/**
 * V8 lets garbage grow to a multiple of what is alive, two thirds of the heap with 300 users; here to 0.3 of it, for a
 * twentieth of the worker's time.
 */
setFlagsFromString('--heap-growing-percent=30');

argumentsOrExit('npm run worker: one worker; settings come from the environment and .env (docs/DEPLOYMENT.md)', {});
const settings = settingsWithServersOrExit();
const log = createLogger({ name: 'worker', level: settings.logLevel });
installTemporalLogger(log);

const tracing = await startTracing(settings, 'worker', projectVersion(), (message) => log.warn(message));
if (!settings.workflowStackTraces) keepNoPromiseStacks();
const parts = await assemble(settings, log);
const { bytes, isOwn } = usableMemory();
// Where `npm start` has brought the servers along, they share the container.
const capacity = capacityOf({ bytes, isOwn: isOwn && !settings.embedded });
// A worker that takes tasks while it still loads its exchange's client is silent for as long: on a busy machine that is
// taken for death, and what it has begun is begun again elsewhere.
const [workers] = await Promise.all([createWorkers(parts, capacity), parts.warmUp()]);
const orphans = await untilCalled();
await parts.begin();
const runs = workers.map((worker) => worker.run());
process.send?.({ ready: true });
log.info(
  { queues: workers.map((worker) => worker.options.taskQueue), ...capacity, weightShare: settings.exchangeWeightShare },
  'worker ready',
);
if (orphans) void parts.takeOver(orphans);

let stopping = false;
function stop(why: string): void {
  if (stopping) return;
  stopping = true;
  log.info({ why }, 'worker stops');
  for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
}
process.on('SIGTERM', () => stop('SIGTERM'));
process.on('SIGINT', () => stop('SIGINT'));
process.on('disconnect', () => stop('the launcher is gone'));

try {
  await Promise.all(runs);
} catch (error) {
  log.error({ error: String(error) }, 'worker failed');
  process.exitCode = 1;
} finally {
  await parts.close();
  await tracing?.close();
  process.exit();
}
