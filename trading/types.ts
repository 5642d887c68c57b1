/**
 * The words of the trading domain. Plain data only: everything here travels through Temporal, HTTP and MongoDB as
 * JSON. Units: prices and money in the quote asset, quantities in the base asset, percentages in percent (3.0 is 3 %),
 * times in milliseconds UTC unless a name ends in `At` inside a JSON view (then ISO 8601).
 */

import type { AnalystRecord } from './learning/analystVerdict.js';

export const SIGNAL_TYPES = ['BUY', 'SELL', 'HOLD'] as const;
export type SignalType = (typeof SIGNAL_TYPES)[number];

export const TRADING_MODES = ['CONSERVATIVE', 'MODERATE', 'AGGRESSIVE'] as const;
export type TradingMode = (typeof TRADING_MODES)[number];

export const VENUE_MODES = ['paper', 'live'] as const;
export type VenueMode = (typeof VENUE_MODES)[number];

export const ENTRY_POLICIES = ['ensemble', 'edge'] as const;
export type EntryPolicy = (typeof ENTRY_POLICIES)[number];

export const TRADING_STATUSES = ['STOPPED', 'RUNNING', 'REDUCING', 'EMERGENCY_STOPPED'] as const;
export type TradingStatus = (typeof TRADING_STATUSES)[number];

export const RISK_STATES = ['ACTIVE', 'REDUCING', 'HALTED'] as const;
export type RiskState = (typeof RISK_STATES)[number];

export const EMERGENCY_TRIGGERS = [
  'DAILY_LOSS_EXCEEDED',
  'API_CONNECTION_LOST',
  'SYSTEM_ERROR',
  'MANUAL_STOP',
] as const;
export type EmergencyTrigger = (typeof EMERGENCY_TRIGGERS)[number];

