import { join } from 'node:path';
import type { Program } from '../resolve/types.js';
import type { ChildSpec } from '../supervise.js';
import { withoutSecrets } from './environment.js';
import { until } from './until.js';

export interface TemporalPlace {
  dataDir: string;
  port: number;
  uiPort: number;
  namespace: string;
  /** `key=value` pairs of the server's dynamic configuration, beside or instead of ours: for tests. */
  dynamicConfig?: string[];
}

/** The workflow's typed search attributes. A warm start finds them there and leaves them as they are. */
export const SEARCH_ATTRIBUTES = {
  TradingStatus: 'Keyword',
  TradingMode: 'Keyword',
  OpenPositions: 'Int',
  DailyPnlPct: 'Double',
} as const;

/** The default journal of SQLite costs three quarters of the throughput, the default poll limits four fifths of the latency. */
const PRAGMAS = ['journal_mode=WAL', 'synchronous=NORMAL'];
const DYNAMIC_CONFIG = [
  'history.transferProcessorMaxPollRPS=500',
  'history.timerProcessorMaxPollRPS=500',
  'history.visibilityProcessorMaxPollRPS=500',
  'matching.enableFairness=true',
  // A worker whose network is cut still takes tasks by its open long polls, and each is lost for its time-out: the
  // server notices within eight seconds and not after a minute.
  'frontend.keepAliveTime="5s"',
  'frontend.keepAliveTimeout="3s"',
  // A worker that takes over reads every history again from its beginning, and the seconds of that are the time
  // without a cycle: a run is handed over after 100 events and not after 4,096. (`history.workflowTaskRetryMaxInterval`
  // stays as it is: it is what a task that is slow on a busy machine gets in addition from its fourth attempt on.)
  'limit.historyCount.suggestContinueAsNew=100',
];

/**
 * On a machine that it shares with everything else: a run that was handed over is kept in memory for ten minutes and not for an
 * hour, and what is over is looked for.
 */
const SMALL = ['history.cacheTTL="10m"', 'history.eventsCacheTTL="10m"'];
const SWEPT = { Enabled: true, LoopInterval: '30s', MaxEntryPerCall: 1_000 };

/** Temporal's development server with its Web UI, on loopback. It makes its database file itself. */
export function temporalSpec(program: Program, place: TemporalPlace): ChildSpec & { name: 'temporal' } {
  const repeat = (flag: string, values: readonly string[]): string[] => values.flatMap((value) => [flag, value]);
  return {
    name: 'temporal',
    command: program.command,
    args: [
      ...['server', 'start-dev', '--headless=false', '--log-level', 'warn', '--log-format', 'json'],
      ...['--db-filename', join(place.dataDir, 'temporal.db')],
      ...['--ip', '127.0.0.1', '--port', String(place.port), '--ui-port', String(place.uiPort)],
      ...['--namespace', place.namespace],
      ...repeat('--sqlite-pragma', PRAGMAS),
      ...repeat(
        '--search-attribute',
        Object.entries(SEARCH_ATTRIBUTES).map((pair) => pair.join('=')),
      ),
      ...repeat('--dynamic-config-value', dynamicConfigOf(place)),
    ],
    env: { ...withoutSecrets(), ...program.env, ...unset('TEMPORAL_') },
    // Through the Web UI's server the question goes on to the real front end: both answer, or neither counts.
    ready: (_, signal) => until(() => askForNamespace(place), signal),
    readyWithin: 30_000,
    stopWithin: 2500,
  };
}

/** A test's own value takes the place of ours. */
function dynamicConfigOf({ dynamicConfig = [] }: TemporalPlace): string[] {
  const keyOf = (pair: string): string => pair.slice(0, pair.indexOf('='));
  const given = new Set(dynamicConfig.map(keyOf));
  const ours = [...DYNAMIC_CONFIG, ...SMALL, `history.cacheBackgroundEvict=${JSON.stringify(SWEPT)}`];
  return [...ours.filter((pair) => !given.has(keyOf(pair))), ...dynamicConfig];
}

async function askForNamespace({ uiPort, namespace }: TemporalPlace): Promise<void> {
  const answer = await fetch(`http://127.0.0.1:${uiPort}/api/v1/namespaces/${namespace}`, {
    signal: AbortSignal.timeout(2000),
  });
  await answer.arrayBuffer();
  if (!answer.ok) throw new Error(`namespace ${namespace}: ${answer.status}`);
}

/** The program would read its client settings (another server's address, TLS) from variables meant for the product. */
export function unset(prefix: string): Record<string, undefined> {
  const names = Object.keys(process.env).filter((name) => name.startsWith(prefix));
  return Object.fromEntries(names.map((name) => [name, undefined]));
}
