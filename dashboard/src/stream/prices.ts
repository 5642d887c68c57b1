import { get } from '../api/client.js';
import type { MarketEntry } from '../api/types.js';

const EVERY_MS = 700;

/** Asks for prices again and again until `signal` aborts; a failure is passed over, as the pages ask for themselves. */
export async function pollPrices(tell: (data: string) => void, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const begun = Date.now();
    await get<{ items: MarketEntry[] }>('/api/market', {}, signal).then(
      (market) => tell(JSON.stringify(market)),
      () => undefined,
    );
    const wait = Math.max(100, EVERY_MS - (Date.now() - begun));
    await new Promise((resolve) => window.setTimeout(resolve, wait));
  }
}
