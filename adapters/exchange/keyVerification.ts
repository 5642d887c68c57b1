import type { AccountKey, Exchange, KeyPermissions } from './port.js';

export const KEY_PROBLEMS = [
  'CANNOT_TRADE',
  'CAN_WITHDRAW',
  'CAN_TRANSFER',
  'CAN_MARGIN',
  'CAN_FUTURES',
  'NO_IP_LIST',
] as const;
export type KeyProblem = (typeof KEY_PROBLEMS)[number];

export interface KeyVerdict {
  accepted: boolean;
  /** Each one forbids live trading. */
  refused: KeyProblem[];
  /** Said to the user, not enforced. */
  warnings: KeyProblem[];
}

export interface VerifiedKey {
  permissions: KeyPermissions;
  verdict: KeyVerdict;
}

/**
 * Asks the exchange what a key may do and judges it; to be done when a key is entered and every day after.
 * @throws AuthenticationFailed for a wrong key, NotSupportedByVenue where the venue does not tell (Binance's testnet)
 */
export async function verifyKey(exchange: Exchange, key: AccountKey): Promise<VerifiedKey> {
  const permissions = await exchange.account(key).permissions();
  return { permissions, verdict: judgePermissions(permissions) };
}

/**
 * A key may trade spot and nothing else. An IP list is wanted, not demanded: not everyone has a fixed address, and the
 * exchange itself lets a key without one lapse.
 */
export function judgePermissions(permissions: KeyPermissions): KeyVerdict {
  const refused: KeyProblem[] = [];
  if (!permissions.canTrade) refused.push('CANNOT_TRADE');
  if (permissions.canWithdraw) refused.push('CAN_WITHDRAW');
  if (permissions.canTransfer) refused.push('CAN_TRANSFER');
  if (permissions.canMargin) refused.push('CAN_MARGIN');
  if (permissions.canFutures) refused.push('CAN_FUTURES');
  return { accepted: refused.length === 0, refused, warnings: permissions.ipRestricted ? [] : ['NO_IP_LIST'] };
}
