/** Closed trades and the exchange's executions; both are written once however often a step is repeated. */
import type { ClosedTrade, Fill, VenueMode } from '../../trading/types.js';
import { insertInto, type Write } from './bulkWrites.js';
import { findByIndex } from './byIndex.js';
import type { Database } from './connect.js';
import type { FillDocument, TradeDocument } from './documents.js';
import { insertOnce, newInserts, toDecimal, toNumber } from './values.js';

export interface RecordedFill extends Fill {
  id: string;
  recordedAt: Date;
}

/** What a trade's record says beside the trade itself. */
export interface TradeContext {
  day: string;
  mode: VenueMode;
  id?: string;
  strategy?: string | null | undefined;
  leadingStrategy?: string | null | undefined;
}

const DAY_MS = 86_400_000;

export function createTradesRepository({ models }: Database) {
  return {
    /**
     * False where it is stored already.
     * @param more.day the user's day of the exit, `YYYY-MM-DD`
     * @param more.id the position's id unless a part was sold
     */
    insert: (userId: string, trade: ClosedTrade, more: TradeContext, now = new Date()): Promise<boolean> =>
      insertOnce(() => models.trades.create([tradeDocument(userId, trade, more, now)])),

    /** The same as part of a message of several writes. */
    inserting: (userId: string, trade: ClosedTrade, more: TradeContext, now = new Date()): Write =>
      insertInto('trades', tradeDocument(userId, trade, more, now)),

    /** The trades closed from that market time on, in no order. */
    closedSince: (userId: string, mode: VenueMode, from: Date): Promise<TradeDocument[]> =>
      findByIndex(models.trades, { userId, exitTime: { $gte: from } }, { mode }),

    /**
     * The last trades by market time, newest first; at the same moment the better one counts as the later.
     * @param from where to begin to look, market time, ms: from there on and ever further back, until there are enough
     */
    async newest(userId: string, mode: VenueMode, count: number, from: number): Promise<TradeDocument[]> {
      const newestFirst = { sort: { exitTime: -1, pnl: -1 } as const, limit: count };
      let found: TradeDocument[] = [];
      for (const back of [2 * DAY_MS, 32 * DAY_MS, Infinity]) {
        const exitTime = { $gte: new Date(Math.max(0, from - back)) };
        found = await findByIndex(models.trades, { userId, exitTime }, { mode }, newestFirst);
        if (found.length >= count) break;
      }
      return found;
    },

    byPosition: (userId: string, positionId: string): Promise<TradeDocument[]> =>
      models.trades.find({ userId, positionId }).lean<TradeDocument[]>(),

    /** Trades recorded in a window of real time bounded on both sides, oldest first. */
    async between(userId: string, from: Date, to: Date): Promise<TradeDocument[]> {
      const filter = { userId, recordedAt: { $gt: from, $lte: to } };
      const found = await models.trades.find(filter).lean<TradeDocument[]>();
      return found.sort((a, b) => a.recordedAt.getTime() - b.recordedAt.getTime());
    },
  };
}

