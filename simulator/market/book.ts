import { type Amount, amountOf, floorTo, maximum, ONE } from '../amounts.js';
import type { SymbolRules } from './symbols.js';

export interface BookLevel {
  price: Amount;
  quantity: Amount;
}

export const BOOK_LEVELS = 100;

/**
 * The book around a price. Bid and ask lie one tick below and above the last trade; each further level lies one basis
 * point (at least one tick) away. The best level holds 5 % of a mean minute's volume, each further one 10 %. It is full
 * again for every order: other traders refill it at once, and the product's own orders never move the price.
 * @param thinness divides every level's quantity (fault "thin-book"), 1 = normal
 */
export function* bookSide(
  rules: SymbolRules,
  last: Amount,
  side: 'bid' | 'ask',
  minuteVolume: number,
  thinness = 1,
): Generator<BookLevel> {
  const sign = side === 'ask' ? 1n : -1n;
  const best = bestPrice(rules, last, side);
  const gap = maximum(rules.tick, floorTo(last / 10_000n, rules.tick));
  const volume = amountOf(minuteVolume / thinness);
  for (let k = 0n; k < BigInt(BOOK_LEVELS); k++) {
    const price = best + sign * gap * k;
    if (price < rules.minPrice) return;
    const quantity = maximum(rules.step, floorTo(k === 0n ? volume / 20n : volume / 10n, rules.step));
    yield { price, quantity };
  }
}

export const bestPrice = (rules: SymbolRules, last: Amount, side: 'bid' | 'ask'): Amount =>
  side === 'ask' ? last + rules.tick : maximum(rules.minPrice, last - rules.tick);

export const onStep = (amount: Amount, step: Amount) => step === 0n || amount % step === 0n;
export const percentOf = (amount: Amount, factor: Amount): Amount => (amount * factor) / ONE;
