/** When an account is compared order by order: often enough to be of use, seldom enough for the address's weight. */
import type { AccountAsked, AccountDesk } from './reconcile.js';

export interface CompareTurns {
  /** Whether this account may be looked at closer now; a turn that is given is used. */
  take(
    desk: Pick<AccountDesk, 'deps'>,
    asked: AccountAsked,
    why: 'explain' | 'compare',
    comparedAt: number | null,
  ): boolean;
  /** The account's stream has a gap, or its exchange was away: it is compared at its next look. */
  suspect(userId: string): void;
}

/** A difference is asked about at most so often: withdrawal histories allow ten questions a minute and account. */
const EXPLAIN_EVERY_MS = 7_000;
const COMPARE_EVERY_MS = 600_000;
/** A stream that is gone for long tells of a gap every few seconds. */
const SUSPECT_EVERY_MS = 60_000;
/** Share of the address's weight that comparing may take, and what one costs a symbol. */
const COMPARE_SHARE = 0.1;
const WEIGHT_OF_A_SYMBOL = 26;
/** So many may be compared at once after a start, ms of weight saved up. */
const SAVED_UP_MS = 30_000;

export function createCompareTurns(): CompareTurns {
  const explained = new Map<string, number>();
  const compared = new Map<string, number>();
  const suspects = new Set<string>();
  /** Real time up to which the share of the weight is spent, by mode. */
  const spentTo = new Map<string, number>();

  return {
    take({ deps }, { userId, mode, symbols }, why, comparedAt) {
      const now = deps.now();
      const key = `${mode}:${userId}`;
      if (why === 'explain') {
        if (now - (explained.get(key) ?? -Infinity) < EXPLAIN_EVERY_MS) return false;
        explained.set(key, now);
        return true;
      }
      // The first look of this worker is one after a start, or after another worker's death.
      const last = compared.get(key);
      const suspect = suspects.has(userId) && now - (last ?? 0) > SUSPECT_EVERY_MS;
      const due = last === undefined || suspect || now - Math.max(last, comparedAt ?? 0) > COMPARE_EVERY_MS;
      if (!due) return false;
      const limit = deps.venue(mode).exchange.health().weightLimit || 6_000;
      const cost = (WEIGHT_OF_A_SYMBOL * symbols.length * 60_000) / (limit * COMPARE_SHARE);
      const from = Math.max(spentTo.get(mode) ?? 0, now - SAVED_UP_MS);
      if (from > now) return false;
      spentTo.set(mode, from + cost);
      compared.set(key, now);
      suspects.delete(userId);
      return true;
    },
    suspect: (userId) => void suspects.add(userId),
  };
}
