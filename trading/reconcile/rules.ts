import type { LogLevel } from '../types.js';

/** What a look at an account may find beside balances that are explained, and what is done about it. */
export interface ReconcileRule {
  code: ReconcileCode;
  found: string;
  done: string;
  /** Level of its line in the log. */
  level: LogLevel;
  /** The user is told over their channels (SYSTEM_ERROR). */
  alerted: boolean;
}

export const RECONCILE_CODES = [
  'PRIOR_HOLDING',
  'DEPOSIT',
  'WITHDRAWAL',
  'WITHDRAWAL_RETURNED',
  'FOREIGN_TRADE',
  'FOREIGN_ORDER',
  'OWN_FILL_MISSING',
  'OWN_ORDER_BEHIND',
  'OWN_ORDER_ORPHANED',
  'OWN_ORDER_UNKNOWN',
  'UNEXPLAINED',
  'UNRECORDED_TRANSFER',
  'HOLDING_SHORT',
] as const;
export type ReconcileCode = (typeof RECONCILE_CODES)[number];

/** docs/EXCHANGE.md has this table; a test holds the two together. */
export const RECONCILE_RULES: readonly ReconcileRule[] = [
  rule(
    'PRIOR_HOLDING',
    'an asset that was on the account when it was first looked at',
    'noted as the user’s own: no part of positions or PnL, never sold',
    'INFO',
  ),
  rule(
    'DEPOSIT',
    'more of an asset, and the exchange has a record of the deposit',
    'kept out of PnL, the loss limit, the drawdown and the performance’s figures',
    'WARNING',
  ),
  rule(
    'WITHDRAWAL',
    'less of an asset, and the exchange has a record of the withdrawal',
    'kept out of PnL, the loss limit, the drawdown and the performance’s figures',
    'WARNING',
  ),
  rule('WITHDRAWAL_RETURNED', 'a withdrawal that was counted and has failed since', 'counted back', 'WARNING'),
  rule(
    'FOREIGN_TRADE',
    'a trade of an order that is not ours',
    'counted apart: no position, no PnL; what it bought is never sold',
    'WARNING',
  ),
  rule('FOREIGN_ORDER', 'an open order that is not ours', 'left alone', 'INFO'),
  rule(
    'OWN_FILL_MISSING',
    'a trade of an order of ours that our books lack',
    'stored, and the positions are looked after in the same cycle',
    'WARNING',
  ),
  rule(
    'OWN_ORDER_BEHIND',
    'an order that rests in our books and no longer on the exchange',
    'asked for and noted; the positions are looked after in the same cycle',
    'WARNING',
  ),
  rule(
    'OWN_ORDER_ORPHANED',
    'an order of ours that rests on the exchange for a position that is closed',
    'cancelled: it would sell what is not ours',
    'WARNING',
    true,
  ),
  rule(
    'OWN_ORDER_UNKNOWN',
    'an order or trade with our mark that our books don’t know (books restored from a backup, another installation)',
    'left alone and counted as foreign',
    'ERROR',
    true,
  ),
  rule(
    'UNEXPLAINED',
    'a difference that nothing explains yet',
    'no entries (`UNEXPLAINED_BALANCE`), asked again',
    'WARNING',
  ),
  rule(
    'UNRECORDED_TRANSFER',
    'the same difference again at least 10 s later, in a new answer, with no order of ours under way',
    'taken for a change of capital that the exchange keeps no record of (transfer between wallets, conversion, airdrop)',
    'ERROR',
    true,
  ),
  rule(
    'HOLDING_SHORT',
    'less of an asset than our open positions hold: somebody sold or withdrew it',
    'reported; what is left stays protected, what is missing leaves the position without a trade, nothing is bought back',
    'ERROR',
    true,
  ),
];

export const ruleOf = (code: ReconcileCode): ReconcileRule => RECONCILE_RULES.find((each) => each.code === code)!;

function rule(code: ReconcileCode, found: string, done: string, level: LogLevel, alerted = false): ReconcileRule {
  return { code, found, done, level, alerted };
}
