/**
 * Fees that were paid in a third asset (BNB, where an account has that enabled) are worth something in quote only at a
 * price. It is noted with the fill when the fill is taken, so that books that are computed later say the same.
 */
import { decimal } from '../../trading/orders/index.js';
import type { Fill } from '../../trading/types.js';
import type { Venue } from '../dependencies.js';

/** A holding is bare until its entry is booked: it does not wait for a price for long, ms. */
const PATIENCE_MS = 1_000;

/**
 * Fills whose every fee has a value in quote. Where the asset's price can't be had, the symbol's taker fee stands in:
 * what is paid in another asset is paid at a discount of it. Never an error.
 */
export async function withFeesValued(venue: Venue, fills: readonly Fill[]): Promise<Fill[]> {
  if (!fills.some(isPaidElsewhere)) return [...fills];
  const pairs = [...new Set(fills.filter(isPaidElsewhere).map(pairOf))];
  const prices = new Map(await Promise.all(pairs.map(async (pair) => [pair, await priceOf(venue, pair)] as const)));
  const rules = await venue.exchange.market.symbolRules();
  return fills.map((fill) => {
    if (!isPaidElsewhere(fill)) return fill;
    const price = prices.get(pairOf(fill));
    const value = price
      ? decimal(fill.fee).times(price)
      : decimal(fill.quantity)
          .times(fill.price)
          .times(rules.get(fill.symbol)?.takerFee ?? 0);
    return { ...fill, feeQuote: value.toFixed() };
  });
}

const quoteOf = ({ symbol }: Fill): string => symbol.split('/')[1]!;
const pairOf = (fill: Fill): string => `${fill.feeAsset}/${quoteOf(fill)}`;

const isPaidElsewhere = (fill: Fill): boolean =>
  fill.feeQuote === undefined && Number(fill.fee) > 0 && !fill.symbol.split('/').includes(fill.feeAsset);

/** null where it is not listed, not told, or not told in time. */
async function priceOf(venue: Venue, pair: string): Promise<number | null> {
  const tickers = venue.market.tickers([pair]).catch(() => null);
  const late = new Promise<null>((resolve) => setTimeout(() => resolve(null), PATIENCE_MS).unref());
  return (await Promise.race([tickers, late]))?.get(pair)?.last ?? null;
}
