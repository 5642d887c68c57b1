/**
 * Users' balances as the exchange has them, kept in the worker. One call costs 20 of the address's weight, so it is
 * asked again only when something of ours moved, when the user's stream says so, or when the answer has grown old.
 */
import type { Balance } from '../../adapters/exchange/port.js';
import { putLatest } from '../../adapters/latest.js';
import type { VenueMode } from '../../trading/types.js';
import { accountOf, type ActivityDependencies } from '../dependencies.js';

export interface BalanceReading {
  balances: Balance[];
  /** Real time before the question, ms: it names the answer. */
  at: number;
}

export interface BalanceBook {
  /** `fresh` asks the exchange whatever is known. */
  of(userId: string, mode: VenueMode, fresh?: 'fresh'): Promise<BalanceReading>;
  /** Something of the user's changed: the next look asks the exchange. */
  touched(userId: string): void;
  /** Of how many users this worker keeps balances. */
  size(): number;
}

const WEIGHT_OF_A_LOOK = 20;
/** Share of the address's weight that looking at idle balances may take. */
const IDLE_SHARE = 0.2;
const LEAST_AGE_MS = 20_000;
const CAPACITY = 50_000;

export function createBalanceBook(deps: ActivityDependencies): BalanceBook {
  const known = new Map<string, BalanceReading>();
  const asking = new Map<string, Promise<BalanceReading>>();

  const maxAge = (weightLimit: number): number =>
    Math.max(LEAST_AGE_MS, (known.size * WEIGHT_OF_A_LOOK * 60_000) / (weightLimit * IDLE_SHARE));

  function ask(userId: string, mode: VenueMode, key: string): Promise<BalanceReading> {
    const answer = read(userId, mode);
    asking.set(key, answer);
    // An answer that was on its way while something moved is given to who asked for it and not kept.
    const keep = (reading: BalanceReading | null): void => {
      if (asking.get(key) !== answer) return;
      asking.delete(key);
      if (reading) putLatest(known, key, reading, CAPACITY);
      else known.delete(key);
    };
    answer.then(keep, () => keep(null));
    return answer;
  }

  async function read(userId: string, mode: VenueMode): Promise<BalanceReading> {
    const { exchange } = await accountOf(deps, userId, mode);
    const at = deps.now();
    return { balances: await exchange.balances(), at };
  }

  return {
    of(userId, mode, fresh) {
      const key = `${mode}:${userId}`;
      if (fresh) return ask(userId, mode, key);
      const entry = known.get(key);
      const limit = deps.venue(mode).exchange.health().weightLimit || 6_000;
      if (entry && deps.now() - entry.at < maxAge(limit)) return Promise.resolve(entry);
      return asking.get(key) ?? ask(userId, mode, key);
    },
    touched(userId) {
      for (const mode of ['paper', 'live']) {
        known.delete(`${mode}:${userId}`);
        asking.delete(`${mode}:${userId}`);
      }
    },
    size: () => known.size,
  };
}
