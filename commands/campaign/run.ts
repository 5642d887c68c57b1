/**
 * One fault campaign: real servers on free ports, workers that are killed at random and at named points, an exchange
 * whose wire does everything that wires do, users who enter and leave, emergencies, and a judge who reads the
 * exchange's ledger.
 */
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { connectDatabase } from '../../adapters/database/connect.js';
import { createRepositories } from '../../adapters/database/repositories.js';
import { loadMasterKeys } from '../../adapters/secrets/master-keys.js';
import { closeLater } from '../../adapters/temporal/closeLater.js';
import { startServers, type TestServer, type TestServers } from '../../launcher/lab.js';
import { createRandom } from '../../trading/learning/random.js';
import { windUpSignal } from '../../workflows/campaignMessages.js';
import { TRADING_TASK_QUEUE } from '../../workflows/messages.js';
import { summarize } from '../chaos/statistics.js';
import { createControl } from './control.js';
import { disturb } from './disturb.js';
import { stopInEmergency } from './emergencies.js';
import { gatherEvidence } from './evidence.js';
import { FAULT_MIX } from './faults.js';
import { judge, type Verdict } from './judge.js';
import { type FaultProxy, startFaultProxy } from './proxy.js';
import { FOREIGN_HOLDINGS, finished, foreignId, prepareUsers, SYMBOLS } from './users.js';
import { watchUnprotected } from './watch.js';
import { workerEnvironment } from './stand.js';
import { startCampaignWorker } from './worker.js';

export interface CampaignOptions {
  /** Users side by side. */
  users: number;
  /** Rounds of each user; a round is an entry, its protection and an exit: three intents. */
  rounds: number;
  /** Workers side by side; each is killed by itself. */
  workers?: number;
  /** Kills of workers at random times; crash points add theirs. */
  kills: number;
  /** How long a worker lives after each start before it is killed at random, on average, ms. */
  everyMs?: number;
  /** Probability of dying at each passage of a crash point. */
  crash?: number;
  /** Users who are stopped in an emergency somewhere in the middle, every other one with liquidation. */
  emergencies?: number;
  seed: number;
  fence: boolean;
  /** Servers that are killed as well, now and then. */
  servers?: readonly TestServer[];
  /** Faults at the wire, for the exchange's fault desk. */
  faults?: object[];
  /** Toxiproxy's server, to be put between workers and exchange. */
  proxy?: string;
  limitMs: number;
  say(line: string): void;
}

export interface CampaignReport extends Verdict {
  seed: number;
  seconds: number;
  users: number;
  rounds: number;
  workers: number;
  fence: boolean;
  workerKills: { byCampaign: number; atCrashPoints: number; atPoint: Record<string, number> };
  serverKills: Record<string, number>;
  emergencies: number;
  proxyFaults: Record<string, number>;
  unprotectedLongestMs: number;
  unprotectedLongestWallMs: number;
  /** Holdings that were bare when the watch looked, by the kills that fell into their time. */
  unprotectedByKills: Record<number, { holdings: number; longestMs: number }>;
  /** Of the workers' starts, ms: until one takes up work again, a kill costs that much. */
  workerStartMs: { median: number; longest: number };
  finished: boolean;
}

/** Users who have not finished this long before the time limit begin no further round. */
const WIND_UP_MS = 240_000;

/** @param running servers that are there already; they are left running */
export async function runCampaign(options: CampaignOptions, running?: TestServers): Promise<CampaignReport> {
  if (!running) options.say('starting Temporal, database and exchange');
  const servers =
    running ??
    (await startServers({ temporal: true, mongodb: true, simulator: { speed: 1, weightLimit: 10_000_000 } }));
  try {
    return await campaign(options, servers);
  } finally {
    if (!running) await servers.stop();
  }
}

