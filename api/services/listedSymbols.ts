/** A user's symbols where the exchange lists others: a candle folder of one's own, a symbol that was taken off. */
import { soonOr } from '../../adapters/within.js';
import type { SymbolRules, VenueMode } from '../../trading/types.js';
import type { ApiDependencies, ApiVenue } from '../dependencies.js';
import { conflict } from '../http/problem.js';

type Rules = ReadonlyMap<string, SymbolRules>;

/** A command does not wait longer than this for the exchange's list, ms; it is known as a rule. */
const SOON_MS = 2_000;
const MOST_NAMED = 5;

/** What the exchange lists; null where it cannot be asked, or this installation has no exchange for the mode. */
export const rulesSoon = (venue: (mode: VenueMode) => ApiVenue, mode: VenueMode): Promise<Rules | null> =>
  soonOr(
    Promise.resolve().then(() => venue(mode).exchange.market.symbolRules()),
    SOON_MS,
    null,
  );

/**
 * Those of `wanted` that are listed; where none is, as many of the first that are, quoted in USDT where any is, for that is
 * what a paper account holds.
 */
export function listedInstead(wanted: readonly string[], rules: Rules): string[] {
  const listed = wanted.filter((symbol) => rules.has(symbol));
  if (listed.length > 0 || rules.size === 0) return listed.length > 0 ? listed : [...wanted];
  return usdtFirst(rules).slice(0, wanted.length);
}

function usdtFirst(rules: Rules): string[] {
  const inUsdt = [...rules].filter(([, { quote }]) => quote === 'USDT');
  return (inUsdt.length > 0 ? inUsdt : [...rules]).map(([symbol]) => symbol);
}

/** Makes the check of a start: a loop of which every cycle must fail would stop itself by an emergency. */
export function createStartCheck({ repositories, venue }: Pick<ApiDependencies, 'repositories' | 'venue'>) {
  return async (userId: string): Promise<void> => {
    const config = await repositories.config.get(userId);
    const rules = config && (await rulesSoon(venue, config.mode));
    if (!config || !rules || config.symbols.some((symbol) => rules.has(symbol))) return;
    const examples = [...rules.keys()].slice(0, MOST_NAMED).join(', ');
    throw conflict(
      `The exchange lists none of your symbols (${config.symbols.join(', ')}): choose others in the settings${examples && `, such as ${examples}`}.`,
      'NOTHING_LISTED',
    );
  };
}
