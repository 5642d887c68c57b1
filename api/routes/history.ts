/** What the loop left behind: logs, signals, orders, trades, positions. */
import type { Filter } from '../../adapters/database/collection.js';
import type {
  LogDocument,
  OrderDocument,
  PositionDocument,
  SignalDocument,
  TradeDocument,
  UserDocument,
} from '../../adapters/database/documents.js';
import type { ApiDependencies } from '../dependencies.js';
import { csvReply } from '../http/csv.js';
import { containing, ownedBy, type Page, pageByTime } from '../http/paging.js';
import { defineRoute, type Route } from '../http/route.js';
import { trading as schemas } from '../schemas/index.js';
import * as views from '../services/views.js';

export function historyRoutes(deps: ApiDependencies): Route[] {
  const { models } = deps.database;
  const mine = (user: UserDocument, filter: Filter) => ({ ...ownedBy(user), filter: given(filter) });

  const logs = defineRoute({
    method: 'get',
    path: '/api/logs',
    tag: 'History',
    summary: 'The log, newest first',
    access: 'user',
    query: schemas.logsQuery,
    answers: { 200: schemas.logs },
    csv: true,
    handle({ user, query, wantsCsv }) {
      const { level, component, symbol, q, ...range } = query;
      const about = [q, symbol].filter((text) => text !== undefined).map((text) => ({ message: containing(text) }));
      const filter = { logLevel: level, component, $and: about.length > 0 ? about : undefined };
      const read = async (more: object): Promise<Page<views.LogView>> =>
        mapped(
          await pageByTime<LogDocument>(
            { collection: models.logs, time: 'timestamp', ...mine(user, filter) },
            { ...range, ...more },
          ),
          views.log,
        );
      return wantsCsv
        ? csvReply(LOG_COLUMNS, range.limit, (limit, cursor) => read(next(range, limit, cursor)))
        : read({});
    },
  });

  const signals = defineRoute({
    method: 'get',
    path: '/api/signals',
    tag: 'History',
    summary: 'Signals, newest first',
    access: 'user',
    query: schemas.signalsQuery,
    answers: { 200: schemas.signals },
    async handle({ user, query }) {
      const { symbol, signalType, active, executed, q, ...range } = query;
      const reasons = q === undefined ? undefined : containing(q);
      const filter = { symbol, signalType, active: bool(active), executed: bool(executed), reasons };
      const source = { collection: models.signals, time: 'createdAt' as const, ...mine(user, filter) };
      return mapped(await pageByTime<SignalDocument>(source, range), views.signal);
    },
  });

  const orders = defineRoute({
    method: 'get',
    path: '/api/orders',
    tag: 'History',
    summary: 'Orders, newest first; protective legs are orders too',
    access: 'user',
    query: schemas.ordersQuery,
    answers: { 200: schemas.orders },
    csv: true,
    handle({ user, query, wantsCsv }) {
      const { symbol, status, purpose, side, intentId, positionId, q, ...range } = query;
      const clientOrderId = q === undefined ? undefined : containing(q);
      const source = {
        collection: models.orders,
        time: 'createdAt' as const,
        ...mine(user, { symbol, status, purpose, side, intentId, positionId, clientOrderId }),
      };
      const read = async (more: object): Promise<Page<views.OrderView>> =>
        mapped(await pageByTime<OrderDocument>(source, { ...range, ...more }), views.order);
      return wantsCsv
        ? csvReply(ORDER_COLUMNS, range.limit, (limit, cursor) => read(next(range, limit, cursor)))
        : read({});
    },
  });

  const trades = defineRoute({
    method: 'get',
    path: '/api/trades',
    tag: 'History',
    summary: 'Closed trades, newest first; from and to are about the exit, market time',
    access: 'user',
    query: schemas.tradesQuery,
    answers: { 200: schemas.trades },
    csv: true,
    handle({ user, query, wantsCsv }) {
      const { symbol, exitReason, positionId, q, from, to, ...range } = query;
      const exitTime = from || to ? given({ $gte: from, $lte: to }) : undefined;
      const text = q === undefined ? undefined : [{ symbol: containing(q) }, { exitReason: containing(q) }];
      const source = {
        collection: models.trades,
        time: 'recordedAt' as const,
        ...mine(user, { symbol, exitReason, positionId, exitTime, $or: text }),
      };
      const read = async (more: object): Promise<Page<views.TradeView>> =>
        mapped(await pageByTime<TradeDocument>(source, { ...range, ...more }), views.trade);
      return wantsCsv
        ? csvReply(TRADE_COLUMNS, range.limit, (limit, cursor) => read(next(range, limit, cursor)))
        : read({});
    },
  });

  const positions = defineRoute({
    method: 'get',
    path: '/api/positions',
    tag: 'History',
    summary: 'Positions, open ones unless asked otherwise',
    access: 'user',
    query: schemas.positionsQuery,
    answers: { 200: schemas.positions },
    async handle({ user, query }) {
      const { symbol, status = 'open', q, ...range } = query;
      const states = { open: { $in: ['OPENING', 'OPEN', 'CLOSING'] }, closed: 'CLOSED', all: undefined }[status];
      const text = q === undefined ? undefined : [{ symbol: containing(q) }, { _id: q }];
      const source = {
        collection: models.positions,
        time: 'createdAt' as const,
        ...mine(user, { symbol, status: states, $or: text }),
      };
      const { items, nextCursor } =
        status === 'open' && range.cursor === undefined
          ? await openOnes(source, range)
          : await pageByTime<PositionDocument>(source, range);
      return { items: await views.positionsAtMarket(deps, items, PRICES_PATIENCE_MS), nextCursor };
    },
  });

  return [logs, signals, orders, trades, positions];
}

