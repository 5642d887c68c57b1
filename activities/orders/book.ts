/** A position's books: its fills as the exchange told them, and what they make of it. */
import { Decimal } from 'decimal.js';
import type { StoredPosition } from '../../adapters/database/positionsRepository.js';
import type { StoredOrder } from '../../adapters/database/ordersRepository.js';
import type { OrderReport } from '../../adapters/exchange/port.js';
import { stateOfReport } from '../../trading/orders/index.js';
import { applyFills, feeInQuote } from '../../trading/pnl/index.js';
import type { Fill, Position } from '../../trading/types.js';
import type { Desk } from './desk.js';

/** An order's fills, complete up to what it reports as executed; stored, and its fees noted. Reads may lag: it waits. */
export async function takeFills(desk: Desk, report: OrderReport): Promise<Fill[]> {
  const executed = new Decimal(report.executedQuantity);
  if (executed.isZero()) return [];
  const { fills: store, orders } = desk.deps.repositories;
  let fills = report.fills ?? [];
  for (let round = 0; !sumOf(fills).eq(executed); round++) {
    if (round > 0) await desk.pause(Math.min(1_000, 200 * round));
    desk.heartbeat(`fills of ${report.clientOrderId}`);
    fills = await desk.account.trades(report.symbol, { orderId: report.orderId });
    if (round >= 30 && !sumOf(fills).eq(executed))
      throw new Error(
        `${report.symbol} ${report.clientOrderId}: ${executed} executed but the trades add up to ${sumOf(fills)}`,
      );
  }
  await store.insert(
    desk.userId,
    fills.map((fill) => ({ ...fill, clientOrderId: report.clientOrderId, mode: desk.mode })),
  );
  const fees = fills.reduce((sum, fill) => sum.plus(feeInQuote(fill)), new Decimal(0)).toFixed();
  // Nearly always in the state that was just reported; where a later word came first, in that.
  const reported = stateOfReport(report.status, report.executedQuantity);
  if (await orders.transition(report.clientOrderId, [reported], reported, 'fills', { fees })) return fills;
  const stored = await orders.get(report.clientOrderId);
  if (stored) await orders.transition(report.clientOrderId, [stored.status], stored.status, 'fills', { fees });
  return fills;
}

const sumOf = (fills: readonly Fill[]): Decimal => fills.reduce((sum, fill) => sum.plus(fill.quantity), new Decimal(0));

export interface Books {
  position: Position;
  fills: Fill[];
  orders: StoredOrder[];
}

/**
 * What all stored fills of its orders make of a position, computed from nothing: repeating it changes nothing. Orders
 * and fills are of one reading: an order whose stored fills fall short of what it executed is asked for the rest first,
 * so that nobody sells again what another attempt has just sold.
 */
export async function booksOf(desk: Desk, position: StoredPosition): Promise<Books> {
  const { orders, fills } = desk.deps.repositories;
  const sent = await orders.ofPosition(desk.userId, position.id);
  const all: Fill[] = [];
  for (const order of sent) {
    if (!order.exchangeOrderId || order.filledQuantity === 0) continue;
    const stored = await fills.byOrder(desk.userId, order.exchangeOrderId);
    all.push(...(sumOf(stored).lt(order.filledQuantity) ? await missingFills(desk, order) : stored));
  }
  const empty: Position = {
    ...position,
    quantity: '0',
    entryQuantity: '0',
    entryPrice: '0',
    entryFee: '0',
    realizedPnl: '0',
    highestPrice: '0',
  };
  const applied = applyFills(empty, all);
  const highestPrice = Decimal.max(applied.highestPrice, position.highestPrice).toFixed();
  return { position: { ...applied, highestPrice }, fills: all, orders: sent };
}

async function missingFills(desk: Desk, order: StoredOrder): Promise<Fill[]> {
  const report = await desk.account.queryOrder(order.symbol, order.clientOrderId);
  if (!report)
    throw new Error(`${order.symbol} ${order.clientOrderId}: executed, but the exchange does not show it now`);
  return takeFills(desk, report);
}
