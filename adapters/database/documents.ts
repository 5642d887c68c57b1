/**
 * The documents of every collection. Numbers are stored as doubles (the exchange's eight decimals survive a round trip
 * up to fifteen significant digits), times as BSON dates: `timestamp`, `createdAt`, `updatedAt` and `recordedAt` are
 * real time, `entryTime`, `exitTime` and `marketTime` are the market's. Everything that a retried activity writes has
 * a deterministic string `_id`, so that a duplicate key means "already written".
 */
import type {
  ChannelName,
  EmergencyReceipt,
  EmergencyRequest,
  ExitReason,
  LogComponent,
  LogLevel,
  ModelContribution,
  ListedNotificationType,
  NotificationType,
  OrderPurpose,
  Position,
  PositionStatus,
  SignalType,
  StatusView,
  TradingConfig,
  VenueMode,
} from '../../trading/types.js';
import type { AnalystRecord } from '../../trading/learning/analystVerdict.js';
import type { OrderState } from '../../trading/orders/states.js';
import type { AccountBaseline, Units } from '../../trading/pnl/index.js';
import type { AccountBook } from '../../trading/reconcile/index.js';
import type { Envelope } from '../secrets/envelope.js';

/** `auto_trading_config`; `_id` is the user's id. */
export interface ConfigDocument extends TradingConfig {
  _id: string;
  userId: string;
  /** Written by start and stop only. */
  isEnabled: boolean;
  createdAt: Date;
  updatedAt: Date;
}

/** `auto_trading_logs`, kept 90 days. */
export interface LogDocument {
  _id: string;
  userId: string;
  timestamp: Date;
  logLevel: LogLevel;
  component: LogComponent;
  message: string;
  data: Record<string, unknown> | null;
}

/** `ai_signals_log`; `_id` is the signal's id. */
export interface SignalDocument {
  _id: string;
  userId: string;
  symbol: string;
  signalType: SignalType;
  confidenceScore: number; // integer 0 to 100
  entryPrice: number;
  stopLoss: number;
  takeProfit: number;
  executed: boolean;
  executionPrice: number | null;
  /** Its position is open. */
  active: boolean;
  /** Written by releases before 0.3. */
  expiresAt?: Date | null;
  createdAt: Date;
  executedAt: Date | null;
  updatedAt: Date;
  candleTime: Date;
  probability: number | null; // 0 to 1
  modelVersion: string | null;
  /** Code of the validation or check that kept it from being acted upon. */
  rejection: string | null;
  reasons: string[];
  /** Each strategy's vote, -1 to 1; empty where the strategies still warmed up. */
  votes: Record<string, number>;
  /** What moved the model's probability most; absent in documents from before it was kept. */
  contributions?: ModelContribution[];
  /** What a configured analyst was asked and answered; null where none was asked. */
  analyst?: AnalystRecord | null;
  /** When the database deletes it; null where it became a trade: those are the account's books. */
  forgetAt?: Date | null;
}

export interface EntryDecision {
  signalId: string | null;
  /** 0 to 100. */
  confidence: number;
  strategy?: string | null;
  leadingStrategy?: string | null;
}

/** What is known of an order: the life told in trading/orders/states.ts. */
export { ORDER_STATES } from '../../trading/orders/states.js';
export const OPEN_ORDER_STATES: readonly OrderState[] = ['ACKNOWLEDGED', 'PARTIALLY_FILLED'];
export const UNRESOLVED_ORDER_STATES: readonly OrderState[] = ['SUBMITTING', 'UNKNOWN'];
export type { OrderState };

export interface OrderTransition {
  at: Date;
  from: OrderState | null;
  to: OrderState;
  /** What showed it: 'response', 'query', 'stream', 'openOrders', 'fence passed', … */
  evidence: string;
}

