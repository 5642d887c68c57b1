import { Decimal, decimal } from '../orders/decimal.js';
import type { Fill, Position } from '../types.js';

/** Value of one unit of other assets in quote, for fees paid in them: { BNB: "512.3" }. */
export type Rates = Readonly<Record<string, string>>;

/**
 * A position after fills that it has not seen yet (the caller keeps the trade ids apart), in their order of time.
 * Buys average the entry; sells take from the quantity and realise their share. `quantity` and `entryQuantity` are net
 * of fees taken in the base asset, `entryFee` and `realizedPnl` in quote, so that what the entry cost is always
 * entryQuantity x entryPrice + entryFee. Status, levels and protection are left to the caller.
 */
export function applyFills(position: Position, fills: readonly Fill[], rates: Rates = {}): Position {
  return inOrder(fills).reduce((held, fill) => (fill.side === 'BUY' ? bought : sold)(held, fill, rates), position);
}

/**
 * What a fee cost in quote. A base-asset fee is valued at its own fill's price, one in a third asset by what the fill
 * says it was worth, or by the rate given. Throws where a third asset has neither.
 */
export function feeInQuote(fill: Fill, rates: Rates = {}): Decimal {
  const [base, quote] = fill.symbol.split('/');
  const fee = decimal(fill.fee, 'fee');
  if (fee.isZero() || fill.feeAsset === quote) return fee;
  if (fill.feeAsset === base) return fee.times(fill.price);
  if (fill.feeQuote !== undefined) return decimal(fill.feeQuote, 'feeQuote');
  const rate = rates[fill.feeAsset];
  if (rate === undefined)
    throw new Error(`trade ${fill.tradeId} paid its fee in ${fill.feeAsset}, whose price in ${quote} is not known`);
  return fee.times(rate);
}

/** What a fee took from the base asset. */
export function feeInBase(fill: Fill): Decimal {
  return fill.feeAsset === fill.symbol.split('/')[0] ? decimal(fill.fee, 'fee') : new Decimal(0);
}

/** Oldest first; fills of one ms in the order given. */
export function inOrder(fills: readonly Fill[]): Fill[] {
  return [...fills].sort((a, b) => a.time - b.time);
}

function bought(position: Position, fill: Fill, rates: Rates): Position {
  const received = decimal(fill.quantity, 'quantity').minus(feeInBase(fill));
  const before = decimal(position.entryQuantity);
  const total = before.plus(received);
  const value = before.times(position.entryPrice).plus(received.times(fill.price));
  return {
    ...position,
    quantity: received.plus(position.quantity).toFixed(),
    entryQuantity: total.toFixed(),
    entryPrice: total.isZero() ? fill.price : value.div(total).toFixed(),
    entryFee: feeInQuote(fill, rates).plus(position.entryFee).toFixed(),
    entryTime: before.isZero() ? fill.time : position.entryTime,
    highestPrice: Decimal.max(position.highestPrice, fill.price).toFixed(),
  };
}

function sold(position: Position, fill: Fill, rates: Rates): Position {
  const quantity = decimal(fill.quantity, 'quantity');
  const gone = quantity.plus(feeInBase(fill));
  const proceeds = quantity
    .times(fill.price)
    .minus(fill.feeAsset === fill.symbol.split('/')[0] ? 0 : feeInQuote(fill, rates));
  return {
    ...position,
    quantity: decimal(position.quantity).minus(gone).toFixed(),
    realizedPnl: proceeds.minus(costOf(position, gone)).plus(position.realizedPnl).toFixed(),
  };
}

/** What this much of the position cost, the entry's fees included. */
export function costOf(position: Position, quantity: Decimal): Decimal {
  const entry = decimal(position.entryQuantity);
  const fees = entry.isZero() ? new Decimal(0) : decimal(position.entryFee).times(quantity).div(entry);
  return quantity.times(position.entryPrice).plus(fees);
}
