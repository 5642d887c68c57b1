/**
 * An entry that a dead attempt left without an outcome, or that appeared after it was given up: found filled, it
 * becomes the position it was meant to be and is protected; found dead, it is noted so; not found, it stays given up.
 */
import { ExchangeError } from '../../adapters/exchange/errors.js';
import type { StoredOrder } from '../../adapters/database/ordersRepository.js';
import { protectionLevels } from '../../trading/orders/index.js';
import { asBare } from '../../adapters/exchange/priority.js';
import type { Desk } from './desk.js';
import { averageOf, openPosition, settleEntry, tradeExecuted } from './entry.js';
import { noteReport } from './note.js';
import { type Known, place } from './place.js';
import { protect } from './protection.js';

/** @returns true where the entry turned out to be (partly) filled */
export async function adoptEntry(desk: Desk, order: StoredOrder): Promise<boolean> {
  const found = order.status === 'ABANDONED' ? await shown(desk, order) : await resolved(desk, order);
  return found !== null && asBare(() => adopt(desk, order, found));
}

async function adopt(desk: Desk, order: StoredOrder, found: Known): Promise<boolean> {
  const { symbol, intentId, clientOrderId } = order;
  const { report, evidence } = await settleEntry(desk, symbol, found);
  if (Number(report.executedQuantity) === 0) {
    await noteReport(desk, report, evidence);
    return false;
  }
  const rules = await desk.rules(symbol);
  const referencePrice = averageOf(report);
  const { signalId = null, confidence = 0, strategy, leadingStrategy } = order.decision ?? {};
  const { stopLossPct, takeProfitPct } = desk.config;
  const levels = protectionLevels({ entryPrice: referencePrice, config: desk.config, rules });
  const decided = {
    intentId,
    symbol,
    referencePrice,
    ...levels,
    stopLossPct,
    takeProfitPct,
    signalId: signalId ?? '',
    strategy: strategy ?? undefined,
    leadingStrategy,
  };
  const { position } = await openPosition(desk, decided, report, evidence, rules);
  desk.lines.push({
    level: 'WARNING',
    component: 'EXECUTOR',
    message: `${symbol}: an entry whose outcome was unknown is filled; protecting it`,
    data: { clientOrderId },
  });
  const isOpen = position.status !== 'CLOSED' && (await protect(desk, position)) !== 'closed';
  if (signalId) await desk.deps.repositories.signals.markExecuted(signalId, referencePrice, isOpen);
  const { stopPrice, targetPrice } = position;
  const event = tradeExecuted(desk, report, { symbol, stopPrice, targetPrice, confidence });
  await desk.deps.notify(desk.userId, event).catch(() => void desk.events.push(event));
  return true;
}

async function shown(desk: Desk, { symbol, clientOrderId }: StoredOrder): Promise<Known | null> {
  const report = await desk.account.queryOrder(symbol, clientOrderId);
  return report && { kind: 'known', reports: [report], evidence: 'query' };
}

async function resolved(desk: Desk, order: StoredOrder): Promise<Known | null> {
  const { symbol } = order;
  const asNew = { ...order, quantity: String(order.quantity), price: null, stopPrice: null };
  const outcome = await place(desk, {
    symbol,
    orders: [asNew],
    // The intent is stored, so place() resolves it and never sends.
    send: () => Promise.reject(new ExchangeError('NotSupportedByVenue', 'an unresolved entry is never sent again')),
  });
  return outcome.kind === 'known' ? outcome : null;
}