/** `orders`; `_id` is the client order id. */
export interface OrderDocument {
  _id: string;
  userId: string;
  intentId: string;
  clientOrderId: string;
  exchangeOrderId: string | null;
  orderListId: string | null;
  listClientOrderId: string | null;
  positionId: string | null;
  symbol: string;
  side: 'BUY' | 'SELL';
  type: string;
  purpose: OrderPurpose;
  status: OrderState;
  quantity: number;
  filledQuantity: number;
  price: number | null;
  stopPrice: number | null;
  averagePrice: number | null;
  fees: number; // quote units
  mode: VenueMode;
  generation: number;
  /** Exchange's real time written into the signed request, ms, and how long it stays valid. */
  fenceTimestamp: number | null;
  recvWindow: number | null;
  /** Of an entry: what decided it, so that whoever adopts it later knows. */
  decision?: EntryDecision | null;
  /** Why this sale was sent: its trade is closed by whoever finds it. */
  exitReason?: ExitReason | null;
  reason: string | null;
  transitions: OrderTransition[];
  createdAt: Date;
  updatedAt: Date;
}

/** `positions`: trading/types' Position with numbers and dates, and a version that guards every update. */
export interface PositionDocument {
  _id: string;
  userId: string;
  symbol: string;
  status: PositionStatus;
  quantity: number;
  entryQuantity: number;
  entryPrice: number;
  entryFee: number;
  entryTime: Date;
  stopPrice: number;
  targetPrice: number;
  highestPrice: number;
  partialTaken: boolean;
  protection: (Omit<NonNullable<Position['protection']>, 'quantity'> & { quantity: number }) | null;
  unprotectedSince: Date | null;
  intentId: string;
  signalId: string | null;
  strategy?: string | null;
  leadingStrategy?: string | null;
  realizedPnl: number;
  missing?: number | null;
  pendingExit?: ExitReason | null;
  exitTime: Date | null;
  exitPrice: number | null;
  exitReason: ExitReason | null;
  mode: VenueMode;
  version: number;
  createdAt: Date;
  updatedAt: Date;
}

/** `trades`: one closed round, or the closed part of one. */
export interface TradeDocument {
  _id: string;
  userId: string;
  positionId: string;
  symbol: string;
  entryTime: Date;
  entryPrice: number;
  exitTime: Date;
  exitPrice: number;
  quantity: number;
  fees: number;
  pnl: number;
  pnlPct: number;
  exitReason: ExitReason;
  /** Who decided to enter, and whose vote weighed most in it; null where it is not known. */
  strategy?: string | null;
  leadingStrategy?: string | null;
  mode: VenueMode;
  /** The user's day of the exit, `2024-08-01`, in the user's time zone and market time. */
  day: string;
  recordedAt: Date;
}

/** `fills`: every execution the exchange told of; `_id` is user, symbol and the exchange's trade id. */
export interface FillDocument {
  _id: string;
  userId: string;
  symbol: string;
  tradeId: string;
  orderId: string;
  clientOrderId: string | null;
  side: 'BUY' | 'SELL';
  price: number;
  quantity: number;
  fee: number;
  feeAsset: string;
  /** In quote, of a fee in a third asset. */
  feeQuote?: number | null;
  /** Absent in documents of the first version, which are paper's. */
  mode?: VenueMode;
  marketTime: Date;
  recordedAt: Date;
}

/** Money from outside, or a change that no record explains, as it was noticed. */
export interface SeenTransfer {
  id: string;
  kind: 'deposit' | 'withdrawal' | 'unrecorded';
  asset: string;
  /** Signed decimal string. */
  amount: string;
  /** Real time, ISO: of the exchange's record where there is one, else when it was noticed. */
  at: string;
}

