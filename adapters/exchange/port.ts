/**
 * What the rest of the product may ask of an exchange. Adapters answer with facts and hold no decisions: whether to
 * resend, abandon or protect is decided in activities/orders on the rules in trading/orders.
 * Prices and quantities are decimal strings; times are ms. Every call has a hard deadline that covers the body, every
 * answer is checked against a schema, and every error is one of the classes in ./errors.ts without any secret in it.
 */
import type { Balance, TransferRecord } from '../../trading/reconcile/index.js';
import type { CircuitState } from '../../trading/risk/circuit.js';
import type { LimiterState } from './limiter.js';
import type { CandleColumns, Fill, SymbolRules, Timeframe } from '../../trading/types.js';

export type { Balance, TransferRecord };

export interface Ticker {
  symbol: string;
  last: number;
  bid: number;
  ask: number;
  quoteVolume: number;
  /** Market time of the newest trade, ms: the market's clock. */
  marketTime: number;
}

/** Public data of one exchange address, shared by all users of a worker. */
export interface MarketExchange {
  /** Rules by symbol (BTC/USDT), as they are known while they are read anew every hour. */
  symbolRules(): Promise<Map<string, SymbolRules>>;
  tickers(symbols: readonly string[]): Promise<Map<string, Ticker>>;
  /** Closed and forming candles as the exchange gives them, oldest first; the caller drops the forming one. */
  candles(
    symbol: string,
    timeframe: Timeframe,
    options: { since?: number; until?: number; limit: number },
  ): Promise<CandleColumns>;
  /** Exchange's real-time clock and how far ours is behind it, ms (positive: the exchange is ahead). */
  serverTime(): Promise<{ serverTime: number; offset: number; roundTrip: number }>;
}

export type VenueOrderType =
  | 'MARKET'
  | 'LIMIT'
  | 'LIMIT_MAKER'
  | 'STOP_LOSS'
  | 'STOP_LOSS_LIMIT'
  | 'TAKE_PROFIT'
  | 'TAKE_PROFIT_LIMIT';
export type VenueOrderStatus =
  | 'NEW'
  | 'PARTIALLY_FILLED'
  | 'FILLED'
  | 'CANCELED'
  | 'PENDING_CANCEL'
  | 'REJECTED'
  | 'EXPIRED'
  | 'EXPIRED_IN_MATCH';

/**
 * The fence: `timestamp` (exchange's real time, ms) is written into the signed request as it is, on this and only this
 * value, so that the exchange itself refuses (-1021) a request that arrives after timestamp + recvWindow.
 */
export interface Fence {
  timestamp: number;
  recvWindow: number;
}

export interface OrderRequest {
  symbol: string;
  side: 'BUY' | 'SELL';
  type: VenueOrderType;
  quantity: string;
  price?: string;
  stopPrice?: string;
  clientOrderId: string;
  fence: Fence;
}

/** A SELL one-cancels-other: a LIMIT_MAKER above, a stop below (STOP_LOSS, or STOP_LOSS_LIMIT when stopLimitPrice is set). */
export interface OcoRequest {
  symbol: string;
  quantity: string;
  listClientOrderId: string;
  targetClientOrderId: string;
  targetPrice: string;
  stopClientOrderId: string;
  stopPrice: string;
  stopLimitPrice?: string;
  fence: Fence;
}

/** An order as the exchange reports it. */
export interface OrderReport {
  symbol: string;
  orderId: string;
  orderListId: string | null;
  clientOrderId: string;
  side: 'BUY' | 'SELL';
  type: VenueOrderType;
  status: VenueOrderStatus;
  price: string;
  stopPrice: string;
  quantity: string;
  executedQuantity: string;
  /** Quote units spent or received so far. */
  cumulativeQuote: string;
  time: number;
  updateTime: number;
  /** Only in the answer to a placement. */
  fills?: Fill[];
}

export interface OcoReport {
  orderListId: string;
  listClientOrderId: string;
  orders: OrderReport[];
}

export interface KeyPermissions {
  canTrade: boolean;
  canWithdraw: boolean;
  canTransfer: boolean;
  canMargin: boolean;
  canFutures: boolean;
  ipRestricted: boolean;
}

/** One user's account. Never shared between users. */
export interface AccountExchange {
  placeOrder(request: OrderRequest): Promise<OrderReport>;
  placeOco(request: OcoRequest): Promise<OcoReport>;
  /** The order's report after the cancel; null where the exchange does not know it (-2011). */
  cancelOrder(symbol: string, clientOrderId: string): Promise<OrderReport | null>;
  /** Cancels both legs; null where the exchange does not know the list. */
  cancelOrderList(symbol: string, orderListId: string): Promise<OcoReport | null>;
  /** null where the exchange answers that it does not know the order (-2013); reads may lag a placement. */
  queryOrder(symbol: string, clientOrderId: string, options?: { recvWindow?: number }): Promise<OrderReport | null>;
  /** All symbols when none is given (dearer). */
  openOrders(symbol?: string): Promise<OrderReport[]>;
  allOrders(symbol: string, options: { since?: number; fromOrderId?: string; limit?: number }): Promise<OrderReport[]>;
  trades(
    symbol: string,
    options: { orderId?: string; since?: number; fromId?: string; limit?: number },
  ): Promise<Fill[]>;
  balances(): Promise<Balance[]>;
  /** Deposits and withdrawals of the last 90 days. Throws NotSupportedByVenue where the venue does not tell. */
  transfers(): Promise<TransferRecord[]>;
  permissions(): Promise<KeyPermissions>;
}

/** Credentials of one account; `id` names the cached instance and is no secret. */
export interface AccountKey {
  id: string;
  apiKey: string;
  secret: string;
}

/** Told by the user-data stream; `gap` asks the listener to resynchronise by REST. */
export type AccountEvent =
  | { kind: 'order'; report: OrderReport; fill: Fill | null }
  | { kind: 'balance'; balances: Balance[] }
  | { kind: 'gap'; since: number };

export interface Exchange {
  readonly id: string; // 'binance'
  readonly market: MarketExchange;
  account(key: AccountKey): AccountExchange;
  /** Drops a cached instance, when keys change. */
  forget(keyId: string): void;
  /** Fills and balances within a second where the venue serves a stream; the returned function ends it. */
  watchAccount(key: AccountKey, listener: (event: AccountEvent) => void): Promise<() => void>;
  /** Prices as they come; `gap` when the stream broke and prices must be fetched. */
  watchTickers(symbols: readonly string[], listener: (ticker: Ticker) => void): Promise<() => void>;
  /** The exchange's clock minus ours as last measured, ms; null before that. Asks nobody. */
  clockOffset(): number | null;
  /** Health over the last minutes, for the connectivity check. */
  health(): ExchangeHealth;
  close(): Promise<void>;
}

export interface ExchangeHealth extends LimiterState {
  lastSuccessAt: number | null; // real time, ms
  /** Calls in the window that failed for the connection's or the server's sake, in percent. */
  errorRatePct: number;
  latencyMs: number; // p95 in the window
  calls: number;
  clockOffsetMs: number | null;
  /** The breaker over all calls to this address. */
  circuit?: CircuitState;
}
