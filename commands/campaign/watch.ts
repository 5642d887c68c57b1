/** Watches holdings on the exchange while a campaign runs: for how long is anything of ours there without protection? */
import type { Control } from './control.js';
import type { Ledger } from './judge.js';

export interface UnprotectedWatch {
  /** Longest time, ms, that a holding above dust was without protection while exchange and worker were up. */
  longestMs(): number;
  samples(): number;
  stop(): Promise<void>;
}

const SAMPLE_MS = 400;
/** Quote units below which a holding is dust. */
const DUST = 7;

export function watchUnprotected(
  control: Control,
  accounts: string[],
  foreignHoldings: Record<string, number>,
  connected: () => boolean,
): UnprotectedWatch {
  const since = new Map<string, number>();
  let longest = 0;
  let samples = 0;
  let running = true;

  async function sample(): Promise<void> {
    for (const account of accounts) {
      if (!running) return;
      let ledger: Ledger;
      try {
        ledger = await control.ledger(account);
      } catch {
        since.clear();
        continue;
      }
      samples += 1;
      const now = Date.now();
      for (const { asset, free } of ledger.balances) {
        if (asset === 'USDT') continue;
        const key = `${account} ${asset}`;
        const own = Number(free) - (foreignHoldings[asset] ?? 0);
        const unprotected = own * lastPrice(ledger, `${asset}USDT`) > DUST;
        if (!unprotected || !connected()) since.delete(key);
        else {
          const began = since.get(key) ?? now;
          since.set(key, began);
          longest = Math.max(longest, now - began);
        }
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
    samples: () => samples,
    async stop() {
      running = false;
      await loop;
    },
  };
}

const lastPrice = (ledger: Ledger, symbol: string): number =>
  Number(ledger.trades.filter((trade) => trade.symbol === symbol).at(-1)?.price ?? 0);
