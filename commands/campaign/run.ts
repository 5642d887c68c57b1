/**
 * One fault campaign: real servers on free ports, a worker that is killed at random and at named points, an exchange
 * whose wire does everything that wires do, users who enter and leave, and a judge who reads the exchange's ledger.
 */
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import ccxt from 'ccxt';
import { connectDatabase } from '../../adapters/database/connect.js';
import { createRepositories } from '../../adapters/database/repositories.js';
import { loadDefaultConfig } from '../../adapters/config/defaults.js';
import { loadMasterKeys } from '../../adapters/secrets/master-keys.js';
import { startServers, type TestServers } from '../../launcher/lab.js';
import { TRADING_TASK_QUEUE } from '../../workflows/messages.js';
import { type Control, createControl, FAULT_MIX } from './control.js';
import { gatherEvidence } from './evidence.js';
import { type AccountEvidence, judge, type Verdict } from './judge.js';
import { createRandom } from '../../trading/learning/random.js';
import { watchUnprotected } from './watch.js';
import { startCampaignWorker } from './worker.js';

export interface CampaignOptions {
  /** Users side by side. */
  users: number;
  /** Rounds of each user; a round is an entry, its protection and an exit: three intents. */
  rounds: number;
  /** Kills of the worker at random times; crash points add theirs. */
  kills: number;
  seed: number;
  fence: boolean;
  /** Kill database and Temporal as well, now and then. */
  servers?: boolean;
  limitMs: number;
  say(line: string): void;
}

export interface CampaignReport extends Verdict {
  seed: number;
  seconds: number;
  rounds: number;
  workerKills: { byCampaign: number; atCrashPoints: number };
  serverKills: number;
  unprotectedLongestMs: number;
  finished: boolean;
}

const SYMBOLS = ['BTC/USDT', 'ETH/USDT'];
/** What each account held before we came, and what somebody ordered by hand. */
const FOREIGN_HOLDINGS = { BTC: 0.5, ETH: 3 };

export async function runCampaign(options: CampaignOptions): Promise<CampaignReport> {
  const { say, seed } = options;
  const random = createRandom(seed);
  const started = Date.now();
  say('starting Temporal, database and exchange');
  const servers = await startServers({
    temporal: true,
    mongodb: true,
    simulator: { speed: 1, weightLimit: 1_000_000 },
  });
  const control = createControl(servers.controlUrl);
  const userIds = Array.from({ length: options.users }, (_, index) => `campaign-${seed}-${index}`);
  const worker = startCampaignWorker(workerEnv(servers, options), join(servers.dataDir, 'worker.log'));
  const database = await connectDatabase(servers.mongodbUri);
  const repositories = createRepositories(database, loadMasterKeys(undefined, servers.dataDir));
  const connection = await Connection.connect({ address: servers.temporalAddress });
  try {
    await worker.ready();
    const before = new Map<string, AccountEvidence['before']>();
    for (const userId of userIds) {
      await repositories.config.create(userId, { ...loadDefaultConfig(), symbols: SYMBOLS, mode: 'paper' });
      await repositories.status.create(userId, 'paper');
      before.set(userId, await prepareAccount(servers, control, userId));
    }
    await control.faults(FAULT_MIX, seed);
    const watch = watchUnprotected(
      control,
      userIds,
      FOREIGN_HOLDINGS,
      () => worker.upSince() !== null && Date.now() - worker.upSince()! > 2_000,
    );
    const client = new Client({ connection });
    say(`${options.users} users x ${options.rounds} rounds, fence ${options.fence ? 'on' : 'OFF'}, seed ${seed}`);
    for (const userId of userIds)
      await client.workflow.start('campaignWorkflow', {
        workflowId: `campaign-${userId}`,
        taskQueue: TRADING_TASK_QUEUE,
        args: [{ userId, symbols: SYMBOLS, rounds: options.rounds }],
      });
    let done = false;
    const all = Promise.all(
      userIds.map((userId) => finished(client, `campaign-${userId}`, started + options.limitMs)),
    ).then((ends) => {
      done = true;
      return ends.every(Boolean);
    });
    const serverKills = await disturb({
      options,
      random,
      worker,
      servers,
      say,
      isDone: () => done,
      until: started + options.limitMs,
    });
    const finishedAll = await all;
    await control.clearFaults();
    await watch.stop();
    const evidence = await Promise.all(
      userIds.map((userId) => gatherEvidence(database, control, userId, before.get(userId)!, [foreignId(userId)])),
    );
    return {
      ...judge(evidence),
      seed,
      seconds: Math.round((Date.now() - started) / 1000),
      rounds: options.users * options.rounds,
      workerKills: { ...worker.kills },
      serverKills,
      unprotectedLongestMs: watch.longestMs(),
      finished: finishedAll,
    };
  } finally {
    await worker.stop();
    await connection.close();
    await database.close();
    await servers.stop();
  }
}

