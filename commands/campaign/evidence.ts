/** What the judge looks at: one account as the exchange has it, and as the books have it. */
import type { Database } from '../../adapters/database/connect.js';
import type { Control } from './control.js';
import type { AccountEvidence } from './judge.js';

/** `foreign` are client order ids of orders placed by hand. */
export async function gatherEvidence(
  database: Database,
  control: Control,
  userId: string,
  before: AccountEvidence['before'],
  foreign: string[],
): Promise<AccountEvidence> {
  const collection = (name: string) => database.connection.db!.collection(name);
  const [ledger, orders, fills] = await Promise.all([
    control.ledger(userId),
    collection('orders').find({ userId }).toArray(),
    collection('fills').find({ userId }).toArray(),
  ]);
  return {
    userId,
    ledger,
    before,
    foreign,
    orders: orders.map((order) => ({
      clientOrderId: order['clientOrderId'],
      intentId: order['intentId'],
      purpose: order['purpose'],
      status: order['status'],
      exchangeOrderId: order['exchangeOrderId'],
    })),
    fills: fills.map((fill) => ({
      symbol: fill['symbol'],
      tradeId: fill['tradeId'],
      quantity: fill['quantity'],
      price: fill['price'],
    })),
  };
}
