import { Decimal, decimal } from '../orders/decimal.js';
import type { ClosedTrade, ExitReason, Fill, Position } from '../types.js';
import { costOf, feeInBase, feeInQuote, inOrder, type Rates } from './fills.js';

/**
 * The trade that a closed position was: its sells against their share of the entry. A remainder left as dust keeps
 * its cost and is no part of the trade. `fees` are both sides' in quote, `pnl` is net of them, `pnlPct` is of the
 * quantity at the entry's price. Throws where no sell is among the fills and the reason is not `dust`.
 */
export function closeTrade(input: {
  position: Position;
  /** All sells of the position (buys are ignored), partial ones included. */
  fills: readonly Fill[];
  exitReason: ExitReason;
  rates?: Rates;
  /** Market time, ms, for a position that closes as dust without a sell. */
  now?: number;
}): ClosedTrade {
  const { position, exitReason, rates = {} } = input;
  const sells = inOrder(input.fills.filter(({ side }) => side === 'SELL'));
  if (sells.length === 0 && exitReason !== 'dust') throw new Error(`position ${position.id} has no sell to close with`);
  const sum = (value: (fill: Fill) => Decimal): Decimal =>
    sells.reduce((total, fill) => total.plus(value(fill)), new Decimal(0));

  const quantity = sum((fill) => decimal(fill.quantity));
  const gone = quantity.plus(sum(feeInBase));
  const proceeds = sum((fill) => decimal(fill.quantity).times(fill.price));
  const exitFees = sum((fill) => feeInQuote(fill, rates));
  const feesFromProceeds = sum((fill) => (feeInBase(fill).isZero() ? feeInQuote(fill, rates) : new Decimal(0)));
  const cost = costOf(position, gone);
  const entryFees = cost.minus(gone.times(position.entryPrice));
  const pnl = proceeds.minus(feesFromProceeds).minus(cost);
  const entryValue = quantity.times(position.entryPrice);
  return {
    positionId: position.id,
    symbol: position.symbol,
    entryTime: position.entryTime,
    entryPrice: rounded(decimal(position.entryPrice)),
    exitTime: sells.at(-1)?.time ?? input.now ?? position.entryTime,
    exitPrice: quantity.isZero() ? '0' : rounded(proceeds.div(quantity)),
    quantity: quantity.toFixed(),
    fees: rounded(entryFees.plus(exitFees)),
    pnl: rounded(pnl),
    pnlPct: entryValue.isZero() ? 0 : pnl.div(entryValue).times(100).toNumber(),
    exitReason,
  };
}

/** Averages have no end; sixteen decimals are far below any asset's smallest unit. */
function rounded(value: Decimal): string {
  return value.toDecimalPlaces(16).toFixed();
}
