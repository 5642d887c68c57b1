/** One kill after another, each followed by a wait until every user's cycles are completed again. */
import { pause } from '../../launcher/processes.js';
import type { ProcessName, Product } from './product.js';
import { shuffledPlan } from './statistics.js';
import { statusOf, type Trader } from './traders.js';

export interface Kill {
  process: ProcessName;
  /** From the kill until the launcher says that the process is back, ms; null where it was not within two minutes. */
  backMs: number | null;
  /** From there until every user has completed a further cycle, ms; null where one had not within two minutes. */
  recoveryMs: number | null;
  /** What users who did not resume say of themselves. */
  stuck: string[];
}

const PATIENCE = 120_000;
const LOOK_EVERY = 250;

export interface KillPlan {
  product: Product;
  traders: readonly Trader[];
  processes: readonly ProcessName[];
  perProcess: number;
  random(): number;
  /** Real time, ms, after which no further kill is made. */
  until: number;
  each(kill: Kill, done: number, planned: number): void;
}

/** Kills in random order; ends early where a user did not resume: after that, nothing further can be measured. */
export async function killAll({
  product,
  traders,
  processes,
  perProcess,
  random,
  until,
  each,
}: KillPlan): Promise<Kill[]> {
  const plan = shuffledPlan(processes, perProcess, random);
  const kills: Kill[] = [];
  for (const name of plan) {
    // At any moment of a cycle, not always right after one.
    await pause(random() * 2_000);
    if (Date.now() > until) break;
    const kill = await killOne(product, traders, name);
    kills.push(kill);
    each(kill, kills.length, plan.length);
    if (kill.recoveryMs === null) break;
  }
  return kills;
}

async function killOne(product: Product, traders: readonly Trader[], name: ProcessName): Promise<Kill> {
  const pid = product.runtime().processes[name];
  if (pid === undefined) throw new Error(`runtime.json names no process ${name}`);
  process.kill(pid, 'SIGKILL');
  const killedAt = performance.now();
  const isBack = (): boolean => {
    const now = product.runtime().processes[name];
    return now !== undefined && now !== pid;
  };
  while (!isBack()) {
    if (performance.now() - killedAt > PATIENCE)
      return { process: name, backMs: null, recoveryMs: null, stuck: [`${name} did not come back`] };
    await pause(25);
  }
  const backAt = performance.now();
  const stuck = (await Promise.all(traders.map((trader) => resumed(product, trader)))).filter((one) => one !== null);
  return {
    process: name,
    backMs: Math.round(backAt - killedAt),
    recoveryMs: stuck.length > 0 ? null : Math.round(performance.now() - backAt),
    stuck,
  };
}

/**
 * Null when the user's counter has risen above what it was at the first answer after the process's return; what the
 * user's status says where it has not within two minutes.
 */
async function resumed(product: Product, trader: Trader): Promise<string | null> {
  const deadline = Date.now() + PATIENCE;
  let first: number | null = null;
  let last = 'no answer of the API';
  while (Date.now() < deadline) {
    try {
      const { cycle, status, emergency, lastError } = await statusOf(product, trader);
      first ??= cycle;
      if (cycle > first) return null;
      const why = status === 'RUNNING' ? lastError : emergency?.reason;
      last = `cycle ${cycle}, ${status}${why ? `, ${JSON.stringify(why)}` : ''}`;
    } catch (error) {
      last = (error as Error).message;
    }
    await pause(LOOK_EVERY);
  }
  return `${trader.userId}: ${last}`;
}
