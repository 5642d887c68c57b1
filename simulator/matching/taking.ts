import { type Amount, floorTo, minimum, multiply, ONE } from '../amounts.js';
import { isMarketType, type Order } from '../ledger/types.js';
import { bookSide } from '../market/book.js';
import type { SymbolRules } from '../market/symbols.js';

export interface Fill {
  price: Amount;
  quantity: Amount;
}

/** What of an order matters for taking from the book. */
export type Taking = Pick<
  Order,
  | 'symbol'
  | 'account'
  | 'clientId'
  | 'side'
  | 'type'
  | 'price'
  | 'quantity'
  | 'executed'
  | 'quoteQuantity'
  | 'quote'
  | 'lock'
>;

/**
 * The fills that the book around `last` gives an order, level by level, up to its limit price.
 * @param budget quote units that it may spend at most, null without a bound
 */
export function fillsOf(
  { rules, last, minuteVolume }: { rules: SymbolRules; last: Amount; minuteVolume: number },
  order: Taking,
  budget: Amount | null,
  { thinness, part }: { thinness: number; part: number },
): Fill[] {
  const limit = isMarketType(order) ? null : order.price;
  const side = order.side === 'BUY' ? 'ask' : 'bid';
  let rest = order.quoteQuantity > 0n ? null : partOf(order.quantity - order.executed, part, rules.step);
  let money = order.quoteQuantity > 0n ? order.quoteQuantity - order.quote : budget;
  const fills: Fill[] = [];
  for (const level of bookSide(rules, last, side, minuteVolume, thinness)) {
    if (limit !== null && (side === 'ask' ? level.price > limit : level.price < limit)) break;
    let quantity = rest === null ? level.quantity : minimum(level.quantity, rest);
    if (money !== null) quantity = minimum(quantity, floorTo((money * ONE) / level.price, rules.step));
    if (quantity <= 0n) break;
    fills.push({ price: level.price, quantity });
    if (rest !== null) rest -= quantity;
    if (money !== null) money -= multiply(level.price, quantity);
    if (rest === 0n) break;
  }
  return fills;
}

/** A share of a quantity on the step, at least one step of it. */
export function partOf(quantity: Amount, part: number, step: Amount): Amount {
  if (part >= 1) return quantity;
  const wanted = floorTo((quantity * BigInt(Math.round(part * 1_000_000))) / 1_000_000n, step);
  return minimum(quantity, wanted < step ? step : wanted);
}

export const sum = (fills: readonly Fill[]): Amount => fills.reduce((total, fill) => total + fill.quantity, 0n);
