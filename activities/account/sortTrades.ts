/** The exchange's own list of an account's trades, order by order: ours and stored, ours and missing, or somebody else's. */
import type { AccountBookDocument } from '../../adapters/database/documents.js';
import type { StoredOrder } from '../../adapters/database/ordersRepository.js';
import type { AccountExchange } from '../../adapters/exchange/port.js';
import { isOwnOrder } from '../../trading/orders/index.js';
import type { Finding } from '../../trading/reconcile/index.js';
import type { Fill, VenueMode } from '../../trading/types.js';
import type { ActivityDependencies } from '../dependencies.js';
import { withFeesValued } from '../orders/fees.js';

export interface SortedTrades {
  foreign: Fill[];
  /** Of our orders and absent from our books until now; they are stored. */
  missing: Fill[];
  /** The newest trade looked at, by symbol. */
  cursors: Record<string, string>;
  findings: Finding[];
}

export interface OrdersAsked {
  userId: string;
  mode: VenueMode;
  stored: AccountBookDocument;
  symbols: readonly string[];
}

const PAGE = 1_000;
const MOST_PAGES = 5;

export async function sortTrades(
  deps: ActivityDependencies,
  exchange: AccountExchange,
  asked: OrdersAsked,
): Promise<SortedTrades> {
  const sorted: SortedTrades = { foreign: [], missing: [], cursors: {}, findings: [] };
  await Promise.all(
    asked.symbols.map(async (symbol) => {
      const trades = await tradesAfter(exchange, symbol, asked.stored);
      if (trades.length > 0) sorted.cursors[symbol] = trades.reduce(newer, '0');
      const known = await deps.repositories.fills.known(
        asked.userId,
        symbol,
        trades.map(({ tradeId }) => tradeId),
      );
      const rest = trades.filter(({ tradeId }) => !known.has(tradeId));
      for (const orderId of new Set(rest.map((trade) => trade.orderId)))
        await sortOrder(deps, exchange, asked, sorted, {
          symbol,
          orderId,
          trades: rest.filter((trade) => trade.orderId === orderId),
        });
    }),
  );
  return sorted;
}

/** After the last one seen; at first those since the account was first looked at. */
async function tradesAfter(exchange: AccountExchange, symbol: string, stored: AccountBookDocument): Promise<Fill[]> {
  const cursor = stored.tradeCursors[symbol];
  if (cursor === undefined) {
    const newest = await exchange.trades(symbol, { limit: PAGE });
    return newest.filter(({ time }) => time > stored.openedMarketTime);
  }
  const all: Fill[] = [];
  for (let page = 0, from = cursor; page < MOST_PAGES; page++) {
    const next = await exchange.trades(symbol, { fromId: String(BigInt(from) + 1n), limit: PAGE });
    all.push(...next);
    if (next.length < PAGE) break;
    from = next.reduce(newer, from);
  }
  return all;
}

const newer = (latest: string, { tradeId }: Fill): string => (BigInt(tradeId) > BigInt(latest) ? tradeId : latest);

async function sortOrder(
  deps: ActivityDependencies,
  exchange: AccountExchange,
  { userId, mode }: OrdersAsked,
  sorted: SortedTrades,
  { symbol, orderId, trades }: { symbol: string; orderId: string; trades: Fill[] },
): Promise<void> {
  const { orders, fills } = deps.repositories;
  let [order] = (await orders.byExchangeId(userId, orderId)).filter((one) => one.symbol === symbol);
  if (!order) {
    const [report] = await exchange.allOrders(symbol, { fromOrderId: orderId, limit: 1 });
    if (report?.orderId !== orderId)
      throw new Error(`${symbol}: the exchange has trades of order ${orderId} and not the order`);
    const { clientOrderId } = report;
    if (isOwnOrder(clientOrderId)) {
      order = (await orders.get(clientOrderId)) ?? undefined;
      if (!order)
        sorted.findings.push({ code: 'OWN_ORDER_UNKNOWN', id: `unknown-${clientOrderId}`, symbol, clientOrderId });
    }
  }
  if (order?.userId !== userId) {
    sorted.foreign.push(...trades);
    return;
  }
  const { clientOrderId } = order;
  const valued = await withFeesValued(deps.venue(mode), trades);
  await fills.insert(
    userId,
    valued.map((trade) => ({ ...trade, clientOrderId, mode })),
  );
  await watchAgain(deps, order);
  sorted.missing.push(...trades);
  for (const { tradeId } of trades)
    sorted.findings.push({ code: 'OWN_FILL_MISSING', id: `fill-${symbol}-${tradeId}`, symbol, clientOrderId });
}

/** An entry given up long ago that executed after all: watched again, so that it is adopted and protected. */
async function watchAgain(deps: ActivityDependencies, { clientOrderId, status }: StoredOrder): Promise<void> {
  if (status === 'ABANDONED')
    await deps.repositories.orders.transition(
      clientOrderId,
      ['ABANDONED'],
      'ABANDONED',
      'its trades are on the exchange',
    );
}
