import type { SymbolRules } from '../types.js';

/** Binance's smallest orders in quote units, by the quote asset; what is like a dollar or a euro has `DOLLARS`. */
const SMALLEST: Readonly<Record<string, number>> = { BTC: 0.0001, ETH: 0.001, BNB: 0.01, TRY: 10, BRL: 10, JPY: 500 };
const DOLLARS = 5;

/** The smallest order that Binance takes of a market with this quote asset, quote units. */
export const smallestOrder = (quote: string): number => SMALLEST[quote] ?? DOLLARS;

/**
 * Filters as Binance has them for its large pairs: a cent or a ten-thousandth of the price, a dollar's worth of lot.
 * @param of.price any of the market's, quote units
 * @param of.minNotional the smallest order, quote units; `smallestOrder` unless given
 */
export function spotRules(
  symbol: string,
  { price, feePct, minNotional }: { price: number; feePct: number; minNotional?: number | undefined },
): SymbolRules {
  const [base = symbol, quote = 'USDT'] = symbol.split('/');
  const smallest = smallestOrder(quote);
  const digits = Math.max(0, Math.floor(Math.log10((price * DOLLARS) / smallest)));
  const stepSize = (10 ** -Math.min(8, digits + 1)).toFixed(Math.min(8, digits + 1));
  const tickSize =
    price >= 100
      ? '0.01'
      : (10 ** (Math.floor(Math.log10(price)) - 4)).toFixed(Math.min(12, 4 - Math.floor(Math.log10(price))));
  return {
    symbol,
    base,
    quote,
    tickSize,
    stepSize,
    minQuantity: stepSize,
    maxQuantity: '1000000000',
    marketMinQuantity: '0',
    marketMaxQuantity: '0',
    marketStepSize: '0',
    minNotional: String(Number((minNotional ?? smallest).toFixed(8))),
    ocoAllowed: true,
    makerFee: feePct / 100,
    takerFee: feePct / 100,
  };
}
