/**
 * Shadow mode: live's decisions on live's data, and nothing is sent. What would have been sent is stored as orders in
 * the state SHADOW, an entry with its stop and target; a position that would still be open is not entered again.
 */
import type { NewOrder, StoredOrder } from '../../adapters/database/ordersRepository.js';
import { NotSupportedByVenue } from '../../adapters/exchange/errors.js';
import type { AccountExchange } from '../../adapters/exchange/port.js';
import { clientOrderId, shadowEnd } from '../../trading/orders/index.js';
import { TIMEFRAME_MS, type TradePlan } from '../../trading/types.js';
import type { TradeReport } from '../types.js';
import type { Desk } from './desk.js';
import { whyNotNow } from './halts.js';

export const isShadow = ({ mode, shadow }: { mode: string; shadow: boolean }): boolean => mode === 'live' && shadow;

/** The last guard: an account that answers questions and takes no order and no cancel. */
export function silentAccount(account: AccountExchange): AccountExchange {
  const refuse = (): Promise<never> =>
    Promise.reject(new NotSupportedByVenue('shadow mode: nothing is sent to the exchange'));
  return { ...account, placeOrder: refuse, placeOco: refuse, cancelOrder: refuse, cancelOrderList: refuse };
}

export async function enterInShadow(desk: Desk, plan: TradePlan): Promise<TradeReport> {
  const { symbol, quantity, referencePrice, stopPrice, targetPrice } = plan;
  const halted = await whyNotNow(desk);
  const open = halted ? null : await stillOpen(desk, symbol);
  const why = halted ?? (open ? `the one decided at ${open.createdAt.toISOString()} would still be open` : null);
  if (!why) await keep(desk, plan);
  desk.lines.push({
    level: 'INFO',
    component: 'EXECUTOR',
    message: why
      ? `SHADOW ${symbol} BUY ${quantity} not decided: ${why}`
      : `SHADOW ${symbol} BUY ${quantity} at ${referencePrice}, stop ${stopPrice}, target ${targetPrice}: nothing was sent`,
    data: { intentId: plan.intentId, shadow: true },
  });
  const outcome = why ? 'REFUSED' : 'SHADOW';
  const { intentId } = plan;
  const { lines, events } = desk;
  return { intentId, symbol, outcome, quantity: '0', averagePrice: null, protected: true, lines, events };
}

async function keep(desk: Desk, plan: TradePlan): Promise<void> {
  const { intentId, symbol, quantity, referencePrice, stopPrice, targetPrice } = plan;
  const shared = { userId: desk.userId, intentId, symbol, quantity, mode: desk.mode, status: 'SHADOW' as const };
  const id = (leg: 'entry' | 'stop' | 'target'): string => clientOrderId({ intentId, leg, generation: 0 });
  const orders: NewOrder[] = [
    { ...shared, clientOrderId: id('entry'), side: 'BUY', type: 'MARKET', purpose: 'ENTRY', price: referencePrice },
    { ...shared, clientOrderId: id('stop'), side: 'SELL', type: 'STOP_LOSS', purpose: 'STOP', stopPrice },
    {
      ...shared,
      clientOrderId: id('target'),
      side: 'SELL',
      type: 'LIMIT_MAKER',
      purpose: 'TARGET',
      price: targetPrice,
    },
  ];
  await desk.deps.repositories.orders.insertIntents(orders.map((order) => ({ ...order, reason: 'shadow mode' })));
}

/** The entry in this symbol that would be open now; one that would have ended is noted with how. */
async function stillOpen(desk: Desk, symbol: string): Promise<StoredOrder | null> {
  const known = (await desk.deps.repositories.orders.inShadow(desk.userId)).filter((order) => order.symbol === symbol);
  const ended = new Set(known.filter(({ filledQuantity }) => filledQuantity > 0).map(({ intentId }) => intentId));
  const entry = known.find((order) => order.purpose === 'ENTRY' && !ended.has(order.intentId));
  if (!entry) return null;
  const legs = known.filter(({ intentId }) => intentId === entry.intentId);
  const stop = legs.find(({ purpose }) => purpose === 'STOP');
  const target = legs.find(({ purpose }) => purpose === 'TARGET');
  if (!stop || !target) return null;
  const { timeframe } = desk.config;
  const candles = await desk.venue.market.candles(symbol, timeframe);
  // Live's market runs with the clock: the candle after the one of the decision is the first that counts whole.
  const since =
    entry.createdAt.getTime() - (entry.createdAt.getTime() % TIMEFRAME_MS[timeframe]) + TIMEFRAME_MS[timeframe];
  const end = shadowEnd(candles, { since, stopPrice: stop.stopPrice ?? 0, targetPrice: target.price ?? Infinity });
  if (!end) return entry;
  const leg = end.leg === 'stop' ? stop : target;
  const level = String(leg.stopPrice ?? leg.price);
  await desk.deps.repositories.orders.transition(
    leg.clientOrderId,
    ['SHADOW'],
    'SHADOW',
    `the candle of ${new Date(end.time).toISOString()} reached it`,
    { filledQuantity: String(leg.quantity), averagePrice: level },
  );
  desk.lines.push({
    level: 'INFO',
    component: 'EXECUTOR',
    message: `SHADOW ${symbol} SELL ${leg.quantity} at ${level} (${end.leg}): nothing was sent`,
    data: { intentId: leg.intentId, shadow: true },
  });
  return null;
}
