/** Watches holdings on the exchange while a campaign runs: for how long is anything of ours there without protection? */
import type { Control } from './control.js';

export interface UnprotectedWatch {
  /** Longest time, ms, that a holding above dust was without protection while everything was up. */
  longestMs(): number;
  /** The same by the clock on the wall, outages and dead workers included. */
  longestWallMs(): number;
  /** One line for each that took more than the limit. */
  tooLong(): string[];
  /** By how many kills fell into it: how many holdings were bare for longer than a look, and for how long at most. */
  byKills(): Record<number, { holdings: number; longestMs: number }>;
  stop(): Promise<void>;
}

const SAMPLE_MS = 250;
/** Quote units below which a holding is dust. */
const DUST = 7;
/** The promise: ms of working connectivity. */
export const LIMIT_MS = 10_000;

interface Episode {
  began: number;
  killsBefore: number;
  /** Ms of it during which everything was up. */
  connectedMs: number;
  quantity: number;
}

/**
 * The clock of a holding stands still while a server or every worker is down, and goes on from where it was with the
 * moment at which they answer again: what the product needs to find itself again counts, and so do faults at the wire and
 * the loss of one worker of several.
 *
 * @param prices quote units of one unit, by asset
 * @param state whether exchange, database and Temporal answer and a worker is ready; kills of anything so far
 */
export function watchUnprotected(
  control: Control,
  accounts: readonly string[],
  foreignHoldings: Record<string, number>,
  prices: Record<string, number>,
  state: { connected(): boolean; kills(): number },
): UnprotectedWatch {
  const wanted = new Set(accounts);
  const episodes = new Map<string, Episode>();
  /** Dust that closed positions left, by account and asset: it grows by less than the limit at a time. */
  const dust = new Map<string, number>();
  const tooLong: string[] = [];
  let longest = 0;
  let longestWall = 0;
  const byKills: Record<number, { holdings: number; longestMs: number }> = {};
  let running = true;
  let last = Date.now();

  function close(key: string): void {
    const episode = episodes.get(key);
    if (!episode) return;
    episodes.delete(key);
    const wallMs = Date.now() - episode.began;
    longest = Math.max(longest, episode.connectedMs);
    longestWall = Math.max(longestWall, wallMs);
    const kills = state.kills() - episode.killsBefore;
    const alike = (byKills[kills] ??= { holdings: 0, longestMs: 0 });
    alike.holdings += 1;
    alike.longestMs = Math.max(alike.longestMs, episode.connectedMs);
    if (episode.connectedMs > LIMIT_MS)
      tooLong.push(
        `${key} ${episode.quantity.toFixed(6)}: ${(episode.connectedMs / 1000).toFixed(1)} s over ${kills} kills, by the wall ${(wallMs / 1000).toFixed(1)} s, from ${new Date(episode.began).toISOString()}`,
      );
  }

  async function sample(): Promise<void> {
    const up = state.connected();
    const now = Date.now();
    const passed = up ? now - last : 0;
    last = now;
    let balances: Awaited<ReturnType<Control['balances']>>;
    try {
      balances = await control.balances();
    } catch {
      return;
    }
    for (const { account, balances: held } of balances) {
      if (!wanted.has(account)) continue;
      for (const { asset, free } of held) {
        const price = prices[asset];
        if (price === undefined) continue;
        const key = `${account} ${asset}`;
        const own = Number(free) - (foreignHoldings[asset] ?? 0);
        const bare = own - (dust.get(key) ?? 0);
        if (bare * price <= DUST) {
          close(key);
          dust.set(key, own);
          continue;
        }
        const episode = episodes.get(key) ?? { began: now, killsBefore: state.kills(), connectedMs: 0, quantity: bare };
        if (episodes.has(key)) episode.connectedMs += passed;
        episodes.set(key, episode);
      }
    }
  }

  const loop = (async () => {
    while (running) {
      await sample();
      await new Promise((done) => setTimeout(done, SAMPLE_MS));
    }
  })();
  return {
    longestMs: () => longest,
    longestWallMs: () => longestWall,
    tooLong: () => tooLong,
    byKills: () => byKills,
    async stop() {
      running = false;
      await loop;
      for (const key of [...episodes.keys()]) close(key);
    },
  };
}
