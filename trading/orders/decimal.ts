import { Decimal as Base } from 'decimal.js';

/** Decimals for money: 40 significant digits, so that quantity x price of any listed symbol is exact; never "1e-7". */
export const Decimal = Base.clone({ precision: 40, rounding: Base.ROUND_HALF_EVEN, toExpNeg: -40, toExpPos: 60 });
export type Decimal = Base;

/** Decimals never change: texts read lately (a symbol's filters, mostly) need not be read again. */
const read = new Map<string, Decimal>();
const MOST_READ = 256;

/** A decimal from a string or number; throws RangeError naming the value where it is no finite number. */
export function decimal(value: string | number | Decimal, name = 'value'): Decimal {
  const known = typeof value === 'string' ? read.get(value) : undefined;
  if (known) return known;
  try {
    const result = new Decimal(value);
    if (result.isFinite()) {
      if (typeof value === 'string') {
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
