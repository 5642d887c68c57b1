/**
 * Judges a campaign by the exchange's own ledger, set against the project's books. Every figure is a count of broken
 * promises; all of them have to be zero.
 */
import { Decimal } from 'decimal.js';
import { isOwnOrder } from '../../trading/orders/index.js';

export interface LedgerOrder {
  symbol: string;
  orderId: number;
  clientOrderId: string;
  executedQty: string;
  status: string;
  side: 'BUY' | 'SELL';
  type: string;
  origQty: string;
  /** Market time, ms. */
  time: number;
}

export interface LedgerTrade {
  symbol: string;
  id: number;
  orderId: number;
  price: string;
  qty: string;
  quoteQty: string;
  commission: string;
  commissionAsset: string;
  isBuyer: boolean;
}

export interface Ledger {
  orders: LedgerOrder[];
  trades: LedgerTrade[];
  balances: { asset: string; free: string; locked: string }[];
}

export interface StoredOrderView {
  clientOrderId: string;
  intentId: string;
  purpose: string;
  status: string;
  exchangeOrderId: string | null;
}

export interface StoredFillView {
  symbol: string;
  tradeId: string;
  quantity: number;
  price: number;
}

export interface EmergencyEvidence {
  liquidate: boolean;
  /** ISO time of the receipt; null where none came. */
  receiptAt: string | null;
  /** The exchange's ids of the buys that the ledger held right after the receipt. */
  boughtBefore: number[];
  /** The market's time at the receipt, ms; null where the exchange was restarted meanwhile. */
  marketTime: number | null;
}

export interface AccountEvidence {
  userId: string;
  ledger: Ledger;
  /** Balances before the campaign. */
  before: { asset: string; free: string; locked: string }[];
  orders: StoredOrderView[];
  fills: StoredFillView[];
  /** Client order ids of the orders that were placed by hand. */
  foreign: string[];
  /** Of a user who was to be stopped in an emergency; null where it could not even be asked for. */
  emergency?: EmergencyEvidence | null;
}

export interface Verdict {
  intents: number;
  executedOrders: number;
  doubled: string[];
  lost: string[];
  unknownToUs: string[];
  foreignTouched: string[];
  booksDiffer: string[];
  balanceDiffers: string[];
  unfinished: string[];
  /** Buys after an emergency's receipt, and emergencies without one. */
  afterEmergency: string[];
  /** Holdings that were without protection for longer than promised. */
  unprotected: string[];
}

const DEAD = new Set(['REJECTED', 'ABANDONED', 'INTENT']);

export function judge(accounts: readonly AccountEvidence[]): Verdict {
  const verdict: Verdict = {
    intents: 0,
    executedOrders: 0,
    doubled: [],
    lost: [],
    unknownToUs: [],
    foreignTouched: [],
    booksDiffer: [],
    balanceDiffers: [],
    unfinished: [],
    afterEmergency: [],
    unprotected: [],
  };
  for (const account of accounts) {
    judgeAccount(account, verdict);
    judgeEmergency(account, verdict);
  }
  return verdict;
}

export const broken = (verdict: Verdict): number =>
  verdict.doubled.length +
  verdict.lost.length +
  verdict.unknownToUs.length +
  verdict.foreignTouched.length +
  verdict.booksDiffer.length +
  verdict.balanceDiffers.length +
  verdict.unfinished.length +
  verdict.afterEmergency.length +
  verdict.unprotected.length;

