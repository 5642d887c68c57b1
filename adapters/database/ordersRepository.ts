/**
 * Orders: an intent is stored before anything is sent, and every later word about it is a guarded transition. Writes go
 * to the driver as they are: a mongoose document around each doubled the time before an order could be sent.
 */
import type { Document } from 'mongodb';
import type { ExitReason, OrderPurpose, VenueMode } from '../../trading/types.js';
import type { Write } from './bulkWrites.js';
import { findByIndex } from './byIndex.js';
import type { Database } from './connect.js';
import {
  type EntryDecision,
  OPEN_ORDER_STATES,
  type OrderDocument,
  type OrderState,
  UNRESOLVED_ORDER_STATES,
} from './documents.js';
import { insertOnce, newInserts, toNumber, toNumberOrNull } from './values.js';

/** What is known before an order is sent. Prices and quantities as decimal strings. */
export interface NewOrder {
  userId: string;
  intentId: string;
  clientOrderId: string;
  symbol: string;
  side: 'BUY' | 'SELL';
  type: string;
  purpose: OrderPurpose;
  quantity: string;
  price?: string | null;
  stopPrice?: string | null;
  mode: VenueMode;
  generation?: number;
  positionId?: string | null;
  listClientOrderId?: string | null;
  fenceTimestamp?: number | null;
  recvWindow?: number | null;
  decision?: EntryDecision | null;
  exitReason?: ExitReason | null;
  status?: OrderState; // SUBMITTING
  reason?: string | null;
}

/** What a transition may learn besides the status. */
export interface OrderFields {
  exchangeOrderId?: string | null;
  orderListId?: string | null;
  positionId?: string | null;
  filledQuantity?: string;
  averagePrice?: string | null;
  price?: string | null;
  stopPrice?: string | null;
  fees?: string;
  fenceTimestamp?: number | null;
  recvWindow?: number | null;
  reason?: string | null;
}

export type StoredOrder = Omit<OrderDocument, '_id'>;

/** One step of an order's life; `evidence` is what showed the new state, kept in the order's history. */
export interface OrderMove {
  clientOrderId: string;
  from: OrderState;
  to: OrderState;
  evidence: string;
  fields?: OrderFields;
}