async function campaign(options: CampaignOptions, servers: TestServers): Promise<CampaignReport> {
  const { say, seed, users, rounds, emergencies = 0 } = options;
  const random = createRandom(seed);
  const started = Date.now();
  const control = createControl(servers.controlUrl);
  const database = await connectDatabase(servers.mongodbUri);
  const repositories = createRepositories(database, loadMasterKeys(undefined, servers.dataDir));
  const connection = await Connection.connect({ address: servers.temporalAddress });
  const client = new Client({ connection });
  const proxy = options.proxy
    ? await startFaultProxy(options.proxy, servers.exchangeUrl, createRandom(seed + 1))
    : null;
  const workers = Array.from({ length: options.workers ?? 1 }, (_, index) =>
    startCampaignWorker(workerEnv(servers, options, proxy), join(servers.dataDir, `worker-${seed}-${index}.log`), {
      seed: seed * 10 + index,
      spare: true,
    }),
  );
  try {
    await Promise.all(workers.map((worker) => worker.ready()));
    const userIds = Array.from({ length: users }, (_, index) => `campaign-${seed}-${index}`);
    const { before, prices } = await prepareUsers(servers, control, repositories, userIds);
    await control.faults(options.faults ?? FAULT_MIX, seed);
    say(`${users} users x ${rounds} rounds, fence ${options.fence ? 'on' : 'OFF'}, seed ${seed}`);
    const until = started + options.limitMs;
    const windUpAt = until - Math.min(WIND_UP_MS, options.limitMs / 4);
    for (const userId of userIds)
      await client.workflow.start('campaignWorkflow', {
        workflowId: `campaign-${userId}`,
        taskQueue: TRADING_TASK_QUEUE,
        workflowTaskTimeout: '5 seconds',
        args: [{ userId, symbols: SYMBOLS, rounds }],
      });
    let done = false;
    const all = Promise.all(userIds.map((userId) => finished(client, `campaign-${userId}`, until))).then((ends) => {
      done = true;
      return ends.every(Boolean);
    });
    const disturbed = disturb({
      random,
      workers,
      servers,
      kills: options.kills,
      everyMs: options.everyMs ?? 3_500,
      killed: options.servers ?? [],
      say,
      isDone: () => done,
    });
    const deaths = (): number => workers.reduce((sum, { kills }) => sum + kills.byCampaign + kills.atCrashPoints, 0);
    const killed = (): number => deaths() + Object.values(disturbed.serverKills).reduce((sum, count) => sum + count, 0);
    const watch = watchUnprotected(control, userIds, FOREIGN_HOLDINGS, prices, {
      connected: disturbed.connected,
      kills: killed,
    });
    const stopped = userIds.slice(0, emergencies);
    const receipts = stopInEmergency(stopped, {
      client,
      database,
      control,
      random: createRandom(seed + 2),
      rounds,
      until,
      isDone: () => done,
      exchangeRestarts: disturbed.exchangeRestarts,
    });
    let windingUp = false;
    const progress = setInterval(() => {
      void tell().catch(() => undefined);
      if (!windingUp && Date.now() > windUpAt) {
        windingUp = true;
        say('time is nearly up: no further rounds');
        for (const userId of userIds)
          void client.workflow
            .getHandle(`campaign-${userId}`)
            .signal(windUpSignal)
            .catch(() => undefined);
      }
    }, 20_000);
    async function tell(): Promise<void> {
      const orders = await database.connection.db!.collection('orders').countDocuments({});
      say(
        `${orders} orders, ${deaths()} kills; longest unprotected ${(watch.longestMs() / 1000).toFixed(1)} s, ${watch.tooLong().length} too long`,
      );
    }
    const finishedAll = await all;
    clearInterval(progress);
    await disturbed.ended;
    await control.clearFaults();
    await watch.stop();
    const emergencyEvidence = await receipts;
    const evidence = [];
    for (const userId of userIds)
      evidence.push({
        ...(await gatherEvidence(database, control, userId, before.get(userId)!, [foreignId(userId)])),
        ...(stopped.includes(userId) ? { emergency: emergencyEvidence.get(userId) ?? null } : {}),
      });
    const verdict = judge(evidence);
    const starts = summarize(workers.flatMap(({ startsMs }) => startsMs));
    const sum = (count: (kills: (typeof workers)[number]['kills']) => number): number =>
      workers.reduce((total, worker) => total + count(worker.kills), 0);
    return {
      ...verdict,
      unprotected: [...verdict.unprotected, ...watch.tooLong()],
      seed,
      seconds: Math.round((Date.now() - started) / 1000),
      users,
      rounds: users * rounds,
      workers: workers.length,
      fence: options.fence,
      workerKills: {
        byCampaign: sum((kills) => kills.byCampaign),
        atCrashPoints: sum((kills) => kills.atCrashPoints),
        atPoint: addedUp(workers.map((worker) => worker.atPoint)),
      },
      serverKills: disturbed.serverKills,
      emergencies: [...emergencyEvidence.values()].filter((one) => one.receiptAt !== null).length,
      proxyFaults: proxy?.faults ?? {},
      unprotectedLongestMs: watch.longestMs(),
      unprotectedLongestWallMs: watch.longestWallMs(),
      unprotectedByKills: watch.byKills(),
      workerStartMs: { median: starts.p50, longest: starts.max },
      finished: finishedAll,
    };
  } finally {
    await Promise.all(workers.map((worker) => worker.stop()));
    await proxy?.stop();
    closeLater(connection);
    await database.close();
  }
}

function workerEnv(
  servers: TestServers,
  { fence, crash = 0.004 }: CampaignOptions,
  proxy: FaultProxy | null,
): Record<string, string> {
  return {
    ...workerEnvironment(servers),
    ...(proxy ? { EXCHANGE_URL: proxy.url } : {}),
    CAMPAIGN: 'true',
    CAMPAIGN_QUEUES: 'trading',
    CRASH_POINTS: `*=${crash}`,
    ...(fence ? {} : { ORDER_FENCE: 'off' }),
  };
}

function addedUp(counts: readonly Record<string, number>[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const [name, count] of counts.flatMap((one) => Object.entries(one))) sums[name] = (sums[name] ?? 0) + count;
  return sums;
}
