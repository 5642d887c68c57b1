/** Emergency stops of one user after another while all the others trade: how soon each was halted. */
import { pause } from '../../launcher/processes.js';
import type { EmergencyReceipt } from '../../trading/types.js';
import type { Product } from './product.js';
import { statusOf, type Trader } from './traders.js';

export interface Stops {
  /** From the request until the halt, ms. */
  haltedMs: number[];
  /** From the request until its answer, the finished receipt, ms. */
  answeredMs: number[];
  failed: string[];
}

const FINISHED_WITHIN = 20_000;

/** Spread evenly over the time; who was stopped is reset and trades on. */
export async function stopInTurn(
  product: Product,
  traders: readonly Trader[],
  { count, withinMs }: { count: number; withinMs: number },
): Promise<Stops> {
  const stops: Stops = { haltedMs: [], answeredMs: [], failed: [] };
  const began = Date.now();
  for (let number = 0; number < count; number += 1) {
    // From the middle of each share of the time, so that the last one is through before the end.
    await pause(Math.max(0, began + (withinMs * (number + 0.5)) / count - Date.now()));
    const trader = traders[Math.floor((number * traders.length) / count)]!;
    try {
      await stopOne(product, trader, stops);
    } catch (error) {
      stops.failed.push(`${trader.userId}: ${(error as Error).message}`);
    }
  }
  return stops;
}

async function stopOne(product: Product, trader: Trader, stops: Stops): Promise<void> {
  const asked = Date.now();
  let receipt = await product.ask<EmergencyReceipt>(trader.token, 'POST', '/api/trading/emergency-stop', {
    reason: 'measured',
    liquidate: true,
  });
  stops.answeredMs.push(Date.now() - asked);
  while (!receipt.finishedAt && Date.now() < asked + FINISHED_WITHIN) {
    await pause(250);
    receipt = (await statusOf(product, trader)).emergency ?? receipt;
  }
  if (!receipt.haltedAt || !receipt.finishedAt) throw new Error('the emergency stop did not finish');
  stops.haltedMs.push(Date.parse(receipt.haltedAt) - asked);
  await product.ask(trader.token, 'POST', '/api/trading/reset', {});
  await product.ask(trader.token, 'POST', '/api/trading/start', {});
}
