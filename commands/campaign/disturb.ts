/** Kills workers at random times, and servers now and then, until the campaign is over. */
import type { TestServer, TestServers } from '../../launcher/lab.js';
import type { CampaignWorker } from './worker.js';

export interface Disturbance {
  random(): number;
  workers: readonly CampaignWorker[];
  servers: TestServers;
  /** Kills of workers at random times, at most. */
  kills: number;
  /** How long a worker lives after it has become ready, on average, ms. */
  everyMs: number;
  /** The servers that are killed in turn, one for every `SERVER_EVERY` kills of workers. */
  killed: readonly TestServer[];
  say(line: string): void;
  isDone(): boolean;
}

export interface Disturbed {
  /** Working connectivity: exchange, database and Temporal answer, and at least one worker is ready. */
  connected(): boolean;
  serverKills: Record<string, number>;
  /** Counts restarts of the exchange: its market's clock stood still. */
  exchangeRestarts(): number;
  ended: Promise<void>;
}

const SERVER_EVERY = 12;
const pause = (ms: number): Promise<void> => new Promise((next) => setTimeout(next, ms));
/** A worker works for at least as long as it took to start, on average. */
const LIFE_PER_START = 1.2;

export function disturb(plan: Disturbance): Disturbed {
  const { workers, servers, random, say } = plan;
  const serverKills: Record<string, number> = {};
  let outage = false;

  async function killServer(name: TestServer): Promise<void> {
    say(`killing ${name}`);
    outage = true;
    await servers.kill9(name);
    await pause(random() * 2_000);
    await servers.restart(name);
    serverKills[name] = (serverKills[name] ?? 0) + 1;
    outage = false;
  }

  let kills = 0;
  let serversKilled = 0;

  /** Each worker lives for its own random time after every start; on a machine that starts it slowly, for longer. */
  async function hunt(worker: CampaignWorker): Promise<void> {
    while (!plan.isDone() && kills < plan.kills) {
      const life = Math.max(plan.everyMs, worker.startMs() * LIFE_PER_START) * (0.2 + 1.6 * random());
      const born = worker.upSince();
      await pause(100);
      if (born === null) continue;
      while (!plan.isDone() && worker.upSince() === born && Date.now() < born + life) await pause(50);
      if (plan.isDone() || worker.upSince() !== born || outage) continue;
      worker.kill();
      kills += 1;
      if (plan.killed.length > 0 && serversKilled < Math.floor(kills / SERVER_EVERY))
        await killServer(plan.killed[serversKilled++ % plan.killed.length]!);
    }
  }

  return {
    serverKills,
    exchangeRestarts: () => serverKills['simulator'] ?? 0,
    connected: () => !outage && workers.some((worker) => worker.upSince() !== null),
    ended: Promise.all(workers.map(hunt)).then(() => undefined),
  };
}
