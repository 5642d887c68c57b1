import type { Position } from '../types.js';
import type { ApprovedEntry, RiskContext } from './types.js';

/** Positions that count against limits: everything not closed, an entry under way included. */
export function openPositions(context: RiskContext): Position[] {
  return context.positions.filter(({ status }) => status !== 'CLOSED');
}

/** A position's value in quote at the market's price, or at its entry price where the market is unknown. */
export function positionValue(context: RiskContext, position: Position): number {
  // An entry that has not filled yet holds nothing, but it may at any moment: its planned quantity counts.
  const quantity =
    position.status === 'OPENING' ? Math.max(+position.quantity, +position.entryQuantity) : +position.quantity;
  return quantity * (context.market(position.symbol)?.price ?? +position.entryPrice);
}

/** Value of all open positions in quote. */
export function exposure(context: RiskContext): number {
  return openPositions(context).reduce((sum, position) => sum + positionValue(context, position), 0);
}

/** What entries take together, quote. */
export function notionalOf(entries: readonly ApprovedEntry[]): number {
  return entries.reduce((sum, { notional }) => sum + notional, 0);
}

/** Percent of equity; an account without equity is over every limit. */
export function percentOfEquity(context: RiskContext, value: number): number {
  if (value === 0) return 0;
  return context.account.equity > 0 ? (value / context.account.equity) * 100 : Number.MAX_SAFE_INTEGER;
}

/** USDT of BTC/USDT: the asset in which a symbol's prices and values are. */
export function quoteOf(symbol: string): string {
  return symbol.slice(symbol.indexOf('/') + 1);
}

/** The symbols that the user trades. */
export function activeSymbols(context: RiskContext): readonly string[] {
  return context.config.symbols;
}
