/**
 * Exact decimals for money: a bigint that counts 1e-8 units, the finest that Binance's spot balances know.
 * Products are truncated to that unit, as the exchange does; nothing else ever rounds.
 */
export type Amount = bigint;

export const DECIMALS = 8;
export const ONE: Amount = 100_000_000n;

/** Reads a plain decimal string ("0.001", "12"); null where it is none or has more than eight decimals. */
export function parseAmount(text: string): Amount | null {
  const match = /^(\d{1,18})(?:\.(\d*))?$/.exec(text) ?? /^()\.(\d+)$/.exec(text);
  if (!match) return null;
  const fraction = (match[2] ?? '').replace(/0+$/, '');
  if (fraction.length > DECIMALS) return null;
  return BigInt((match[1] || '0') + fraction.padEnd(DECIMALS, '0'));
}

/** Eight decimals, always, as Binance writes amounts: "0.00100000". */
export function formatAmount(amount: Amount): string {
  if (amount < 0n) return `-${formatAmount(-amount)}`;
  const digits = amount.toString().padStart(DECIMALS + 1, '0');
  return `${digits.slice(0, -DECIMALS)}.${digits.slice(-DECIMALS)}`;
}

/** From a price or volume of the candle files; floats carry at most 15 digits there, so rounding restores the decimal. */
export const amountOf = (value: number): Amount => BigInt(Math.round(value * 1e8));

export const numberOf = (amount: Amount): number => Number(amount) / 1e8;

/** a x b, truncated to the unit. */
export const multiply = (a: Amount, b: Amount): Amount => (a * b) / ONE;

/** a x b, rounded up to the unit: for what must be reserved so that no truncated part can exceed it. */
export const multiplyUp = (a: Amount, b: Amount): Amount => (a * b + ONE - 1n) / ONE;

/** a / b, truncated to the unit. */
export const divide = (a: Amount, b: Amount): Amount => (a * ONE) / b;

export const floorTo = (amount: Amount, step: Amount): Amount => (step > 0n ? amount - (amount % step) : amount);

export const minimum = (a: Amount, b: Amount): Amount => (a < b ? a : b);
export const maximum = (a: Amount, b: Amount): Amount => (a > b ? a : b);
