/**
 * Mongoose models of every collection. Schemas are strict (an unknown field throws), queries too (`strictQuery`), and
 * every filter on a hot path is served by a plain index.
 */
import mongoose, { type Connection } from 'mongoose';
import {
  CHANNELS,
  LISTED_NOTIFICATION_TYPES,
  LOG_COMPONENTS,
  LOG_LEVELS,
  POSITION_STATUSES,
  SIGNAL_TYPES,
} from '../../trading/types.js';
import type { Collection } from './collection.js';
import type * as documents from './documents.js';
import { ORDER_STATES, ROLES, RUN_STATES } from './documents.js';

/** Connects the models of all collections to one connection. */
export function defineModels(connection: Connection) {
  const model = <Document>(collection: string, fields: Fields, indexes: Index[] = []): Collection<Document> => {
    const schema = new Schema(fields, {
      strict: 'throw',
      strictQuery: 'throw',
      versionKey: false,
      minimize: false,
      autoIndex: false,
      collection,
    });
    for (const [keys, options] of indexes) schema.index(keys, options);
    return (connection as unknown as Definer).model(collection, schema) as Collection<Document>;
  };
  return {
    config: model<documents.ConfigDocument>('auto_trading_config', configFields, [[{ userId: 1 }, { unique: true }]]),
    logs: model<documents.LogDocument>('auto_trading_logs', logFields, [
      [{ userId: 1, timestamp: -1 }],
      [{ timestamp: 1 }, { expireAfterSeconds: NINETY_DAYS }],
    ]),
    signals: model<documents.SignalDocument>('ai_signals_log', signalFields, [
      [{ userId: 1, createdAt: -1 }],
      [{ userId: 1, updatedAt: -1 }],
      [{ userId: 1, active: 1 }],
      [{ forgetAt: 1 }, { expireAfterSeconds: 0 }],
    ]),
    orders: model<documents.OrderDocument>('orders', orderFields, [
      [{ userId: 1, createdAt: -1 }],
      [{ userId: 1, updatedAt: -1 }],
      [{ userId: 1, status: 1 }],
      [{ userId: 1, intentId: 1 }],
      [{ userId: 1, positionId: 1 }],
      [{ userId: 1, exchangeOrderId: 1 }],
    ]),
    positions: model<documents.PositionDocument>('positions', positionFields, [
      [{ status: 1 }],
      [{ userId: 1, status: 1 }],
      [{ userId: 1, createdAt: -1 }],
      [{ userId: 1, updatedAt: -1 }],
    ]),
    trades: model<documents.TradeDocument>('trades', tradeFields, [
      [{ userId: 1, recordedAt: -1 }],
      [{ userId: 1, exitTime: -1 }],
      [{ userId: 1, positionId: 1 }],
    ]),
    fills: model<documents.FillDocument>('fills', fillFields, [
      [{ userId: 1, symbol: 1, tradeId: 1 }, { unique: true }],
      [{ userId: 1, orderId: 1 }],
      [{ userId: 1, recordedAt: -1 }],
    ]),
    accountBooks: model<documents.AccountBookDocument>('account_books', accountBookFields),
    accountNotices: model<documents.AccountNoticeDocument>('account_notices', accountNoticeFields, [
      [{ userId: 1, at: -1 }],
      [{ at: 1 }, { expireAfterSeconds: NINETY_DAYS }],
    ]),
    performance: model<documents.PerformanceDocument>('performance_data', performanceFields, [
      [{ userId: 1, recordedAt: -1 }],
      // `equity_days` keeps the curve for good, a point every five minutes.
      [{ recordedAt: 1 }, { expireAfterSeconds: NINETY_DAYS }],
    ]),
    equityDays: model<documents.EquityDayDocument>('equity_days', equityDayFields, [[{ userId: 1, day: 1 }]]),
    status: model<documents.StatusDocument>('system_status', statusFields, [
      [{ userId: 1 }, { unique: true }],
      [{ nextCycleAt: 1 }],
    ]),
    notifications: model<documents.NotificationDocument>('notifications', notificationFields, [
      [{ userId: 1, createdAt: -1 }],
      [{ userId: 1, updatedAt: -1 }],
      // Those that wait are few.
      [{ 'deliveries.status': 1 }],
    ]),
    notificationSettings: model<documents.NotificationSettingsDocument>('notification_settings', settingsFields),
    credentials: model<documents.CredentialsDocument>('exchange_credentials', credentialFields, [[{ userId: 1 }]]),
    models: model<documents.ModelDocument>('models', modelFields, [[{ stage: 1 }], [{ createdAt: -1 }]]),
    backtests: model<documents.BacktestDocument>('backtests', backtestFields, [[{ userId: 1, createdAt: -1 }]]),
    audit: model<documents.AuditDocument>('audit_log', auditFields, [[{ userId: 1, at: -1 }], [{ at: -1 }]]),
    users: model<documents.UserDocument>('users', userFields, [[{ email: 1 }, { unique: true }]]),
    sessions: model<documents.SessionDocument>('sessions', sessionFields, [
      [{ userId: 1 }],
      [{ expiresAt: 1 }, { expireAfterSeconds: 0 }],
    ]),
    signInFailures: model<documents.SignInFailuresDocument>('sign_in_failures', signInFailureFields, [
      [{ expiresAt: 1 }, { expireAfterSeconds: 0 }],
    ]),
    flags: model<documents.FlagDocument>('system_flags', flagFields),
    migrations: model<documents.MigrationDocument>('schema_migrations', migrationFields),
  };
}

