import type { AccountAnswer } from '../../api/types.js';

export type Explained = NonNullable<AccountAnswer['explained']>[number];

/** One asset with its balance and, once trading has looked at the account, what it is made of. */
export type Holding = AccountAnswer['balances'][number] & { parts: Explained | null };

/** Decimal strings: whether there is anything at all. */
export const isZero = (amount: string): boolean => Number(amount) === 0;

/** What an asset is worth in USDT at these prices; null where no market of it is watched. */
export function worthOf(
  { asset, total }: Pick<Holding, 'asset' | 'total'>,
  market: readonly { symbol: string; price: number }[],
): number | null {
  if (asset === 'USDT') return Number(total);
  const price = market.find(({ symbol }) => symbol === `${asset}/USDT`)?.price;
  return price === undefined ? (isZero(total) ? 0 : null) : Number(total) * price;
}

/** Every asset that is held, or was moved: the balance beside its explanation. */
export function holdingsOf({ balances, explained }: AccountAnswer): Holding[] {
  const parts = new Map((explained ?? []).map((one) => [one.asset, one]));
  const held = balances.map((balance) => ({ ...balance, parts: parts.get(balance.asset) ?? null }));
  const gone = [...parts.values()]
    .filter(({ asset }) => !balances.some((balance) => balance.asset === asset))
    .map((one) => ({ asset: one.asset, free: '0', locked: '0', total: one.total, parts: one }));
  return [...held, ...gone].sort((a, b) => a.asset.localeCompare(b.asset));
}

/**
 * Differences that trading has seen and cannot explain; while there are any, nothing is bought. A difference alone may be
 * an order that has just been filled.
 */
export const unexplainedOf = ({ explained }: AccountAnswer): Explained[] =>
  (explained ?? []).filter(({ difference, pending }) => !isZero(difference) && !isZero(pending));