function workerEnv(servers: TestServers, { fence }: CampaignOptions): Record<string, string> {
  return {
    DATA_DIR: servers.dataDir,
    TEMPORAL_ADDRESS: servers.temporalAddress,
    MONGODB_URI: servers.mongodbUri,
    EXCHANGE_URL: servers.exchangeUrl,
    EXCHANGE_CONTROL_URL: servers.controlUrl,
    CAMPAIGN: 'true',
    CRASH_POINTS: '*=0.004',
    LOG_LEVEL: 'warn',
    ...(fence ? {} : { ORDER_FENCE: 'off' }),
  };
}

/** An account with money, holdings that were there before, and an order that somebody placed by hand. */
async function prepareAccount(
  servers: TestServers,
  control: Control,
  userId: string,
): Promise<AccountEvidence['before']> {
  const balances = { USDT: '100000', BTC: String(FOREIGN_HOLDINGS.BTC), ETH: String(FOREIGN_HOLDINGS.ETH) };
  const key = await control.account(userId, balances);
  const before = (await control.ledger(userId)).balances;
  const exchange = new ccxt.binance({
    apiKey: key.apiKey,
    secret: key.secret,
    options: { defaultType: 'spot', fetchMarkets: { types: ['spot'] }, fetchMargins: false, fetchCurrencies: false },
  });
  const api = exchange.urls['api'] as Record<string, string>;
  api['public'] = `${servers.exchangeUrl}/api/v3`;
  api['private'] = `${servers.exchangeUrl}/api/v3`;
  await exchange.loadMarkets();
  const ticker = await exchange.fetchTicker('BTC/USDT');
  await exchange.createOrder('BTC/USDT', 'limit', 'buy', 0.001, Number(((ticker.last ?? 50_000) * 0.8).toFixed(2)), {
    newClientOrderId: foreignId(userId),
  });
  return before;
}

const foreignId = (userId: string): string => `by-hand-${userId}`.slice(0, 36);

async function finished(client: Client, workflowId: string, until: number): Promise<boolean> {
  for (;;) {
    try {
      const { status } = await client.workflow.getHandle(workflowId).describe();
      if (status.name === 'COMPLETED') return true;
      if (status.name !== 'RUNNING') return false;
    } catch {
      // Temporal is being killed: ask again
    }
    if (Date.now() > until) return false;
    await new Promise((next) => setTimeout(next, 500));
  }
}

interface Disturbance {
  options: CampaignOptions;
  random(): number;
  worker: ReturnType<typeof startCampaignWorker>;
  servers: TestServers;
  say(line: string): void;
  isDone(): boolean;
  until: number;
}

/** Kills the worker at random times, and the servers now and then, until the campaign is over. */
async function disturb({ options, random, worker, servers, say, isDone, until }: Disturbance): Promise<number> {
  let serverKills = 0;
  let kills = 0;
  while (!isDone() && Date.now() < until) {
    await new Promise((next) => setTimeout(next, 1_500 + random() * 4_000));
    if (isDone()) break;
    if (kills < options.kills && worker.upSince() !== null) {
      worker.kill();
      kills += 1;
      if (kills % 10 === 0) say(`${kills} kills at random, ${worker.kills.atCrashPoints} at crash points`);
    }
    if (options.servers && kills > 0 && kills % 15 === 0 && serverKills < kills / 15) {
      const name = serverKills % 2 === 0 ? 'mongodb' : 'temporal';
      say(`killing ${name}`);
      await servers.kill9(name);
      await servers.restart(name);
      serverKills += 1;
    }
  }
  return serverKills;
}