export type Models = ReturnType<typeof defineModels>;

// Untyped on purpose, see collection.ts.
type Fields = Record<string, unknown>;
interface PlainSchema {
  index(keys: Record<string, 1 | -1>, options?: object): unknown;
}
interface Definer {
  model(name: string, schema: PlainSchema): unknown;
}
const Schema = mongoose.Schema as unknown as new (fields: Fields, options: object) => PlainSchema;

type Index = [Record<string, 1 | -1>, { unique?: boolean; expireAfterSeconds?: number }?];
const NINETY_DAYS = 90 * 24 * 3600;

const text = { type: String, required: true } as const;
const word = { type: String, default: null } as const; // may be null
const number = { type: Number, required: true } as const;
const amount = { type: Number, default: null } as const; // may be null
const flag = { type: Boolean, default: false } as const;
const date = { type: Date, required: true } as const;
const moment = { type: Date, default: null } as const; // may be null
const free = { type: mongoose.Schema.Types.Mixed, default: null } as const;
const oneOf = (values: readonly string[]) => ({ type: String, required: true, enum: values }) as const;
const owned = { _id: text, userId: text } as const;

const configFields: Fields = {
  ...owned,
  isEnabled: flag,
  tradingMode: text,
  mode: text,
  shadow: flag,
  maxDailyLossPct: number,
  maxPositions: number,
  tradingInterval: number,
  symbols: { type: [String], required: true },
  timeframe: text,
  entryPolicy: text,
  positionSizePct: number,
  stopLossPct: number,
  takeProfitPct: number,
  liquidateOnEmergency: flag,
  apiConnectionLostAfter: number,
  systemErrorAfter: number,
  autoResumeNextDay: flag,
  timeZone: text,
  notifications: free,
  risk: free,
  exits: free,
  createdAt: date,
  updatedAt: date,
};

const logFields: Fields = {
  ...owned,
  timestamp: date,
  logLevel: oneOf(LOG_LEVELS),
  component: oneOf(LOG_COMPONENTS),
  message: text,
  data: free,
};

const signalFields: Fields = {
  ...owned,
  symbol: text,
  signalType: oneOf(SIGNAL_TYPES),
  confidenceScore: { ...number, min: 0, max: 100 },
  entryPrice: number,
  stopLoss: number,
  takeProfit: number,
  executed: flag,
  executionPrice: amount,
  active: flag,
  expiresAt: moment,
  createdAt: date,
  executedAt: moment,
  updatedAt: date,
  candleTime: date,
  probability: amount,
  modelVersion: word,
  rejection: word,
  reasons: { type: [String], default: [] },
  votes: free,
  contributions: free,
  analyst: free,
  forgetAt: moment,
};

const orderFields: Fields = {
  ...owned,
  intentId: text,
  clientOrderId: text,
  exchangeOrderId: word,
  orderListId: word,
  listClientOrderId: word,
  positionId: word,
  symbol: text,
  side: oneOf(['BUY', 'SELL']),
  type: text,
  purpose: oneOf(['ENTRY', 'STOP', 'TARGET', 'EXIT', 'EMERGENCY']),
  status: oneOf(ORDER_STATES),
  quantity: number,
  filledQuantity: number,
  price: amount,
  stopPrice: amount,
  averagePrice: amount,
  fees: number,
  mode: text,
  generation: number,
  fenceTimestamp: amount,
  recvWindow: amount,
  decision: free,
  exitReason: word,
  reason: word,
  transitions: free,
  createdAt: date,
  updatedAt: date,
};

const positionFields: Fields = {
  ...owned,
  symbol: text,
  status: oneOf(POSITION_STATUSES),
  quantity: number,
  entryQuantity: number,
  entryPrice: number,
  entryFee: number,
  entryTime: date,
  stopPrice: number,
  targetPrice: number,
  highestPrice: number,
  partialTaken: flag,
  protection: free,
  unprotectedSince: moment,
  intentId: text,
  signalId: word,
  strategy: word,
  leadingStrategy: word,
  realizedPnl: number,
  missing: amount,
  pendingExit: word,
  exitTime: moment,
  exitPrice: amount,
  exitReason: word,
  mode: text,
  version: number,
  createdAt: date,
  updatedAt: date,
};

const tradeFields: Fields = {
  ...owned,
  positionId: text,
  symbol: text,
  entryTime: date,
  entryPrice: number,
  exitTime: date,
  exitPrice: number,
  quantity: number,
  fees: number,
  pnl: number,
  pnlPct: number,
  exitReason: text,
  strategy: word,
  leadingStrategy: word,
  mode: text,
  day: text,
  recordedAt: date,
};

