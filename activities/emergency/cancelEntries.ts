/**
 * Cancels every entry of ours that may be open on the exchange and verifies it. Orders of others are left alone: ours
 * are known by their prefix. An entry that turns out to be filled becomes a protected position.
 */
import { isOwnOrder } from '../../trading/orders/index.js';
import { adoptEntry } from '../orders/adopt.js';
import type { Desk } from '../orders/desk.js';
import { noteReport } from '../orders/note.js';
import type { CancelReport } from '../types.js';

export async function cancelOpenEntries(desk: Desk): Promise<CancelReport> {
  const { orders, positions } = desk.deps.repositories;
  const report: CancelReport = { cancelled: [], adopted: 0 };
  for (const order of await orders.unresolvedByUser(desk.userId))
    if (order.purpose === 'ENTRY' && (await adoptEntry(desk, order))) report.adopted += 1;

  // Side by side: an exchange that answers slowly is waited for once and not for each symbol.
  const symbols = await listedSymbols(desk, await positions.open(desk.userId));
  const cancelled = await Promise.allSettled(symbols.map((symbol) => cancelEntriesOf(desk, symbol, report)));
  for (const one of cancelled) if (one.status === 'rejected') throw one.reason;
  return report;
}

async function cancelEntriesOf(desk: Desk, symbol: string, report: CancelReport): Promise<void> {
  const { orders } = desk.deps.repositories;
  for (let round = 0; ; round++) {
    desk.heartbeat(`open entries of ${symbol}`);
    const entries = (await desk.account.openOrders(symbol)).filter(
      (order) => isOwnOrder(order.clientOrderId) && order.side === 'BUY',
    );
    if (entries.length === 0) return;
    for (const order of entries) {
      const after = await desk.account.cancelOrder(symbol, order.clientOrderId);
      if (!after) continue;
      report.cancelled.push({ symbol, clientOrderId: order.clientOrderId, purpose: 'ENTRY' });
      // What was bought before the cancel is noted after its position: whoever is killed in between is followed.
      const stored = Number(after.executedQuantity) > 0 ? await orders.get(order.clientOrderId) : null;
      if (stored && (await adoptEntry(desk, stored))) report.adopted += 1;
      else await noteReport(desk, after, 'cancel');
    }
    if (round >= 20) throw new Error(`${symbol}: entries stay open after ${round} cancels`);
    await desk.pause(150);
  }
}

/**
 * The symbols on which something of the user's may rest. One that the exchange doesn't list (any more) holds no order,
 * and asking for it would keep an emergency from ever finishing.
 */
export async function listedSymbols(desk: Desk, held: readonly { symbol: string }[]): Promise<string[]> {
  const rules = await desk.venue.exchange.market.symbolRules();
  const wanted = new Set([...desk.config.symbols, ...held.map((position) => position.symbol)]);
  return [...wanted].filter((symbol) => rules.has(symbol));
}
