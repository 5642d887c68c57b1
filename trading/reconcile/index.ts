export { effectOf, heldBy, isNothing, minus, plus, sumOf, totalsOf } from './amounts.js';
export type { Amounts, Balance } from './amounts.js';
export { CONFIRM_MS, capitalOf, differenceOf, openBook, reconcile, remaindersOf, remaindersWorth } from './book.js';
export type { AccountBook, Evidence, Finding, Reconciled, TransferRecord } from './book.js';
export { RECONCILE_CODES, RECONCILE_RULES, ruleOf } from './rules.js';
export type { ReconcileCode, ReconcileRule } from './rules.js';
