/**
 * The answers of Binance's spot REST protocol, as far as they are used. Decimal numbers stay strings. Unknown fields are
 * ignored: the exchange adds some every year.
 */
import { z } from 'zod';

export const decimal = z.string().regex(/^-?\d+(\.\d+)?$/, 'not a decimal number');
export const amount = z.string().regex(/^\d+(\.\d+)?$/, 'not a decimal number of at least 0');
export const id = z.union([z.number().int(), z.string().regex(/^-?\d+$/)]).transform(String);
export const millis = z.union([z.number(), z.string().regex(/^\d+$/).transform(Number)]).pipe(z.number().int().min(0));
export const side = z.enum(['BUY', 'SELL']);
const marketId = z.string().min(2);

export const orderType = z.enum([
  'MARKET',
  'LIMIT',
  'LIMIT_MAKER',
  'STOP_LOSS',
  'STOP_LOSS_LIMIT',
  'TAKE_PROFIT',
  'TAKE_PROFIT_LIMIT',
]);
export const orderStatus = z.enum([
  'NEW',
  'PARTIALLY_FILLED',
  'FILLED',
  'CANCELED',
  'PENDING_CANCEL',
  'REJECTED',
  'EXPIRED',
  'EXPIRED_IN_MATCH',
]);

export const timeAnswer = z.object({ serverTime: millis.refine((ms) => ms > 0, 'not a time') });

const placementFill = z.object({
  price: amount,
  qty: amount,
  commission: amount,
  commissionAsset: z.string().min(1),
  tradeId: id,
});

const orderCore = z.object({
  symbol: marketId,
  orderId: id,
  orderListId: id.optional(),
  clientOrderId: z.string().min(1),
  price: amount,
  stopPrice: amount.optional(),
  origQty: amount,
  executedQty: amount,
  cummulativeQuoteQty: decimal,
  status: orderStatus,
  type: orderType,
  side,
});

/** GET order, openOrders, allOrders. */
export const orderAnswer = orderCore.extend({ time: millis, updateTime: millis });
/** POST order with newOrderRespType=FULL, and the reports inside an order list's answer. */
export const placementAnswer = orderCore.extend({ transactTime: millis, fills: z.array(placementFill).optional() });
/** DELETE order: `clientOrderId` is the cancel's own, `origClientOrderId` the order's. */
export const cancelAnswer = orderCore.extend({ transactTime: millis.optional(), origClientOrderId: z.string().min(1) });

const listCore = z.object({
  orderListId: id,
  contingencyType: z.string(),
  listClientOrderId: z.string().min(1),
  symbol: marketId,
});
export const listPlacementAnswer = listCore.extend({ orderReports: z.array(placementAnswer).min(2) });
export const listCancelAnswer = listCore.extend({ orderReports: z.array(cancelAnswer).min(1) });
/** Cancelling one leg of a list cancels the list, and the exchange may answer with all of it. */
export const anyCancelAnswer = z.union([cancelAnswer, listCancelAnswer]);

export const ordersAnswer = z.array(orderAnswer);

export const tradesAnswer = z.array(
  z.object({
    symbol: marketId,
    id,
    orderId: id,
    price: amount,
    qty: amount,
    commission: amount,
    commissionAsset: z.string().min(1),
    time: millis,
    isBuyer: z.boolean(),
  }),
);

export const accountAnswer = z.object({
  balances: z.array(z.object({ asset: z.string().min(1), free: amount, locked: amount })),
});

const recordId = z.union([z.string().min(1), z.number()]).transform(String);
/** walletType 1 is the funding wallet, whose money is not on the spot account. */
const walletType = z.number().int().default(0);
export const depositsAnswer = z.array(
  z.object({ id: recordId, coin: z.string().min(1), amount, status: z.number().int(), insertTime: millis, walletType }),
);
export const withdrawalsAnswer = z.array(
  z.object({
    id: recordId,
    coin: z.string().min(1),
    amount,
    transactionFee: amount.default('0'),
    status: z.number().int(),
    /** 2024-08-05 12:00:00, UTC. */
    applyTime: z.string().regex(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
    walletType,
  }),
);

export const restrictionsAnswer = z.object({
  ipRestrict: z.boolean(),
  enableReading: z.boolean().optional(),
  enableSpotAndMarginTrading: z.boolean(),
  enableWithdrawals: z.boolean(),
  enableInternalTransfer: z.boolean().default(false),
  permitsUniversalTransfer: z.boolean().default(false),
  enableMargin: z.boolean(),
  enableFutures: z.boolean(),
  enableVanillaOptions: z.boolean().default(false),
  enablePortfolioMarginTrading: z.boolean().default(false),
});

const positive = amount.transform(Number).pipe(z.number().positive());
export const tickersAnswer = z.array(
  z.object({
    symbol: marketId,
    lastPrice: positive,
    bidPrice: positive,
    askPrice: positive,
    quoteVolume: amount.transform(Number),
    closeTime: millis,
  }),
);

/** [open time, open, high, low, close, volume, close time, …] */
export const klinesAnswer = z.array(
  z.tuple([millis, positive, positive, positive, positive, amount.transform(Number), millis]).rest(z.unknown()),
);

const filter = z.looseObject({ filterType: z.string() });
export const exchangeInfoAnswer = z.object({
  rateLimits: z
    .array(
      z.object({
        rateLimitType: z.string(),
        interval: z.string(),
        intervalNum: z.number(),
        limit: z.number().positive(),
      }),
    )
    .default([]),
  symbols: z
    .array(
      z.object({
        symbol: marketId,
        status: z.string(),
        baseAsset: z.string().min(1),
        quoteAsset: z.string().min(1),
        ocoAllowed: z.boolean().default(false),
        isSpotTradingAllowed: z.boolean().default(true),
        filters: z.array(filter),
      }),
    )
    .min(1, 'no symbol is listed'),
});

export type OrderAnswer = z.infer<typeof orderAnswer>;
export type PlacementAnswer = z.infer<typeof placementAnswer>;
export type CancelAnswer = z.infer<typeof cancelAnswer>;
export type TradeAnswer = z.infer<typeof tradesAnswer>[number];
export type DepositAnswer = z.infer<typeof depositsAnswer>[number];
export type WithdrawalAnswer = z.infer<typeof withdrawalsAnswer>[number];
export type ExchangeInfoAnswer = z.infer<typeof exchangeInfoAnswer>;