export const LOG_LEVELS = ['INFO', 'WARNING', 'ERROR'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export const LOG_COMPONENTS = [
  'ENGINE',
  'MONITOR',
  'SIGNAL',
  'RISK',
  'EXECUTOR',
  'POSITION',
  'NOTIFIER',
  'API',
] as const;
export type LogComponent = (typeof LOG_COMPONENTS)[number];

export const NOTIFICATION_TYPES = [
  'TRADE_EXECUTED',
  'PROFIT_TARGET_HIT',
  'STOP_LOSS_HIT',
  'DAILY_LOSS_WARNING',
  'SYSTEM_ERROR',
  'API_CONNECTION_LOST',
  'EMERGENCY_STOP',
] as const;
export type NotificationType = (typeof NOTIFICATION_TYPES)[number];

/** What stands in the list of notifications: of events, and the test messages that a user asked for. */
export const LISTED_NOTIFICATION_TYPES = [...NOTIFICATION_TYPES, 'TEST'] as const;
export type ListedNotificationType = (typeof LISTED_NOTIFICATION_TYPES)[number];

export const CHANNELS = ['dashboard', 'email', 'discord', 'telegram'] as const;
export type ChannelName = (typeof CHANNELS)[number];

export const ORDER_PURPOSES = ['ENTRY', 'STOP', 'TARGET', 'EXIT', 'EMERGENCY'] as const;
export type OrderPurpose = (typeof ORDER_PURPOSES)[number];

export const EXIT_REASONS = [
  'stop',
  'target',
  'signal',
  'trailing',
  'time',
  'manual',
  'emergency',
  'dust',
  'open',
] as const;
export type ExitReason = (typeof EXIT_REASONS)[number];

/** Candle intervals that every part understands; milliseconds of each in TIMEFRAME_MS. */
export const TIMEFRAME_MS = {
  '1m': 60_000,
  '3m': 180_000,
  '5m': 300_000,
  '15m': 900_000,
  '30m': 1_800_000,
  '1h': 3_600_000,
  '2h': 7_200_000,
  '4h': 14_400_000,
  '6h': 21_600_000,
  '12h': 43_200_000,
  '1d': 86_400_000,
} as const;
export type Timeframe = keyof typeof TIMEFRAME_MS;

/** Candles as columns of equal length, oldest first, closed candles only; `timestamp` is the opening in ms UTC. */
export interface CandleColumns {
  readonly length: number;
  readonly timestamp: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
}

/** One candle: [timestamp ms, open, high, low, close, volume in base], the form in which ccxt gives it. */
export type CandleRow = readonly [number, number, number, number, number, number];

/** What the exchange lets one do with a symbol. Prices and quantities as decimal strings, never floats. */
export interface SymbolRules {
  symbol: string; // BTC/USDT
  base: string;
  quote: string;
  tickSize: string;
  stepSize: string;
  minQuantity: string;
  maxQuantity: string;
  marketMinQuantity: string;
  marketMaxQuantity: string;
  marketStepSize: string;
  minNotional: string;
  maxNotional?: string;
  /** Bounds of a limit price as multiples of the average price, per side where the exchange has them. */
  priceMultiplierUp?: string;
  priceMultiplierDown?: string;
  maxAlgoOrders?: number;
  ocoAllowed: boolean;
  /** Fractions of the traded value, 0.001 = 0.1 %. */
  makerFee: number;
  takerFee: number;
}

export const ANOMALY_CODES = [
  'PRICE_JUMP',
  'VOLUME_SPIKE',
  'STALE_DATA',
  'GAPPED_DATA',
  'FROZEN_MARKET',
  'WIDE_SPREAD',
] as const;
export type AnomalyCode = (typeof ANOMALY_CODES)[number];
export interface Anomaly {
  code: AnomalyCode;
  symbol: string;
  /** The measured value and the bound it broke, in `unit`. */
  actual: number;
  limit: number;
  unit: 'ATR' | 'x' | 's' | 'candles' | '%';
}

/** What one cycle knows of one symbol's market. Small on purpose: it enters Temporal's history. */
export interface MarketSnapshot {
  symbol: string;
  price: number; // last trade
  bid: number;
  ask: number;
  spreadPct: number;
  /** Market time of the newest information, ms. */
  marketTime: number;
  /** Opening time of the newest closed candle, ms; its identity for caches and duplicate checks. */
  candleTime: number;
  /** How old the newest closed candle's close is on the market's clock, in s. */
  ageSeconds: number;
  atr: number; // quote units, ATR(14) of the closed candles
  atrPct: number;
  /** Where today's ATR stands among the last candles, 0 to 100. */
  atrPercentile: number;
  anomalies: Anomaly[];
}

/** A strategy's or the ensemble's opinion at one closed candle. */
export interface Signal {
  symbol: string;
  type: SignalType;
  /** Integer 0 to 100. */
  confidence: number;
  entryPrice: number;
  stopLoss: number;
  takeProfit: number;
  candleTime: number;
  /** Probability that the target comes before the stop, 0 to 1, where a model gave one. */
  probability?: number;
  modelVersion?: string;
  reasons: string[];
  /** Votes by strategy: -1 (sell) to 1 (buy). */
  votes?: Record<string, number>;
  /** What moved the model's probability most, largest first. */
  contributions?: ModelContribution[];
  /** What a configured analyst was asked and answered. */
  analyst?: AnalystRecord;
}

/** A feature's value and what it adds to the log odds of the model's probability. */
export interface ModelContribution {
  feature: string;
  value: number;
  effect: number;
}

export const SIGNAL_REJECTIONS = [
  'STALE',
  'NO_EDGE',
  'REWARD_TO_RISK',
  'DUPLICATE',
  'LOW_CONFIDENCE',
  'INVALID_LEVELS',
  'MODEL_BELOW_COSTS',
] as const;
export type SignalRejection = (typeof SIGNAL_REJECTIONS)[number];

/** A user's trading settings (collection auto_trading_config without its bookkeeping). */
export interface TradingConfig {
  tradingMode: TradingMode;
  mode: VenueMode;
  /** Live only: decide on live data, send nothing, record what would have been sent. */
  shadow: boolean;
  maxDailyLossPct: number;
  maxPositions: number;
  tradingInterval: number; // s
  symbols: string[];
  timeframe: Timeframe;
  entryPolicy: EntryPolicy;
  positionSizePct: number;
  stopLossPct: number;
  takeProfitPct: number;
  liquidateOnEmergency: boolean;
  apiConnectionLostAfter: number; // s without one successful call
  systemErrorAfter: number; // failed cycles in a row
  autoResumeNextDay: boolean;
  timeZone: string; // IANA
  notifications: NotificationSwitches;
  risk: RiskSettings;
  exits: ExitSettings;
}

export interface NotificationSwitches {
  enabled: boolean;
  channels: ChannelName[];
  tradeNotifications: boolean;
  errorNotifications: boolean;
}

/** Limits beyond the design's own; config/risk_config.json holds new users' defaults. Percent of equity unless named. */
export interface RiskSettings {
  dailyLossWarningPct: number; // percent OF the daily limit at which the warning goes out: 80
  maxDrawdownPct: number;
  maxExposurePct: number;
  maxPositionsPerSymbol: number;
  maxTradesPerDay: number;
  maxCorrelatedExposurePct: number;
  correlationThreshold: number; // 0 to 1
  losingStreakLimit: number;
  cooldownMinutes: number; // market time, after a losing streak or a stop
  maxSpreadPct: number;
  maxAtrPercentile: number; // 0 to 100
  maxSlippagePct: number;
  maxDataAgeCandles: number;
  maxClockSkewMs: number;
  maxOrdersPerMinute: number;
  maxOrderNotional: number; // quote units; 0 = no limit
  maxApiErrorRatePct: number;
  maxApiLatencyMs: number;
  minEdgePct: number; // expected move beyond round-trip costs
  riskPerTradePct: number; // of equity, lost at the stop, before the mode's factor
  liveCapitalCap: number; // quote units that live may use at most; 0 = no cap
}

/** Exits beyond stop and target; 0 or false switches one off. Distances in percent of the entry price. */
export interface ExitSettings {
  trailingStopPct: number;
  breakEvenAfterPct: number;
  partialTakeProfitPct: number; // at this gain …
  partialTakeProfitFraction: number; // … sell this fraction (0 to 1) of the position
  maxHoldingMinutes: number; // market time
}

export interface Fill {
  tradeId: string;
  orderId: string;
  symbol: string;
  side: 'BUY' | 'SELL';
  price: string;
  quantity: string;
  fee: string;
  feeAsset: string;
  /** What a fee in a third asset (BNB) was worth in quote when the fill was taken; absent where base or quote paid it. */
  feeQuote?: string;
  time: number; // market time, ms
}

export const POSITION_STATUSES = ['OPENING', 'OPEN', 'CLOSING', 'CLOSED'] as const;
export type PositionStatus = (typeof POSITION_STATUSES)[number];

/** A long holding that this product opened. Quantities and prices are decimal strings. */
export interface Position {
  id: string;
  symbol: string;
  status: PositionStatus;
  /** Base units held now, net of fees taken in the base asset. */
  quantity: string;
  entryQuantity: string;
  entryPrice: string; // average
  entryFee: string; // quote units
  entryTime: number; // market time, ms
  stopPrice: string;
  targetPrice: string;
  highestPrice: string; // since entry, for the trailing stop
  partialTaken: boolean;
  /** The exchange's order list that protects it, or null while it has none. */
  protection: {
    orderListId: string;
    stopClientOrderId: string;
    targetClientOrderId: string;
    quantity: string;
    kind: 'OCO' | 'STOP';
  } | null;
  unprotectedSince: number | null; // real time, ms
  intentId: string;
  realizedPnl: string; // of the parts already sold, quote units net of fees
  /** Base units that it bought and that are gone without a sale of ours: somebody else sold or withdrew them. */
  missing?: string;
  /** All of it is to be sold for this reason, and the last attempt did not come to an end. */
  pendingExit?: ExitReason | null;
}

export interface ClosedTrade {
  positionId: string;
  symbol: string;
  entryTime: number;
  entryPrice: string;
  exitTime: number;
  exitPrice: string;
  quantity: string;
  fees: string;
  pnl: string; // net of fees, quote units
  pnlPct: number; // of the entry's value
  exitReason: ExitReason;
}

/** Why something was not done. `limit` and `actual` share `unit`; `until` is when it clears, if known (ms market time). */
export interface Refusal<Code extends string = string> {
  approved: false;
  code: Code;
  symbol?: string;
  limit: number;
  actual: number;
  unit: string;
  until?: number;
}

/** An approved entry: everything execution needs, decided once. Decimal strings already on tick and step. */
export interface TradePlan {
  approved: true;
  /** Derived from user, cycle and symbol: one decision is one intent, whatever is sent for it. */
  intentId: string;
  symbol: string;
  quantity: string;
  referencePrice: string;
  stopPrice: string;
  targetPrice: string;
  /** Exact distances of stop and target from the entry, percent; absent in plans of earlier versions. */
  stopLossPct?: number;
  takeProfitPct?: number;
  signalId: string;
  confidence: number;
  /** Who decided, and whose vote weighed most in it; for performance by strategy. */
  strategy?: string;
  leadingStrategy?: string | null;
}

export interface EmergencyReceipt {
  trigger: EmergencyTrigger;
  reason: string;
  triggeredAt: string;
  haltedAt: string | null;
  finishedAt: string | null;
  cancelledOrders: { symbol: string; clientOrderId: string; purpose: string }[];
  liquidated: { symbol: string; quantity: string; averagePrice: string | null }[];
  openOrdersAfter: number;
  protectiveOrders: { symbol: string; clientOrderId: string; purpose: string; quantity: string; price: string }[];
  positionsAfter: { symbol: string; quantity: string }[];
  notified: boolean;
  steps: { at: string; text: string }[];
}

/** What an emergency stop is asked with. */
export interface EmergencyRequest {
  trigger?: EmergencyTrigger;
  reason?: string;
  /** Overrides the user's liquidateOnEmergency. */
  liquidate?: boolean;
  by?: string;
  /** Of one user: the books held their entries back before the workflow was told. */
  halted?: HaltInBooks;
  /** Of a stop of everybody. */
  fleet?: FleetTurn;
}

export interface HaltInBooks {
  /** When the stop was asked for, and since when no entry is sent; ISO, real time. */
  askedAt: string;
  haltedAt: string;
}

/** A stop of everybody has halted its users in one write; what is left to do for each has its turn. */
export interface FleetTurn extends HaltInBooks {
  /** Whoever holds nothing waits so long from `askedAt` on for those who do, and for a place within so much more, ms. */
  afterMs: number;
  overMs: number;
  /** How long, from `askedAt` on, the machine is for the stop alone: what can wait, waits. Absent in those of before. */
  lastsMs?: number;
}

/** The answer of the query `status`, of GET /api/trading/status and the document in system_status. */
export interface StatusView {
  status: TradingStatus;
  riskState: RiskState;
  mode: VenueMode;
  since: string;
  uptimeSeconds: number;
  cycle: number;
  lastCycleAt: string | null;
  nextCycleAt: string | null;
  activeSignals: number;
  tradesToday: number;
  dailyPnl: number;
  dailyPnlPct: number;
  equity: number;
  openPositions: number;
  refusals: Refusal[];
  lastError: { at: string; code: string; message: string } | null;
  emergency: EmergencyReceipt | null;
}