/** Whoever asks for positions wants their values, and waits for a slow exchange, ms. */
const PRICES_PATIENCE_MS = 3_000;

type PositionSource = Parameters<typeof pageByTime<PositionDocument>>[0];
type Range = Parameters<typeof pageByTime>[1];

/** Open positions are few and found by their status; only with more than a page of them is time searched. */
async function openOnes(source: PositionSource, range: Range): Promise<Page<PositionDocument>> {
  const { from, to, limit = 100 } = range;
  const { userId, filter } = source;
  const all = await source.collection
    .find({ userId, ...filter })
    .limit(501)
    .lean();
  const items = all
    .filter(({ createdAt }) => (!from || createdAt >= from) && (!to || createdAt <= to))
    .sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime() || (a._id < b._id ? 1 : -1));
  return items.length <= limit ? { items, nextCursor: null } : pageByTime(source, range);
}

/** Without the conditions that were not asked for. */
function given(filter: Filter): Filter {
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
}

const bool = (text: string | undefined) => (text === undefined ? undefined : text === 'true');
const next = (range: object, limit: number, cursor: string | undefined) => ({
  ...range,
  limit,
  ...(cursor ? { cursor } : {}),
});

function mapped<Document, View>(page: Page<Document>, view: (document: Document) => View): Page<View> {
  return { items: page.items.map(view), nextCursor: page.nextCursor };
}

const LOG_COLUMNS = ['id', 'timestamp', 'logLevel', 'component', 'message', 'data'] as const;
const ORDER_COLUMNS = [
  'id',
  'createdAt',
  'updatedAt',
  'intentId',
  'clientOrderId',
  'exchangeOrderId',
  'positionId',
  'symbol',
  'side',
  'type',
  'purpose',
  'status',
  'quantity',
  'filledQuantity',
  'price',
  'stopPrice',
  'averagePrice',
  'fees',
  'mode',
] as const;
const TRADE_COLUMNS = [
  'id',
  'symbol',
  'entryTime',
  'entryPrice',
  'exitTime',
  'exitPrice',
  'quantity',
  'fees',
  'pnl',
  'pnlPct',
  'exitReason',
  'mode',
] as const;
