/** Kills workers at random times, and servers now and then, until the campaign is over. */
import type { TestServer, TestServers } from '../../launcher/lab.js';
import type { CampaignWorker } from './worker.js';

export interface Disturbance {
  random(): number;
  workers: readonly CampaignWorker[];
  servers: TestServers;
  /** Kills of workers at random times, at most. */
  kills: number;
  /** Ms between two of them, on average. */
  everyMs: number;
  /** The servers that are killed in turn, one for every `SERVER_EVERY` kills of workers. */
  killed: readonly TestServer[];
  say(line: string): void;
  isDone(): boolean;
}

export interface Disturbed {
  /** True while exchange, database, Temporal and all workers are up and had a moment to find each other. */
  connected(): boolean;
  serverKills: Record<string, number>;
  /** Counts restarts of the exchange: its market's clock stood still. */
  exchangeRestarts(): number;
  ended: Promise<void>;
}

const SERVER_EVERY = 12;
const SETTLE_MS = 2_000;

export function disturb(plan: Disturbance): Disturbed {
  const { workers, servers, random, say } = plan;
  const serverKills: Record<string, number> = {};
  let outage = false;
  let outageEnded = 0;

  async function killServer(name: TestServer): Promise<void> {
    say(`killing ${name}`);
    outage = true;
    await servers.kill9(name);
    await new Promise((next) => setTimeout(next, random() * 2_000));
    await servers.restart(name);
    serverKills[name] = (serverKills[name] ?? 0) + 1;
    outageEnded = Date.now();
    outage = false;
  }

  async function run(): Promise<void> {
    let kills = 0;
    let serversKilled = 0;
    while (!plan.isDone()) {
      const wait = plan.everyMs * (0.3 + 1.4 * random());
      for (const until = Date.now() + wait; Date.now() < until && !plan.isDone(); )
        await new Promise((next) => setTimeout(next, 100));
      if (plan.isDone()) return;
      const up = workers.filter((worker) => worker.upSince() !== null);
      const victim = up[Math.floor(random() * up.length)];
      if (kills < plan.kills && victim) {
        victim.kill();
        kills += 1;
        if (kills % 10 === 0)
          say(
            `${kills} kills at random, ${workers.reduce((sum, one) => sum + one.kills.atCrashPoints, 0)} at crash points`,
          );
      }
      if (plan.killed.length > 0 && serversKilled < Math.floor(kills / SERVER_EVERY))
        await killServer(plan.killed[serversKilled++ % plan.killed.length]!);
    }
  }

  return {
    serverKills,
    exchangeRestarts: () => serverKills['simulator'] ?? 0,
    connected: () => {
      const now = Date.now();
      const long = (since: number | null): boolean => since !== null && now - since > SETTLE_MS;
      return !outage && now - outageEnded > SETTLE_MS && workers.every((worker) => long(worker.upSince()));
    },
    ended: run(),
  };
}
