import { ExchangeError } from '../../adapters/exchange/errors.js';
import { InvariantBroken } from '../failures.js';

/**
 * Does `work` for each of several holdings or orders: what is broken about one (books that don't add up, a symbol that
 * is not listed any more) keeps nobody from looking after the others. Only an exchange that can't be reached ends it, at
 * the second time.
 * @param troubles what was thrown is added here; the caller throws the first of it once everything is done
 */
export async function oneByOne<T>(
  items: readonly T[],
  work: (item: T) => Promise<unknown>,
  troubles: unknown[],
): Promise<void> {
  for (const item of items) {
    if (troubles.filter(isUnreachable).length >= 2) return;
    try {
      await work(item);
    } catch (error) {
      troubles.push(error);
    }
  }
}

const isUnreachable = (error: unknown): boolean =>
  error instanceof ExchangeError && (error.kind === 'ExchangeUnavailable' || error.kind === 'RateLimited');

/** @throws the first that may pass; what no attempt can mend (a symbol that is listed no more) is left to be told */
export function throwPassing(troubles: readonly unknown[]): void {
  const passing = troubles.find((trouble) => !(trouble instanceof InvariantBroken));
  if (passing !== undefined) throw passing;
}
