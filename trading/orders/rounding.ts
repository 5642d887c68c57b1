import type { Decimal as Base } from 'decimal.js';
import { Decimal, decimal } from './decimal.js';

/** Down to a multiple of `step`, as a plain decimal string; a step of 0 leaves the quantity as it is. */
export function roundQuantityDown(quantity: string | number | Decimal, step: string): string {
  return floorToStep(decimal(quantity, 'quantity'), step).toFixed();
}

/** The same as a decimal, for callers that go on computing. */
export const floorToStep = (quantity: Decimal, step: string): Decimal => toMultiple(quantity, step, Decimal.ROUND_DOWN);

/** To a multiple of `tick`. `nearest` rounds a half up. */
export function roundPrice(
  price: string | number | Decimal,
  tick: string,
  direction: 'up' | 'down' | 'nearest',
): string {
  return priceToTick(decimal(price, 'price'), tick, direction).toFixed();
}

/** The same as a decimal. */
export const priceToTick = (price: Decimal, tick: string, direction: keyof typeof ROUNDING): Decimal =>
  toMultiple(price, tick, ROUNDING[direction]);

const ROUNDING = { up: Decimal.ROUND_UP, down: Decimal.ROUND_DOWN, nearest: Decimal.ROUND_HALF_UP } as const;

/** Whether a price or quantity is a multiple of its tick or step. */
export function isMultiple(value: string | number | Decimal, step: string): boolean {
  const by = decimal(step, 'step');
  const places = decimalsOf(step, by);
  return places === null ? by.isZero() || decimal(value).mod(by).isZero() : decimal(value).decimalPlaces() <= places;
}

function toMultiple(value: Decimal, step: string, rounding: Base.Rounding): Decimal {
  const by = decimal(step, 'step');
  if (by.lt(0)) throw new RangeError(`step must not be negative, got ${step}`);
  const places = decimalsOf(step, by);
  if (places !== null) return value.toDecimalPlaces(places, rounding);
  return by.isZero() ? value : value.toNearest(by, rounding);
}

/** Most steps are 1, 0.1, 0.01 …: their multiples are the numbers with so many decimals, which no division need find. */
function decimalsOf(step: string, by: Decimal): number | null {
  let places = decimals.get(step);
  if (places === undefined) {
    places = /^(1|0\.0*1)$/.test(by.toFixed()) ? by.decimalPlaces() : null;
    if (decimals.size >= MOST_STEPS) decimals.clear();
    decimals.set(step, places);
  }
  return places;
}

const decimals = new Map<string, number | null>();
const MOST_STEPS = 256;
