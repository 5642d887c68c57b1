import type {
  Anomaly,
  EmergencyReceipt,
  LogComponent,
  LogLevel,
  NotificationType,
  StatusView,
  TradingConfig,
} from '../../../trading/types.js';

export type { EmergencyReceipt, StatusView, TradingConfig };

export interface Page<Item> {
  items: Item[];
  nextCursor: string | null;
}

export interface User {
  id: string;
  email: string;
  role: 'admin' | 'user';
  locale: 'en' | 'ko';
  disabled?: boolean;
  totpEnabled?: boolean;
  createdAt?: string;
}

export interface LogEntry {
  id: string;
  timestamp: string;
  logLevel: LogLevel;
  component: LogComponent;
  message: string;
  data?: unknown;
}

export interface SignalEntry {
  id: string;
  symbol: string;
  signalType: 'BUY' | 'SELL' | 'HOLD';
  confidenceScore: number;
  entryPrice: number;
  stopLoss: number;
  takeProfit: number;
  executed: boolean;
  executionPrice: number | null;
  createdAt: string;
  executedAt: string | null;
  /** Opening of the candle that it is about, market time. */
  candleTime?: string;
  modelVersion?: string | null;
  probability?: number | null;
  reasons: string[];
  rejection?: string | null;
  active?: boolean;
}

export interface PositionEntry {
  id: string;
  symbol: string;
  status: string;
  quantity: string | number;
  entryPrice: string | number;
  entryTime: string;
  stopPrice: string | number;
  targetPrice: string | number;
  currentPrice?: number | null;
  unrealizedPnl?: number | null;
  unrealizedPnlPct?: number | null;
  protection?: unknown;
}

export interface TradeEntry {
  id: string;
  symbol: string;
  entryTime: string;
  entryPrice: number | string;
  exitTime: string;
  exitPrice: number | string;
  quantity: number | string;
  fees: number | string;
  pnl: number | string;
  pnlPct: number;
  exitReason: string;
  strategy?: string;
}

export interface OrderEntry {
  id: string;
  intentId: string;
  clientOrderId: string;
  symbol: string;
  side: 'BUY' | 'SELL';
  type: string;
  purpose: string;
  status: string;
  quantity: string | number;
  filledQuantity: string | number;
  price: string | number | null;
  averagePrice: string | number | null;
  createdAt: string;
  updatedAt: string;
}

export interface EquityPoint {
  timestamp: string;
  equity: number;
  cash?: number;
  positionsValue?: number;
  realizedPnl?: number;
  unrealizedPnl?: number;
  drawdownPct: number;
  dailyPnl?: number;
  dailyPnlPct?: number;
}

export interface NotificationEntry {
  id: string;
  type: NotificationType;
  title?: string;
  message: string;
  createdAt: string;
  readAt?: string | null;
  deliveries?: Delivery[];
}

export interface Delivery {
  channel: string;
  status: string;
  attempts?: number;
  at?: string | null;
  error?: string | null;
}

export interface MarketEntry {
  symbol: string;
  price: number;
  bid?: number;
  ask?: number;
  spreadPct?: number;
  ageSeconds?: number;
  changePct?: number;
  anomalies?: Anomaly[];
}

export interface ReliabilityPoint {
  predicted: number;
  observed: number;
  count: number;
}

export interface ModelEntry {
  version: string;
  createdAt: string;
  inUse: boolean;
  report?: { test: Record<string, number>; reliability?: ReliabilityPoint[] };
}

export interface FleetMember {
  userId: string;
  email: string;
  status: StatusView['status'];
  mode: StatusView['mode'];
  equity?: number;
  dailyPnl?: number;
  openPositions?: number;
  lastCycleAt?: string | null;
}

export interface FleetOverview {
  fleetStopped: boolean;
  items: FleetMember[];
}

export interface SessionEntry {
  id: string;
  createdAt: string;
  lastSeenAt?: string | null;
  userAgent?: string | null;
  ip?: string | null;
  current?: boolean;
}

export interface TokenEntry {
  id: string;
  name: string;
  createdAt: string;
  lastUsedAt?: string | null;
}

export interface AuditEntry {
  id: string;
  at: string;
  actorId: string | null;
  actor?: string | null;
  action: string;
  target: string;
  changes?: unknown;
}

export interface CredentialView {
  configured: boolean;
  apiKeyHint?: string;
  verifiedAt?: string | null;
  permissions?: Record<string, boolean> | null;
}

export interface NotificationSettings {
  enabled: boolean;
  channels: string[];
  tradeNotifications: boolean;
  errorNotifications: boolean;
  email?: { address: string | null; verified: boolean };
  discord?: { configured: boolean };
  telegram?: { configured: boolean };
}

export interface BacktestResult {
  strategy: string;
  params: Record<string, number>;
  candles: number;
  seconds: number;
  finalEquity: number;
  metrics: Record<string, number | null>;
  trades: TradeEntry[];
}

export interface RunEntry {
  id: string;
  status: 'QUEUED' | 'RUNNING' | 'COMPLETED' | 'FAILED' | 'CANCELLED';
  progress: number;
  createdAt: string;
  request: Record<string, unknown>;
  result?: BacktestResult | null;
  results?: { params: Record<string, number>; metrics: Record<string, number | null> }[];
  error?: string | null;
}
