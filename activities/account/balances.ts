/**
 * Users' balances as the exchange has them, kept in the worker. One call costs 20 of the address's weight, so it is
 * asked again only when something of ours moved, when the user's stream says so, or when the answer has grown old.
 */
import type { Balance } from '../../adapters/exchange/port.js';
import type { VenueMode } from '../../trading/types.js';
import { accountOf, type ActivityDependencies } from '../dependencies.js';

export interface BalanceBook {
  of(userId: string, mode: VenueMode): Promise<Balance[]>;
  /** Something of the user's changed: the next look asks the exchange. */
  touched(userId: string): void;
}

const WEIGHT_OF_A_LOOK = 20;
/** Share of the address's weight that looking at idle balances may take. */
const IDLE_SHARE = 0.2;
const LEAST_AGE_MS = 20_000;
const CAPACITY = 50_000;

export function createBalanceBook(deps: ActivityDependencies): BalanceBook {
  const known = new Map<string, { balances: Balance[]; at: number }>();
  const asking = new Map<string, Promise<Balance[]>>();

  const maxAge = (weightLimit: number): number =>
    Math.max(LEAST_AGE_MS, (known.size * WEIGHT_OF_A_LOOK * 60_000) / (weightLimit * IDLE_SHARE));

  async function ask(userId: string, mode: VenueMode, key: string): Promise<Balance[]> {
    const { exchange } = await accountOf(deps, userId, mode);
    const at = deps.now();
    const balances = await exchange.balances();
    known.delete(key);
    known.set(key, { balances, at });
    if (known.size > CAPACITY) known.delete(known.keys().next().value!);
    return balances;
  }

  return {
    async of(userId, mode) {
      const key = `${mode}:${userId}`;
      const entry = known.get(key);
      const limit = deps.venue(mode).exchange.health().weightLimit || 6_000;
      if (entry && deps.now() - entry.at < maxAge(limit)) return entry.balances;
      const running = asking.get(key) ?? ask(userId, mode, key).finally(() => asking.delete(key));
      asking.set(key, running);
      return running;
    },
    touched(userId) {
      for (const mode of ['paper', 'live']) known.delete(`${mode}:${userId}`);
    },
  };
}