const fillFields: Fields = {
  ...owned,
  symbol: text,
  tradeId: text,
  orderId: text,
  clientOrderId: word,
  side: oneOf(['BUY', 'SELL']),
  price: number,
  quantity: number,
  fee: number,
  feeAsset: text,
  feeQuote: amount,
  mode: { type: String, default: 'paper' },
  marketTime: date,
  recordedAt: date,
};

const accountBookFields: Fields = {
  ...owned,
  mode: text,
  version: number,
  book: free,
  openedAt: date,
  openedMarketTime: number,
  countedTo: date,
  countedLately: { type: [String], default: [] },
  tradeCursors: free,
  seen: free,
  foreignOrders: { type: [String], default: [] },
  comparedAt: moment,
  updatedAt: date,
};

const accountNoticeFields: Fields = { ...owned, at: date, level: text, code: text, message: text };

const performanceFields: Fields = {
  ...owned,
  timestamp: date,
  recordedAt: date,
  cycle: number,
  equity: number,
  cash: number,
  positionsValue: number,
  realizedPnl: number,
  unrealizedPnl: number,
  fees: number,
  dailyPnl: number,
  dailyPnlPct: number,
  drawdownPct: number,
  unitValue: amount,
  unitsSince: amount,
};

const equityDayFields: Fields = {
  ...owned,
  day: text,
  points: free,
  first: amount,
  last: amount,
  low: amount,
  high: amount,
  updatedAt: date,
};

const statusFields: Fields = {
  ...owned,
  status: text,
  riskState: text,
  mode: text,
  since: text,
  uptimeSeconds: number,
  cycle: number,
  lastCycleAt: word,
  nextCycleAt: word,
  activeSignals: number,
  tradesToday: number,
  dailyPnl: number,
  dailyPnlPct: number,
  equity: number,
  openPositions: number,
  refusals: free,
  lastError: free,
  emergency: free,
  revision: number,
  haltEpoch: number,
  halted: flag,
  pendingStop: free,
  baseline: free,
  receipts: free,
  updatedAt: date,
};

const notificationFields: Fields = {
  ...owned,
  type: oneOf(LISTED_NOTIFICATION_TYPES),
  severity: oneOf(LOG_LEVELS),
  title: text,
  message: text,
  data: free,
  deliveries: [
    {
      _id: false,
      channel: oneOf(CHANNELS),
      status: oneOf(['pending', 'delivered', 'failed', 'skipped']),
      attempts: number,
      at: moment,
      error: word,
      uncertain: { type: Boolean },
      answer: { type: String },
    },
  ],
  readAt: moment,
  createdAt: date,
  updatedAt: date,
};

const settingsFields: Fields = {
  ...owned,
  email: free,
  discord: free,
  telegram: free,
  routes: free,
  quietHours: free,
  verification: free,
  updatedAt: date,
};

const credentialFields: Fields = {
  ...owned,
  exchange: text,
  label: { type: String, default: '' },
  keyHint: text,
  secret: { type: mongoose.Schema.Types.Mixed, required: true },
  permissions: free,
  verifiedAt: moment,
  problem: word,
  createdAt: date,
  updatedAt: date,
};

const modelFields: Fields = {
  _id: text,
  version: text,
  symbol: text,
  timeframe: text,
  stage: oneOf(['candidate', 'shadow', 'active', 'retired', 'failed']),
  quality: free,
  features: { type: [String], default: [] },
  artifact: word,
  trainedFrom: moment,
  trainedTo: moment,
  createdAt: date,
  updatedAt: date,
};

const backtestFields: Fields = {
  ...owned,
  kind: oneOf(['backtest', 'search']),
  status: oneOf(RUN_STATES),
  progress: number,
  request: free,
  result: free,
  error: word,
  createdAt: date,
  updatedAt: date,
  finishedAt: moment,
};

const auditFields: Fields = {
  _id: number,
  at: date,
  actorId: word,
  userId: word,
  action: text,
  target: { type: String, default: '' },
  changes: free,
  ip: word,
  previousHash: { type: String, default: '' },
  hash: text,
};

const userFields: Fields = {
  _id: text,
  email: text,
  emailVerified: flag,
  passwordHash: text,
  temporaryPassword: flag,
  role: oneOf(ROLES),
  locale: text,
  disabled: flag,
  totp: free,
  createdAt: date,
  updatedAt: date,
};

const sessionFields: Fields = {
  ...owned,
  publicId: text,
  kind: oneOf(['session', 'token']),
  name: { type: String, default: '' },
  csrf: word,
  userAgent: { type: String, default: '' },
  ip: { type: String, default: '' },
  createdAt: date,
  lastUsedAt: date,
  expiresAt: date,
};

const signInFailureFields: Fields = { _id: text, count: number, expiresAt: date };

const flagFields: Fields = {
  _id: text,
  halted: flag,
  reason: { type: String, default: '' },
  by: { type: String, default: '' },
  since: moment,
  epoch: number,
};

const migrationFields: Fields = { _id: text, name: text, startedAt: date, appliedAt: moment };
