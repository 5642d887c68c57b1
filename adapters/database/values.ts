/** Between the domain's decimal strings and ms and the documents' numbers and dates. */
import { Decimal } from 'decimal.js';

/** @throws Error naming the field where the text is no finite number */
export function toNumber(text: string | number, field: string): number {
  const value = Number(text);
  if (text === '' || !Number.isFinite(value)) throw new Error(`${field} must be a finite number, not "${text}"`);
  return value;
}

export const toNumberOrNull = (text: string | number | null | undefined, field: string): number | null =>
  text === null || text === undefined ? null : toNumber(text, field);

/** Plain decimal notation, never an exponent: 1e-7 is "0.0000001". */
export const toDecimal = (value: number): string => new Decimal(value).toFixed();

export const toDate = (ms: number): Date => new Date(ms);

/** A server that compares each document with each id of a list takes the square of its length for it. */
const PART = 50;

/** Ids in lists short enough for one question each. */
export function* inParts<Id>(ids: readonly Id[]): Generator<Id[]> {
  for (let from = 0; from < ids.length; from += PART) yield ids.slice(from, from + PART);
}

const DUPLICATE_KEY = 11000;

/** Whether the server refused an insert because a document with that key is there already. */
export function isDuplicateKey(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === DUPLICATE_KEY;
}

/** Runs an insert with a deterministic key; false means that it had been written before. */
export async function insertOnce(insert: () => Promise<unknown>): Promise<boolean> {
  try {
    await insert();
    return true;
  } catch (error) {
    if (isDuplicateKey(error)) return false;
    throw error;
  }
}

/** How many of `count` inserts of deterministic keys were new; the others had been written before. */
export async function newInserts(count: number, insert: () => Promise<unknown>): Promise<number> {
  try {
    await insert();
    return count;
  } catch (error) {
    const failed = (error as { writeErrors?: { code?: number; err?: { code?: number } }[] }).writeErrors ?? [];
    const duplicates = failed.filter((one) => isDuplicateKey(one) || isDuplicateKey(one.err));
    if (!isDuplicateKey(error) || duplicates.length !== failed.length) throw error;
    return count - Math.max(1, duplicates.length);
  }
}
