import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createControlServer } from './control/server.js';
import { createExchange, type Exchange } from './exchange.js';
import { openStore } from './ledger/archive.js';
import { openJournal, type Restored } from './ledger/journal.js';
import { createFeedMarket } from './market/feed.js';
import { type Recording, readRecordings } from './market/files.js';
import { createRecordedMarket } from './market/recorded.js';
import { type SimulatorOptions, WrongOption } from './options.js';
import { createLimits } from './rest/limits.js';
import { createRestServer } from './rest/server.js';
import { attachStreams } from './streams/server.js';

const DEFAULT_PORT = 9080;
const DEFAULT_CONTROL_PORT = 9081;
/** How often market time is brought up to the clock without any request, ms of real time. */
const TICK_MS = 25;

export interface RunningSimulator {
  port: number;
  controlPort: number;
  url: string;
  controlUrl: string;
  exchange: Exchange;
  /** Stops listening, ends connections and closes the journal. */
  stop(): Promise<void>;
}

/** Starts the exchange with its REST, stream and control servers in this process. */
export async function startSimulator(
  options: SimulatorOptions,
  realNow: () => number = Date.now,
): Promise<RunningSimulator> {
  const recordings = readRecordings(options.dataDir);
  const { journal, restored } = openJournal(options.stateDir);
  const store = openStore(options.stateDir);
  try {
    const laid = options.feedUrl
      ? await liveSetup(
          options.feedUrl,
          recordings.map((one) => one.symbol),
          realNow,
        )
      : recordedSetup(recordings, restored, options.speed, realNow);
    const exchange = createExchange({ journal, restored, store, ...laid, startSpeed: options.speed, realNow });
    const limits = createLimits(options.weightLimit, realNow);
    const rest = createRestServer(exchange, limits);
    const streams = attachStreams(rest, exchange, limits);
    const control = createControlServer(exchange);
    const port = await listen(rest, options.host, options.port, DEFAULT_PORT, '--port');
    const controlPort = await listen(
      control,
      options.controlHost,
      options.controlPort,
      DEFAULT_CONTROL_PORT,
      '--control-port',
    );
    const timer = setInterval(() => exchange.advance(), TICK_MS);
    const housekeeping = setInterval(() => {
      exchange.tidy();
      exchange.compactIfLarge();
    }, 5_000);
    return {
      port,
      controlPort,
      url: `http://${named(options.host)}:${port}`,
      controlUrl: `http://${named(options.controlHost)}:${controlPort}`,
      exchange,
      async stop() {
        clearInterval(timer);
        clearInterval(housekeeping);
        streams.close();
        laid.stop();
        await Promise.all([rest, control].map(close));
        exchange.close();
      },
    };
  } catch (error) {
    journal.close();
    store.close();
    throw error;
  }
}

function recordedSetup(recordings: Recording[], restored: Restored, speed: number, realNow: () => number) {
  const known = restored.lines.findLast((line) => line.m)?.m?.anchor;
  const source = createRecordedMarket(
    recordings,
    known ?? (speed === 1 ? presentAnchor(recordings, realNow()) : undefined),
  );
  return { source, anchor: source.anchor, firstTime: source.firstTime, stop: () => undefined };
}

/** Prices of another address for the symbols that the candle files name. */
async function liveSetup(url: string, symbols: string[], realNow: () => number) {
  try {
    const source = await createFeedMarket(url, symbols, realNow);
    return { source, anchor: 0, firstTime: realNow(), stop: source.stop };
  } catch (error) {
    throw new Error(`the feed ${url} gives no market data: ${(error as Error).message}`);
  }
}

/** Lays the record so that its warm-up ends now: the first forward pass begins in the past, on a whole base candle. */
function presentAnchor(recordings: ReturnType<typeof readRecordings>, now: number): number {
  const probe = createRecordedMarket(recordings);
  const warmUp = probe.firstTime - probe.anchor;
  const coarsest = Math.max(...recordings.map((one) => one.interval));
  return Math.floor((now - warmUp) / coarsest) * coarsest;
}

/** An address that a client on this machine can use. */
const named = (host: string) => (host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host);

/** A port that was asked for and is taken is an error; the default gives way to a free one. */
async function listen(
  server: Server,
  host: string,
  asked: number | undefined,
  preferred: number,
  option: string,
): Promise<number> {
  try {
    return await tryListen(server, host, asked ?? preferred);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    if (asked !== undefined)
      throw new WrongOption(`port ${asked} is taken; choose another ${option}, or 0 for any free one`);
    return tryListen(server, host, 0);
  }
}

function tryListen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
    setTimeout(() => server.closeAllConnections(), 300).unref();
  });
}