export function createOrdersRepository({ models, connection }: Database) {
  const many = (filter: Record<string, unknown>): Promise<StoredOrder[]> =>
    models.orders.find(filter, { _id: 0 }).lean<StoredOrder[]>();
  const collection = () => connection.db!.collection<OrderDocument>(ORDERS);
  return {
    /** False where this client order id is stored already: somebody was here before and must resolve, not send. */
    insertIntent: (order: NewOrder, now = new Date()): Promise<boolean> =>
      insertOnce(() => collection().insertOne(newDocument(order, now))),

    /** The legs of a protective list in one message; the count of those that were new. */
    async insertIntents(orders: readonly NewOrder[], now = new Date()): Promise<number> {
      const documents = orders.map((order) => newDocument(order, now));
      return newInserts(documents.length, () => collection().insertMany(documents, { ordered: false }));
    },

    /**
     * Moves an order on, if it is in one of `from`; false means that it was not, and nothing was changed.
     * @param evidence what showed the new state, kept in the order's history
     */
    async transition(
      clientOrderId: string,
      from: readonly OrderState[],
      to: OrderState,
      evidence: string,
      fields: OrderFields = {},
      now = new Date(),
    ): Promise<boolean> {
      // One guarded update per possible earlier state, so that the history tells the true one. Usually it is the first.
      for (const earlier of from) {
        const { filter, update } = moved({ clientOrderId, from: earlier, to, evidence, fields }, now);
        if ((await collection().updateOne(filter, update)).matchedCount === 1) return true;
      }
      return false;
    },

    /** The same step as part of a message of several writes. */
    moving: (move: OrderMove, now = new Date()): Write => ({
      collection: ORDERS,
      operation: { updateOne: moved(move, now) },
    }),

    async get(clientOrderId: string): Promise<StoredOrder | null> {
      return models.orders.findById(clientOrderId, { _id: 0 }).lean<StoredOrder>();
    },
    /** Decided in shadow mode and never sent. */
    inShadow: (userId: string) => many({ userId, status: 'SHADOW' }),
    byExchangeId: (userId: string, exchangeOrderId: string) => many({ userId, exchangeOrderId }),
    byIntent: (userId: string, intentId: string) => many({ userId, intentId }),
    /** Every order that was ever sent for a position, its entry included. */
    ofPosition: (userId: string, positionId: string) => many({ userId, positionId }),
    /** Given up lately (real time): watched for a late appearance after all. */
    abandonedSince: async (userId: string, since: Date) =>
      (await many({ userId, status: 'ABANDONED' })).filter((order) => order.updatedAt > since),
    /** Orders stored since (real time); for the order-rate check. */
    async countSince(userId: string, since: Date): Promise<number> {
      return (await models.orders.find({ userId, createdAt: { $gt: since } }, { _id: 1 }).lean()).length;
    },
    /** Was an entry stored since (real time), whatever became of it? */
    hasEntrySince: async (userId: string, since: Date): Promise<boolean> =>
      (await findByIndex(models.orders, { userId, createdAt: { $gt: since } }, { purpose: 'ENTRY' })).length > 0,
    /** Working on the exchange as far as is known. */
    openByUser: (userId: string) => many({ userId, status: { $in: OPEN_ORDER_STATES } }),
    /** The newest that filled, whatever for. */
    newestFilled: (userId: string, mode: VenueMode) =>
      models.orders.findOne({ userId, status: 'FILLED', mode }, { _id: 0 }).sort({ createdAt: -1 }).lean<StoredOrder>(),
    /** Outcome not known: to be resolved by query before anything else is sent for the same intent. */
    unresolvedByUser: (userId: string) => many({ userId, status: { $in: UNRESOLVED_ORDER_STATES } }),
  };
}

const ORDERS = 'orders';

function moved({ clientOrderId, from, to, evidence, fields = {} }: OrderMove, now: Date) {
  const entry = { at: now, from, to, evidence };
  const update: Document = {
    $set: { ...numeric(fields), status: to, updatedAt: now },
    $push: { transitions: entry },
  };
  return { filter: { _id: clientOrderId, status: from }, update };
}

function newDocument(order: NewOrder, now: Date): OrderDocument {
  const status = order.status ?? 'SUBMITTING';
  return {
    _id: order.clientOrderId,
    userId: order.userId,
    intentId: order.intentId,
    clientOrderId: order.clientOrderId,
    exchangeOrderId: null,
    orderListId: null,
    listClientOrderId: order.listClientOrderId ?? null,
    positionId: order.positionId ?? null,
    symbol: order.symbol,
    side: order.side,
    type: order.type,
    purpose: order.purpose,
    status,
    quantity: toNumber(order.quantity, 'quantity'),
    filledQuantity: 0,
    price: toNumberOrNull(order.price, 'price'),
    stopPrice: toNumberOrNull(order.stopPrice, 'stopPrice'),
    averagePrice: null,
    fees: 0,
    mode: order.mode,
    generation: order.generation ?? 0,
    fenceTimestamp: order.fenceTimestamp ?? null,
    recvWindow: order.recvWindow ?? null,
    decision: order.decision ?? null,
    exitReason: order.exitReason ?? null,
    reason: order.reason ?? null,
    transitions: [{ at: now, from: null, to: status, evidence: 'stored' }],
    createdAt: now,
    updatedAt: now,
  };
}

const DECIMAL_FIELDS = new Set(['filledQuantity', 'averagePrice', 'price', 'stopPrice', 'fees']);

function numeric(fields: OrderFields): Record<string, unknown> {
  const known = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    known.map(([name, value]) => [name, DECIMAL_FIELDS.has(name) ? toNumberOrNull(value, name) : value]),
  );
}
