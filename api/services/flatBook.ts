import type { Repositories } from '../../adapters/database/repositories.js';
import { conflict } from '../http/problem.js';

/**
 * @param why what open positions stand in the way of
 * @throws 409 while positions are open, or orders are open or not resolved
 */
export async function checkFlat({ positions, orders }: Repositories, userId: string, why: string): Promise<void> {
  if ((await positions.open(userId)).length > 0)
    throw conflict(`Close the open positions first: ${why}.`, 'POSITIONS_OPEN');
  const open = [...(await orders.openByUser(userId)), ...(await orders.unresolvedByUser(userId))];
  if (open.length > 0)
    throw conflict(`${open.length} orders are still open or not resolved: wait for them first.`, 'ORDERS_OPEN');
}
