import { Decimal as Base } from 'decimal.js';

/** Decimals for money: 40 significant digits, so that quantity x price of any listed symbol is exact; never "1e-7". */
export const Decimal = Base.clone({ precision: 40, rounding: Base.ROUND_HALF_EVEN, toExpNeg: -40, toExpPos: 60 });
export type Decimal = Base;

/** Decimals never change: what was read lately (filters, rates, the price of now) need not be read again. */
const read = new Map<string | number, Decimal>();
const MOST_READ = 256;

/** A decimal from a string or number; throws RangeError naming the value where it is no finite number. */
export function decimal(value: string | number | Decimal, name = 'value'): Decimal {
  if (value instanceof Decimal && value.isFinite()) return value;
  const known = typeof value === 'object' ? undefined : read.get(value);
  if (known) return known;
  try {
    const result = new Decimal(value);
    if (result.isFinite()) {
      if (typeof value !== 'object') {
        if (read.size >= MOST_READ) read.clear();
        read.set(value, result);
      }
      return result;
    }
  } catch {
    // falls through to the error that names the value
  }
  throw new RangeError(`${name} must be a finite decimal number, got ${JSON.stringify(String(value))}`);
}

/** The same, or null: for callers that answer bad input with a refusal. */
export function decimalOrNull(value: string | number): Decimal | null {
  try {
    return decimal(value);
  } catch {
    return null;
  }
}