export function createFillsRepository({ models }: Database) {
  async function ofOrders(userId: string, orderIds: readonly string[]): Promise<Fill[]> {
    if (orderIds.length === 0) return [];
    const wanted = orderIds.length === 1 ? orderIds[0] : { $in: [...orderIds] };
    const found = await models.fills.find({ userId, orderId: wanted }).lean<FillDocument[]>();
    return found.map(fillFrom).sort((a, b) => a.time - b.time);
  }
  return {
    /** Stores executions; those known already are passed over. The count of the new ones. */
    async insert(
      userId: string,
      fills: readonly (Fill & { clientOrderId?: string | null; mode?: VenueMode })[],
      now = new Date(),
    ): Promise<number> {
      if (fills.length === 0) return 0;
      const documents = fills.map((fill) => fillDocument(userId, fill, now));
      return newInserts(documents.length, () => models.fills.insertMany(documents, { ordered: false }));
    },

    /** The same as parts of a message of several writes. */
    inserting: (
      userId: string,
      fills: readonly (Fill & { clientOrderId?: string | null; mode?: VenueMode })[],
      now = new Date(),
    ): Write[] => fills.map((fill) => insertInto('fills', fillDocument(userId, fill, now))),

    byOrder: async (userId: string, orderId: string): Promise<Fill[]> => ofOrders(userId, [orderId]),
    /** Of several orders, oldest first. */
    byOrders: (userId: string, orderIds: readonly string[]): Promise<Fill[]> => ofOrders(userId, orderIds),

    /** Fills by when they were recorded (real time), with their documents' ids; all of them without `since`. */
    async recordedSince(userId: string, mode: VenueMode, since: Date | null): Promise<RecordedFill[]> {
      const ofMode = mode === 'paper' ? { mode: { $in: ['paper', null] } } : { mode };
      const recorded = { userId, ...(since ? { recordedAt: { $gt: since } } : {}) };
      const found = await findByIndex(models.fills, recorded, ofMode);
      return found.map((document) => ({ ...fillFrom(document), id: document._id, recordedAt: document.recordedAt }));
    },

    /** Which of these trades of a symbol are stored. */
    async known(userId: string, symbol: string, tradeIds: readonly string[]): Promise<Set<string>> {
      if (tradeIds.length === 0) return new Set();
      const found = await models.fills
        .find({ userId, symbol, tradeId: { $in: [...tradeIds] } }, { tradeId: 1 })
        .lean<Pick<FillDocument, 'tradeId'>[]>();
      return new Set(found.map(({ tradeId }) => tradeId));
    },
  };
}

function tradeDocument(userId: string, trade: ClosedTrade, more: TradeContext, now: Date): TradeDocument {
  return {
    _id: more.id ?? trade.positionId,
    userId,
    positionId: trade.positionId,
    symbol: trade.symbol,
    entryTime: new Date(trade.entryTime),
    entryPrice: toNumber(trade.entryPrice, 'entryPrice'),
    exitTime: new Date(trade.exitTime),
    exitPrice: toNumber(trade.exitPrice, 'exitPrice'),
    quantity: toNumber(trade.quantity, 'quantity'),
    fees: toNumber(trade.fees, 'fees'),
    pnl: toNumber(trade.pnl, 'pnl'),
    pnlPct: trade.pnlPct,
    exitReason: trade.exitReason,
    strategy: more.strategy ?? null,
    leadingStrategy: more.leadingStrategy ?? null,
    mode: more.mode,
    day: more.day,
    recordedAt: now,
  };
}

function fillDocument(
  userId: string,
  fill: Fill & { clientOrderId?: string | null; mode?: VenueMode },
  now: Date,
): FillDocument {
  return {
    _id: `${userId}:${fill.symbol}:${fill.tradeId}`,
    userId,
    symbol: fill.symbol,
    tradeId: fill.tradeId,
    orderId: fill.orderId,
    clientOrderId: fill.clientOrderId ?? null,
    side: fill.side,
    price: toNumber(fill.price, 'price'),
    quantity: toNumber(fill.quantity, 'quantity'),
    fee: toNumber(fill.fee, 'fee'),
    feeAsset: fill.feeAsset,
    feeQuote: fill.feeQuote === undefined ? null : toNumber(fill.feeQuote, 'feeQuote'),
    mode: fill.mode ?? 'paper',
    marketTime: new Date(fill.time),
    recordedAt: now,
  };
}

function fillFrom(document: FillDocument): Fill {
  return {
    tradeId: document.tradeId,
    orderId: document.orderId,
    symbol: document.symbol,
    side: document.side,
    price: toDecimal(document.price),
    quantity: toDecimal(document.quantity),
    fee: toDecimal(document.fee),
    feeAsset: document.feeAsset,
    ...(typeof document.feeQuote === 'number' ? { feeQuote: toDecimal(document.feeQuote) } : {}),
    time: document.marketTime.getTime(),
  };
}