/** `account_books`: an account's balances explained, by asset; `_id` is mode and user. */
export interface AccountBookDocument {
  _id: string;
  userId: string;
  mode: VenueMode;
  /** Guards every update. */
  version: number;
  book: AccountBook;
  /** Real time and market time of the first look. */
  openedAt: Date;
  openedMarketTime: number;
  /** Up to where fills are counted, and which of the last minutes: they may be recorded out of order. */
  countedTo: Date;
  countedLately: string[];
  /** The last trade seen by symbol. */
  tradeCursors: Record<string, string>;
  /** The newest transfers, oldest first. */
  seen: SeenTransfer[];
  foreignOrders: string[];
  /** Last time every order was compared, real time. */
  comparedAt: Date | null;
  updatedAt: Date;
}

/** `account_notices`: what looks at a user's account have found; the log has the same line under the same id. */
export interface AccountNoticeDocument {
  _id: string;
  userId: string;
  at: Date;
  level: LogLevel;
  code: string;
  message: string;
}

/** `performance_data`: one equity snapshot a cycle; `timestamp` is market time, as performance is. */
export interface PerformanceDocument {
  _id: string;
  userId: string;
  timestamp: Date;
  recordedAt: Date;
  cycle: number;
  equity: number;
  cash: number;
  positionsValue: number;
  realizedPnl: number;
  unrealizedPnl: number;
  fees: number;
  dailyPnl: number;
  dailyPnlPct: number;
  drawdownPct: number;
  /** Quote units, and market time ms; missing in those of before (see trading/pnl/units.ts). */
  unitValue?: number | null;
  unitsSince?: number | null;
}

/**
 * Market time ms, equity, drawdown %, value of a unit and since when these are counted (market time ms; see trading/pnl/units.ts);
 * the last two are missing in points of before.
 */
export type StoredPoint = [
  time: number,
  equity: number,
  drawdownPct: number,
  unitValue?: number | null,
  unitsSince?: number | null,
];

/** `equity_days`: the curve a chart needs, five-minute points of one market day (UTC); `_id` is user and day. */
export interface EquityDayDocument {
  _id: string;
  userId: string;
  day: string;
  /** By five-minute slot of the day ('0' to '287'). */
  points: Record<string, StoredPoint>;
  first: number;
  last: number;
  low: number;
  high: number;
  updatedAt: Date;
}

/** Equity figures that a day's loss and the drawdown are measured against; market time. */
export type StoredBaseline = AccountBaseline & { mode?: VenueMode; units?: Units };

/** `system_status`; `_id` is the user's id. `revision` orders writes: an older one never replaces a newer one. */
export interface StatusDocument extends StatusView {
  _id: string;
  userId: string;
  revision: number;
  /** Raised by every emergency before anything else: an order prepared under an older epoch is not sent. */
  haltEpoch: number;
  halted: boolean;
  /** The stop of everybody that halted this user, until the user's workflow has taken it. */
  pendingStop?: EmergencyRequest | null;
  baseline: StoredBaseline | null;
  receipts: EmergencyReceipt[];
  updatedAt: Date;
}

export interface DeliveryDocument {
  channel: ChannelName;
  status: 'pending' | 'delivered' | 'failed' | 'skipped';
  attempts: number;
  at: Date | null;
  error: string | null;
  /** An attempt ended without an answer: the service may have taken it. */
  uncertain?: boolean;
  /** What the service said when it took it: Discord's and Telegram's number of the message, SMTP's reply. */
  answer?: string;
}

/** `notifications`; `_id` is the event's id, or a test message's. */
export interface NotificationDocument {
  _id: string;
  userId: string;
  type: ListedNotificationType;
  severity: LogLevel;
  title: string;
  message: string;
  data: Record<string, unknown>;
  deliveries: DeliveryDocument[];
  readAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
}

/** `notification_settings`; `_id` is the user's id. Addresses of webhooks and tokens are secrets, hence envelopes. */
export interface NotificationSettingsDocument {
  _id: string;
  userId: string;
  email: { address: string; verified: boolean } | null;
  discord: { webhook: Envelope; hint: string; verified: boolean } | null;
  telegram: { token: Envelope; chatId: string; hint: string; verified: boolean } | null;
  /** Channels by type; a type that is absent goes to the channels of the trading configuration. */
  routes: Partial<Record<NotificationType, ChannelName[]>>;
  quietHours: { from: string; to: string } | null;
  verification: { channel: ChannelName; codeHash: string; expiresAt: Date; attempts: number } | null;
  updatedAt: Date;
}

