/**
 * An entry that a dead attempt left without an outcome, or that appeared after it was given up: found filled, it
 * becomes the position it was meant to be and is protected; found dead, it is noted so; not found, it stays given up.
 */
import { ExchangeError } from '../../adapters/exchange/errors.js';
import type { StoredOrder } from '../../adapters/database/ordersRepository.js';
import { protectionLevels } from '../../trading/orders/index.js';
import { takeFills } from './book.js';
import type { Desk } from './desk.js';
import { averageOf, openPosition, settleEntry, tradeExecuted } from './entry.js';
import { noteReport, place } from './place.js';
import { protect } from './protection.js';

/** @returns true where the entry turned out to be (partly) filled */
export async function adoptEntry(desk: Desk, order: StoredOrder): Promise<boolean> {
  const { symbol, clientOrderId, intentId } = order;
  const report =
    order.status === 'ABANDONED' ? await desk.account.queryOrder(symbol, clientOrderId) : await resolved(desk, order);
  if (!report) return false;
  const settled = await settleEntry(desk, symbol, report);
  await noteReport(desk, settled, 'query');
  if (Number(settled.executedQuantity) === 0) return false;
  const rules = await desk.rules(symbol);
  const fills = await takeFills(desk, settled);
  const referencePrice = averageOf(settled);
  const { signalId = null, confidence = 0, strategy, leadingStrategy } = order.decision ?? {};
  const levels = protectionLevels({ entryPrice: referencePrice, config: desk.config, rules });
  const position = await openPosition(
    desk,
    {
      intentId,
      symbol,
      referencePrice,
      ...levels,
      signalId: signalId ?? '',
      strategy: strategy ?? undefined,
      leadingStrategy,
    },
    settled,
    fills,
    rules,
  );
  desk.lines.push({
    level: 'WARNING',
    component: 'EXECUTOR',
    message: `${symbol}: an entry whose outcome was unknown is filled; protecting it`,
    data: { clientOrderId },
  });
  if (position.status !== 'CLOSED') await protect(desk, position);
  if (signalId) await desk.deps.repositories.signals.markExecuted(signalId, referencePrice);
  const { stopPrice, targetPrice } = position;
  const event = tradeExecuted(desk, settled, { symbol, stopPrice, targetPrice, confidence });
  await desk.deps.notify(desk.userId, event).catch(() => void desk.events.push(event));
  return true;
}

async function resolved(desk: Desk, order: StoredOrder) {
  const { symbol } = order;
  const asNew = { ...order, quantity: String(order.quantity), price: null, stopPrice: null };
  const outcome = await place(desk, {
    symbol,
    orders: [asNew],
    // The intent is stored, so place() resolves it and never sends.
    send: () => Promise.reject(new ExchangeError('NotSupportedByVenue', 'an unresolved entry is never sent again')),
  });
  return outcome.kind === 'known' ? outcome.reports[0]! : null;
}
