import { Decimal, decimal } from '../orders/decimal.js';
import type { Fill, Position } from '../types.js';

/** Amounts by asset, exact decimal strings that may be negative; an asset that is absent has none. */
export type Amounts = Readonly<Record<string, string>>;

/** What an exchange books: eight decimals, no further. */
const UNIT_DECIMALS = 8;

export function plus(one: Amounts, other: Amounts): Amounts {
  const sum: Record<string, string> = { ...one };
  for (const [asset, amount] of Object.entries(other)) {
    const total = decimal(sum[asset] ?? '0').plus(amount);
    if (total.isZero()) delete sum[asset];
    else sum[asset] = total.toFixed();
  }
  return sum;
}

export const minus = (one: Amounts, other: Amounts): Amounts =>
  plus(
    one,
    Object.fromEntries(Object.entries(other).map(([asset, amount]) => [asset, decimal(amount).neg().toFixed()])),
  );

export const sumOf = (parts: readonly Amounts[]): Amounts => parts.reduce(plus, {});

export const isNothing = (amounts: Amounts): boolean => Object.values(amounts).every((amount) => +amount === 0);

/** What a fill did to the balances: base, quote and whatever its fee was taken in. */
export function effectOf(fill: Fill): Amounts {
  const [base, quote] = fill.symbol.split('/') as [string, string];
  const paid = decimal(fill.quantity).times(fill.price).toDecimalPlaces(UNIT_DECIMALS, Decimal.ROUND_DOWN);
  const sign = fill.side === 'BUY' ? 1 : -1;
  const traded = plus(
    { [base]: decimal(fill.quantity).times(sign).toFixed() },
    { [quote]: paid.times(-sign).toFixed() },
  );
  return plus(traded, { [fill.feeAsset]: decimal(fill.fee).neg().toFixed() });
}

/** Of one asset, as an exchange tells it. */
export interface Balance {
  asset: string;
  free: string;
  locked: string;
}

/** Base units by asset that positions hold. */
export const heldBy = (positions: readonly Pick<Position, 'symbol' | 'quantity'>[]): Amounts =>
  sumOf(positions.map(({ symbol, quantity }) => ({ [symbol.split('/')[0]!]: quantity })));

/** Free and locked together, as an exchange tells them. */
export function totalsOf(balances: readonly Balance[]): Amounts {
  return sumOf(balances.map(({ asset, free, locked }) => plus({ [asset]: free }, { [asset]: locked })));
}