/** `exchange_credentials`; `_id` is user and exchange. */
export interface CredentialsDocument {
  _id: string;
  userId: string;
  exchange: string;
  label: string;
  keyHint: string; // last four characters of the API key
  secret: Envelope; // JSON { apiKey, secret }
  permissions: Record<string, boolean> | null;
  verifiedAt: Date | null;
  problem: string | null;
  createdAt: Date;
  updatedAt: Date;
}

/** `models`; `_id` is the version. */
export interface ModelDocument {
  _id: string;
  version: string;
  symbol: string;
  timeframe: string;
  stage: 'candidate' | 'shadow' | 'active' | 'retired' | 'failed';
  quality: Record<string, unknown> | null;
  features: string[];
  /** The model itself as JSON text; never listed. */
  artifact: string | null;
  trainedFrom: Date | null;
  trainedTo: Date | null;
  createdAt: Date;
  updatedAt: Date;
}

export const RUN_STATES = ['QUEUED', 'RUNNING', 'COMPLETED', 'FAILED', 'CANCELLED'] as const;
/** `backtests` holds backtests and searches; `_id` is the run's id and the workflow's. */
export interface BacktestDocument {
  _id: string;
  userId: string;
  kind: 'backtest' | 'search';
  status: (typeof RUN_STATES)[number];
  progress: number; // 0 to 1
  request: Record<string, unknown>;
  result: Record<string, unknown> | null;
  error: string | null;
  createdAt: Date;
  updatedAt: Date;
  finishedAt: Date | null;
}

/** `audit_log`; `_id` is the place in the chain; `hash` covers the entry and the hash before it. */
export interface AuditDocument {
  _id: number;
  at: Date;
  actorId: string | null;
  userId: string | null; // whose things were changed
  action: string;
  target: string;
  changes: Record<string, unknown>;
  ip: string | null;
  previousHash: string;
  hash: string;
}

export const ROLES = ['user', 'admin'] as const;
export type Role = (typeof ROLES)[number];
/** `users`. */
export interface UserDocument {
  _id: string;
  email: string; // lower case
  emailVerified: boolean;
  passwordHash: string;
  /** An administrator chose the password, and so knows it; absent in documents of before. */
  temporaryPassword?: boolean;
  role: Role;
  locale: string;
  disabled: boolean;
  totp: { secret: Envelope; confirmed: boolean; lastStep: number; recovery: string[] } | null;
  createdAt: Date;
  updatedAt: Date;
}

/** `sessions`: sign-ins and API tokens; `_id` is the token's SHA-256, which is all that is kept of it. */
export interface SessionDocument {
  _id: string;
  publicId: string;
  userId: string;
  kind: 'session' | 'token';
  name: string;
  /** The token's SHA-256; API tokens have none. */
  csrf: string | null;
  userAgent: string;
  ip: string;
  createdAt: Date;
  lastUsedAt: Date;
  expiresAt: Date;
}

/** `system_flags`; `_id: 'fleet'` stops every user. */
export interface FlagDocument {
  _id: string;
  halted: boolean;
  reason: string;
  by: string;
  since: Date | null;
  epoch: number;
}

/** `schema_migrations`; `_id` is the migration's id. `appliedAt` is null while it is under way. */
/** `sign_in_failures`: `_id` is a hash of what is counted by. */
export interface SignInFailuresDocument {
  _id: string;
  count: number;
  expiresAt: Date;
}

export interface MigrationDocument {
  _id: string;
  name: string;
  startedAt: Date;
  appliedAt: Date | null;
}
