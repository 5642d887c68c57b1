import { renameSync, writeFileSync } from 'node:fs';
import { orExit } from '../adapters/commandLine.js';
import { parseOptions, WrongOption } from './options.js';
import { startSimulator } from './start.js';

const options = orExit(() => parseOptions(process.argv.slice(2)));
try {
  const running = await startSimulator(options);
  const { port, controlPort, url, controlUrl } = running;
  const market = options.feedUrl
    ? `prices of ${options.feedUrl}`
    : `recorded candles at ${options.speed} times real time`;
  console.log(`Exchange simulator at ${url}, control at ${controlUrl}: ${market}, state in ${options.stateDir}`);
  const addresses = { port, controlPort, url, controlUrl };
  process.send?.(addresses);
  if (options.announce) {
    writeFileSync(`${options.announce}.tmp`, JSON.stringify(addresses));
    renameSync(`${options.announce}.tmp`, options.announce);
  }
  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    // Nothing that clients still do may hold up the end: the journal is whole at every moment.
    setTimeout(() => process.exit(0), 1_500).unref();
    running.stop().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
} catch (error) {
  console.error(
    error instanceof WrongOption ? error.message : `the simulator could not start: ${(error as Error).message}`,
  );
  process.exit(error instanceof WrongOption ? 2 : 1);
}
