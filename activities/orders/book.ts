/** A position's books: its fills as the exchange told them, and what they make of it. */
import { Decimal } from 'decimal.js';
import type { StoredPosition } from '../../adapters/database/positionsRepository.js';
import type { StoredOrder } from '../../adapters/database/ordersRepository.js';
import type { OrderReport } from '../../adapters/exchange/port.js';
import { applyFills } from '../../trading/pnl/index.js';
import type { Fill, Position } from '../../trading/types.js';
import type { Desk } from './desk.js';
import { withFeesValued } from './fees.js';
import { firstNote, noteReport } from './note.js';

/** An order's fills, at least up to what it reports as executed: it may have gone on since. Reads may lag: it waits. */
export async function completeFills(desk: Desk, report: OrderReport): Promise<Fill[]> {
  const executed = new Decimal(report.executedQuantity);
  if (executed.isZero()) return [];
  let fills = report.fills ?? [];
  for (let round = 0; sumOf(fills).lt(executed); round++) {
    if (round > 0) await desk.pause(Math.min(1_000, 200 * round));
    desk.heartbeat(`fills of ${report.clientOrderId}`);
    fills = await desk.account.trades(report.symbol, { orderId: report.orderId });
    if (round >= 30 && sumOf(fills).lt(executed))
      throw new Error(
        `${report.symbol} ${report.clientOrderId}: ${executed} executed but the trades add up to ${sumOf(fills)}`,
      );
  }
  return withFeesValued(desk.venue, fills);
}

/**
 * Stores an order's fills and then what the exchange said of it: an order stands as filled only where its fills do.
 * (An entry is noted after its position as well: ./entry.ts.)
 */
export async function takeFills(desk: Desk, report: OrderReport, evidence: string): Promise<Fill[]> {
  return (await takeFillsOnce(desk, report, evidence)).fills;
}

/** The same; `areNew` where nobody had stored any of them before: what was read of the books before may be added to. */
export async function takeFillsOnce(
  desk: Desk,
  report: OrderReport,
  evidence: string,
): Promise<{ fills: Fill[]; areNew: boolean }> {
  const { fills: store, orders, inOrder } = desk.deps.repositories;
  const fills = await completeFills(desk, report);
  if (fills.length === 0) {
    await noteReport(desk, report, evidence);
    return { fills, areNew: false };
  }
  const labelled = labelledFills(desk, report, fills);
  if (evidence === 'response') {
    const writes = [...store.inserting(desk.userId, labelled), orders.moving(firstNote(report, fills))];
    if (await inOrder(writes)) return { fills, areNew: true };
  }
  await store.insert(desk.userId, labelled);
  await noteReport(desk, report, evidence, fills);
  return { fills, areNew: false };
}

export const labelledFills = (desk: Desk, { clientOrderId }: OrderReport, fills: readonly Fill[]) =>
  fills.map((fill) => ({ ...fill, clientOrderId, mode: desk.mode }));

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
 *
 * @param known its orders, where they were just read
 */
export async function booksOf(desk: Desk, position: StoredPosition, known?: StoredOrder[]): Promise<Books> {
  const { orders, fills } = desk.deps.repositories;
  const sent = known ?? (await orders.ofPosition(desk.userId, position.id));
  const executed = sent.filter((order) => order.exchangeOrderId && order.filledQuantity > 0);
  const ofAll = await fills.byOrders(
    desk.userId,
    executed.map((order) => order.exchangeOrderId!),
  );
  const all: Fill[] = [];
  for (const entry of sent.filter(isNotNoted)) all.push(...(await missingFills(desk, entry)));
  for (const order of executed) {
    const stored = ofAll.filter(({ orderId, symbol }) => orderId === order.exchangeOrderId && symbol === order.symbol);
    all.push(...(sumOf(stored).lt(order.filledQuantity) ? await missingFills(desk, order) : stored));
  }
  return booksFrom(position, sent, await withFeesValued(desk.venue, all));
}

/**
 * A position is there only because its entry executed: an attempt that died between the two has not noted it
 * (openPosition in ./entry.ts). Without its fills the position would be taken for empty.
 */
const isNotNoted = (order: StoredOrder): boolean =>
  order.purpose === 'ENTRY' && (isUnresolved(order) || order.status === 'ABANDONED');

/** What became of it is not known. */
export const isUnresolved = ({ status }: StoredOrder): boolean => status === 'SUBMITTING' || status === 'UNKNOWN';

/** @param fills all of them, their fees valued in the quote currency */
export function booksFrom(position: StoredPosition, orders: StoredOrder[], fills: Fill[]): Books {
  const empty: Position = {
    ...position,
    quantity: '0',
    entryQuantity: '0',
    entryPrice: '0',
    entryFee: '0',
    realizedPnl: '0',
    highestPrice: '0',
  };
  const applied = applyFills(empty, fills);
  const highestPrice = Decimal.max(applied.highestPrice, position.highestPrice).toFixed();
  const quantity = Decimal.max(0, new Decimal(applied.quantity).minus(position.missing ?? 0)).toFixed();
  return { position: { ...applied, quantity, highestPrice }, fills, orders };
}

async function missingFills(desk: Desk, order: StoredOrder): Promise<Fill[]> {
  const report = await desk.account.queryOrder(order.symbol, order.clientOrderId);
  if (!report)
    throw new Error(`${order.symbol} ${order.clientOrderId}: executed, but the exchange does not show it now`);
  return takeFills(desk, report, 'query');
}
