/** Orders by state: what this worker wrote of them, counted around the repository without a change to what it does. */
import type { Registry } from 'prom-client';
import type { Repositories } from '../adapters/database/repositories.js';
import { ORDER_STATES } from '../trading/orders/states.js';
import { countFromZero } from './countFromZero.js';

type Orders = Repositories['orders'];

/** The same repository; every order stored and every transition made is counted by its new state. */
export function countOrderStates(orders: Orders, registry: Registry): Orders {
  const entered = countFromZero(
    registry,
    'ctp_worker_orders_total',
    'Orders that came into a state, protective legs included',
    { state: ORDER_STATES },
  );
  return {
    ...orders,
    async insertIntent(order, now) {
      const stored = await orders.insertIntent(order, now);
      if (stored) entered.inc({ state: order.status ?? 'SUBMITTING' });
      return stored;
    },
    async insertIntents(list, now) {
      const stored = await orders.insertIntents(list, now);
      if (stored > 0) entered.inc({ state: list[0]?.status ?? 'SUBMITTING' }, stored);
      return stored;
    },
    async transition(clientOrderId, from, to, ...rest) {
      const moved = await orders.transition(clientOrderId, from, to, ...rest);
      if (moved) entered.inc({ state: to });
      return moved;
    },
  };
}
