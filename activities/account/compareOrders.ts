/** The exchange's open orders against ours: theirs are left alone, ours that outlived their position are cancelled. */
import type { StoredOrder } from '../../adapters/database/ordersRepository.js';
import type { AccountExchange, OrderReport } from '../../adapters/exchange/port.js';
import { canTransition, isOwnOrder, stateOfReport } from '../../trading/orders/index.js';
import type { Finding } from '../../trading/reconcile/index.js';
import type { ActivityDependencies } from '../dependencies.js';
import type { OrdersAsked } from './sortTrades.js';

export interface Compared {
  findings: Finding[];
  /** Client order ids that are not ours and were not known before. */
  foreignOrders: string[];
  attention: boolean;
}

/** Younger orders may belong to a step that is under way, ms. */
const SETTLED_MS = 30_000;

export async function compareOrders(
  deps: ActivityDependencies,
  exchange: AccountExchange,
  asked: OrdersAsked,
): Promise<Compared> {
  const compared: Compared = { findings: [], foreignOrders: [], attention: false };
  // Ours first: an order that is placed meanwhile is then missing from our list and not from the exchange's.
  const ours = (await deps.repositories.orders.openByUser(asked.userId)).filter(
    ({ mode, symbol }) => mode === asked.mode && asked.symbols.includes(symbol),
  );
  const resting = (await Promise.all(asked.symbols.map((symbol) => exchange.openOrders(symbol)))).flat();
  for (const report of resting) await judgeResting(deps, exchange, asked, compared, report);
  const open = new Set(resting.map(({ clientOrderId }) => clientOrderId));
  for (const order of ours.filter(({ clientOrderId }) => !open.has(clientOrderId)))
    await catchUp(deps, exchange, compared, order);
  return compared;
}

async function judgeResting(
  deps: ActivityDependencies,
  exchange: AccountExchange,
  asked: OrdersAsked,
  compared: Compared,
  { symbol, clientOrderId, orderListId }: OrderReport,
): Promise<void> {
  const isKnown = asked.stored.foreignOrders.includes(clientOrderId);
  const order = isOwnOrder(clientOrderId) ? await deps.repositories.orders.get(clientOrderId) : null;
  if (!order) {
    if (isKnown) return;
    const code = isOwnOrder(clientOrderId) ? 'OWN_ORDER_UNKNOWN' : 'FOREIGN_ORDER';
    const word = code === 'FOREIGN_ORDER' ? 'foreign' : 'unknown';
    compared.foreignOrders.push(clientOrderId);
    compared.findings.push({ code, id: `${word}-${clientOrderId}`, symbol, clientOrderId });
    return;
  }
  const position = order.positionId ? await deps.repositories.positions.get(order.positionId) : null;
  if (position?.status !== 'CLOSED' || deps.now() - order.updatedAt.getTime() < SETTLED_MS) return;
  if (orderListId) await exchange.cancelOrderList(symbol, orderListId);
  else await exchange.cancelOrder(symbol, clientOrderId);
  compared.findings.push({ code: 'OWN_ORDER_ORPHANED', id: `orphaned-${clientOrderId}`, symbol, clientOrderId });
}

/** An order that no longer rests: noted here where nobody else looks after it any more. */
async function catchUp(
  deps: ActivityDependencies,
  exchange: AccountExchange,
  compared: Compared,
  order: StoredOrder,
): Promise<void> {
  const { symbol, clientOrderId, status, positionId } = order;
  const report = await exchange.queryOrder(symbol, clientOrderId);
  if (!report || report.status === 'NEW' || report.status === 'PARTIALLY_FILLED') return;
  compared.findings.push({ code: 'OWN_ORDER_BEHIND', id: `behind-${clientOrderId}`, symbol, clientOrderId });
  compared.attention = true;
  const position = positionId ? await deps.repositories.positions.get(positionId) : null;
  if (position && position.status !== 'CLOSED') return;
  const state = stateOfReport(report.status, report.executedQuantity);
  if (canTransition(status, state))
    await deps.repositories.orders.transition(clientOrderId, [status], state, 'reconciliation', {
      exchangeOrderId: report.orderId,
      filledQuantity: report.executedQuantity,
    });
}
