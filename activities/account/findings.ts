/** Tells what a look at an account has found: to the log, and to the user where the rule says so. */
import { decimal } from '../../trading/orders/index.js';
import { type Finding, ruleOf } from '../../trading/reconcile/index.js';
import type { ActivityDependencies } from '../dependencies.js';

/** The same finding told again is one line and one message. */
export async function tellFindings(
  deps: ActivityDependencies,
  userId: string,
  findings: readonly Finding[],
): Promise<void> {
  for (const finding of findings) {
    const { level, alerted } = ruleOf(finding.code);
    const { id, ...data } = finding;
    const message = describe(finding);
    if (alerted)
      await deps.notify(userId, {
        eventId: `reconcile-${userId}-${id}`,
        type: 'SYSTEM_ERROR',
        data: { component: 'MONITOR', code: finding.code, reason: message },
      });
    const entry = { logLevel: level, component: 'MONITOR' as const, message, data };
    await deps.repositories.cycle.appendNotice(userId, `reconcile-${id}`, finding.code, entry, deps.now());
  }
}

export function describe({ code, asset, symbol, amount, clientOrderId }: Finding): string {
  const size = amount === undefined ? '' : `${decimal(amount).abs().toFixed()} ${asset ?? symbol?.split('/')[0]}`;
  const change = amount === undefined ? '' : `${decimal(amount).gt(0) ? '+' : ''}${amount} ${asset}`;
  switch (code) {
    case 'PRIOR_HOLDING':
      return `${size} were on the account before: kept out of positions and PnL, never sold`;
    case 'DEPOSIT':
      return `Deposit of ${size} seen: kept out of PnL and limits`;
    case 'WITHDRAWAL':
      return `Withdrawal of ${size} seen: kept out of PnL and limits`;
    case 'WITHDRAWAL_RETURNED':
      return `A withdrawal of ${size} has failed; the money is back`;
    case 'FOREIGN_TRADE':
      return `Trade by hand seen: ${decimal(amount ?? 0).gt(0) ? 'bought' : 'sold'} ${size} on ${symbol}; left alone, kept out of PnL and limits`;
    case 'FOREIGN_ORDER':
      return `${symbol}: the open order ${clientOrderId} is not ours; left alone`;
    case 'OWN_FILL_MISSING':
      return `${symbol}: a fill of ${clientOrderId} was missing from the books; stored`;
    case 'OWN_ORDER_BEHIND':
      return `${symbol}: ${clientOrderId} no longer rests on the exchange; looking after its position`;
    case 'OWN_ORDER_ORPHANED':
      return `${symbol}: ${clientOrderId} rested for a position that is closed; cancelled`;
    case 'OWN_ORDER_UNKNOWN':
      return `${symbol}: ${clientOrderId} carries our mark and is not in our books; left alone`;
    case 'UNEXPLAINED':
      return `Unexplained change of ${change}: no entries until it is explained`;
    case 'UNRECORDED_TRANSFER':
      return `Change of ${change} without a record of the exchange: taken for a transfer, kept out of PnL and limits`;
    case 'HOLDING_SHORT':
      return `${size} less than our positions hold: sold or withdrawn by somebody else`;
  }
}
