/** What is on the exchange now, by its own word; a holding without protection gets it back before it is reported. */
import type { StoredPosition } from '../../adapters/database/positionsRepository.js';
import type { OrderReport } from '../../adapters/exchange/port.js';
import { isOwnOrder } from '../../trading/orders/index.js';
import { crashPoint } from '../crashPoints.js';
import type { ActivityDependencies } from '../dependencies.js';
import { type Desk, openDesk } from '../orders/desk.js';
import { forgetPendingExits } from '../orders/exit.js';
import { oneByOne, throwPassing } from '../orders/oneByOne.js';
import { protect } from '../orders/protection.js';
import type { ExposureReport } from '../types.js';
import { listedSymbols } from './cancelEntries.js';
import { keepLines, WITHOUT_SETTINGS } from './common.js';

export async function verifyExposure(deps: ActivityDependencies, userId: string): Promise<ExposureReport> {
  crashPoint('emergency-before-verifying');
  const desk = await openDesk(deps, userId, WITHOUT_SETTINGS);
  const { positions } = deps.repositories;
  const troubles: unknown[] = [];
  // Whatever was to be sold before the stop is not sold after it.
  const open = await forgetPendingExits(desk);
  const bare = open.filter(({ protection }) => !protection);
  await oneByOne(bare, (position) => protect(desk, position), troubles);
  // The rest is told as unprotected, and keeps the stop from neither ending nor being told.
  throwPassing(troubles);
  const held = await positions.open(userId);
  const resting = await ownResting(desk, held);
  await keepLines(deps, userId, 'verify', desk.lines);
  crashPoint('emergency-verified');
  return exposureOf(held, resting);
}

/** Our orders that rest on `symbols`: those of the settings and of what is held, as far as they are listed. */
export interface Resting {
  symbols: readonly string[];
  orders: readonly OrderReport[];
}

export async function ownResting(desk: Desk, held: readonly StoredPosition[]): Promise<Resting> {
  const symbols = await listedSymbols(desk, held);
  const resting = await Promise.all(symbols.map((symbol) => desk.account.openOrders(symbol)));
  return { symbols, orders: resting.flat().filter((order) => isOwnOrder(order.clientOrderId)) };
}

/** By the books, and by what the exchange shows where it can be asked. */
export const isBare = ({ symbol, protection }: StoredPosition, { symbols, orders }: Resting): boolean =>
  !protection ||
  (symbols.includes(symbol) && !orders.some(({ clientOrderId }) => clientOrderId === protection.stopClientOrderId));

export const exposureOf = (held: readonly StoredPosition[], resting: Resting): ExposureReport => ({
  openOrdersAfter: resting.orders.filter((order) => order.side === 'BUY').length,
  protectiveOrders: resting.orders
    .filter((order) => order.side === 'SELL')
    .map((order) => ({
      symbol: order.symbol,
      clientOrderId: order.clientOrderId,
      purpose: order.type === 'LIMIT_MAKER' ? 'TARGET' : 'STOP',
      quantity: order.quantity,
      price: order.type === 'LIMIT_MAKER' ? order.price : order.stopPrice,
    })),
  positionsAfter: held.map((position) => ({ symbol: position.symbol, quantity: position.quantity })),
  unprotected: held.filter((position) => isBare(position, resting)).length,
});
