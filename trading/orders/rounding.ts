import type { Decimal as Base } from 'decimal.js';
import { Decimal, decimal } from './decimal.js';

/** Down to a multiple of `step`, as a plain decimal string; a step of 0 leaves the quantity as it is. */
export function roundQuantityDown(quantity: string | number, step: string): string {
  return toMultiple(decimal(quantity, 'quantity'), step, Decimal.ROUND_DOWN);
}

/** To a multiple of `tick`. `nearest` rounds a half up. */
export function roundPrice(price: string | number, tick: string, direction: 'up' | 'down' | 'nearest'): string {
  const rounding = { up: Decimal.ROUND_UP, down: Decimal.ROUND_DOWN, nearest: Decimal.ROUND_HALF_UP }[direction];
  return toMultiple(decimal(price, 'price'), tick, rounding);
}

/** Whether a price or quantity is a multiple of its tick or step. */
export function isMultiple(value: string | number, step: string): boolean {
  const by = decimal(step, 'step');
  return by.isZero() || decimal(value).mod(by).isZero();
}

function toMultiple(value: Decimal, step: string, rounding: Base.Rounding): string {
  const by = decimal(step, 'step');
  if (by.lt(0)) throw new RangeError(`step must not be negative, got ${step}`);
  return (by.isZero() ? value : value.toNearest(by, rounding)).toFixed();
}