function judgeAccount({ userId, ledger, before, orders, fills, foreign }: AccountEvidence, verdict: Verdict): void {
  const stored = new Map(orders.map((order) => [order.clientOrderId, order]));
  verdict.intents += new Set(orders.map((order) => order.intentId)).size;

  const own = ledger.orders.filter((order) => isOwnOrder(order.clientOrderId));
  const executedByIntent = new Map<string, string[]>();
  const seen = new Set<string>();
  for (const order of own) {
    if (seen.has(order.clientOrderId)) verdict.doubled.push(`${userId} ${order.clientOrderId}: sent twice`);
    seen.add(order.clientOrderId);
    const known = stored.get(order.clientOrderId);
    if (!known) {
      verdict.unknownToUs.push(`${userId} ${order.clientOrderId}`);
      continue;
    }
    if (DEAD.has(known.status) && order.status !== 'REJECTED')
      verdict.lost.push(
        `${userId} ${order.clientOrderId}: ${order.status} on the exchange, ${known.status} in the books`,
      );
    if (new Decimal(order.executedQty).gt(0)) {
      verdict.executedOrders += 1;
      executedByIntent.set(known.intentId, [...(executedByIntent.get(known.intentId) ?? []), order.clientOrderId]);
    }
    if (['NEW', 'PARTIALLY_FILLED'].includes(order.status))
      verdict.unfinished.push(`${userId} ${order.clientOrderId}: still ${order.status}, in the books ${known.status}`);
  }
  for (const [intent, executed] of executedByIntent)
    if (executed.length > 1) verdict.doubled.push(`${userId} ${intent}: executed as ${executed.join(' and ')}`);
  for (const order of orders) {
    if (order.status === 'SUBMITTING' || order.status === 'UNKNOWN')
      verdict.unfinished.push(`${userId} ${order.clientOrderId}: ${order.status}`);
    else if (!DEAD.has(order.status) && !seen.has(order.clientOrderId))
      verdict.lost.push(`${userId} ${order.clientOrderId}: ${order.status} in the books, not on the exchange`);
  }
  for (const id of foreign) {
    const order = ledger.orders.find((one) => one.clientOrderId === id);
    if (order?.status !== 'NEW') verdict.foreignTouched.push(`${userId} ${id}: ${order?.status ?? 'gone'}`);
  }
  judgeTrades(userId, ledger, new Set(own.map((order) => `${order.symbol}:${order.orderId}`)), fills, verdict);
  judgeBalances(userId, ledger, before, verdict);
}

function judgeEmergency({ userId, ledger, emergency }: AccountEvidence, verdict: Verdict): void {
  if (emergency === undefined) return;
  if (!emergency?.receiptAt) {
    verdict.afterEmergency.push(`${userId}: no receipt`);
    return;
  }
  const { boughtBefore, marketTime } = emergency;
  const before = new Set(boughtBefore);
  for (const order of ledger.orders)
    if (order.side === 'BUY' && (!before.has(order.orderId) || (marketTime !== null && order.time > marketTime)))
      verdict.afterEmergency.push(
        `${userId} ${order.clientOrderId}: bought after the receipt of ${emergency.receiptAt}`,
      );
}

function judgeTrades(
  userId: string,
  ledger: Ledger,
  own: Set<string>,
  fills: readonly StoredFillView[],
  verdict: Verdict,
): void {
  const trades = ledger.trades.filter((trade) => own.has(`${trade.symbol}:${trade.orderId}`));
  const stored = new Map(fills.map((fill) => [`${fill.symbol.replace('/', '')}:${fill.tradeId}`, fill]));
  for (const trade of trades) {
    const fill = stored.get(`${trade.symbol}:${trade.id}`);
    if (!fill) verdict.booksDiffer.push(`${userId} trade ${trade.symbol} ${trade.id} is not in the books`);
    else if (!new Decimal(fill.quantity).eq(trade.qty) || !new Decimal(fill.price).eq(trade.price))
      verdict.booksDiffer.push(`${userId} trade ${trade.symbol} ${trade.id} differs`);
  }
  if (stored.size !== trades.length)
    verdict.booksDiffer.push(`${userId}: ${trades.length} trades on the exchange, ${stored.size} fills in the books`);
}

/** Balances now have to be balances before plus every trade, to the last unit. */
function judgeBalances(userId: string, ledger: Ledger, before: Ledger['balances'], verdict: Verdict): void {
  const expected = totals(before);
  const move = (asset: string, amount: Decimal): void =>
    void expected.set(asset, (expected.get(asset) ?? new Decimal(0)).plus(amount));
  for (const trade of ledger.trades) {
    const quote = 'USDT';
    const base = trade.symbol.slice(0, -quote.length);
    const sign = trade.isBuyer ? 1 : -1;
    move(base, new Decimal(trade.qty).times(sign));
    move(quote, new Decimal(trade.quoteQty).times(-sign));
    move(trade.commissionAsset, new Decimal(trade.commission).neg());
  }
  const actual = totals(ledger.balances);
  for (const asset of new Set([...expected.keys(), ...actual.keys()])) {
    const [want, have] = [expected.get(asset) ?? new Decimal(0), actual.get(asset) ?? new Decimal(0)];
    if (!want.eq(have))
      verdict.balanceDiffers.push(`${userId} ${asset}: ${have.toFixed()} instead of ${want.toFixed()}`);
  }
}

const totals = (balances: Ledger['balances']): Map<string, Decimal> =>
  new Map(balances.map(({ asset, free, locked }) => [asset, new Decimal(free).plus(locked)]));
