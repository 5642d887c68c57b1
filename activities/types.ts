/**
 * What the steps of a cycle take and give. All of it enters Temporal's history, so it is small: no candles, no
 * secrets, no addresses of people; users and orders appear by id only.
 */
import type { Books } from '../workflows/fromBooks.js';
import type {
  Anomaly,
  EmergencyRequest,
  EmergencyTrigger,
  ExitReason,
  MarketSnapshot,
  NotificationType,
  OrderPurpose,
  Refusal,
  RiskState,
  Signal,
  SignalRejection,
  StatusView,
  TradePlan,
  TradingMode,
  TradingStatus,
  VenueMode,
} from '../trading/types.js';

/** The settings that the workflow itself steers by; read anew in each cycle. */
export interface LoopSettings {
  interval: number; // s
  mode: VenueMode;
  tradingMode: TradingMode;
  symbols: string[];
  apiConnectionLostAfter: number; // s
  systemErrorAfter: number; // cycles
  liquidateOnEmergency: boolean;
  autoResumeNextDay: boolean;
}

export interface StepInput {
  userId: string;
  cycle: number;
}

export interface StepFailure {
  code: string;
  message: string;
}

export interface MarketReport {
  settings: LoopSettings;
  /** The worker's clock when the step began, ms. */
  at?: number;
  /** null when nothing could be read: then `failure` says why, and the cycle ends as a failed one. */
  marketTime: number | null;
  prices: Record<string, number>;
  anomalies: Pick<Anomaly, 'code' | 'symbol' | 'actual' | 'limit' | 'unit'>[];
  /** Symbols whose data could not be used in this cycle, with the reason. */
  unavailable: { symbol: string; reason: string }[];
  failure?: StepFailure;
  /** A stop of everybody that has halted this user: nothing else was looked at. */
  pendingStop?: EmergencyRequest;
}

export interface SignalReport extends Pick<Signal, 'symbol' | 'type' | 'confidence' | 'candleTime'> {
  signalId: string;
  /** Present for BUY and SELL only; a HOLD needs no levels. */
  levels?: Pick<Signal, 'entryPrice' | 'stopLoss' | 'takeProfit'>;
  probability?: number;
  modelVersion?: string;
  reasons?: string[];
  /** Each strategy's vote, -1 to 1, where the candle is new. */
  votes?: Signal['votes'];
  contributions?: Signal['contributions'];
  analyst?: Signal['analyst'];
  rejections?: SignalRejection[];
  /** Entered in shadow mode: decided, stored and not sent. */
  shadow?: true;
  /** True when this candle's opinion is already in the log. */
  repeated?: boolean;
}

export interface ExitPlan {
  positionId: string;
  symbol: string;
  reason: ExitReason;
}

export interface AccountView {
  equity: number;
  cash: number;
  positionsValue: number;
  realizedPnl: number;
  unrealizedPnl: number;
  fees: number;
  dailyPnl: number;
  dailyPnlPct: number;
  drawdownPct: number;
  /** Of one unit of the account, quote units, and since when they are counted, market time ms (trading/pnl/units.ts). */
  unitValue?: number;
  unitsSince?: number;
  openPositions: number;
  tradesToday: number;
  /** Orders whose outcome is not known yet. */
  unresolved: number;
}

/** An entry that is not begun now: the next cycle decides anew. */
export interface PutOff {
  signalId: string;
  line: LogLine;
}

export interface SafetyReport {
  riskState: RiskState;
  refusals: Refusal[];
  plans: TradePlan[];
  /** In place of plans, where too many entries are under way. */
  putOff?: PutOff[];
  exits: ExitPlan[];
  /** Of the checks, or the stop of everybody that halted this user and has not reached the workflow. */
  emergency: EmergencyRequest | null;
  account: AccountView;
  /** The user's day on the market's clock, 2024-08-05. */
  day: string;
  events: EventToSend[];
  /** Something of ours was found on the exchange that the books didn't have: positions are looked after. */
  attention?: true;
}

/** Something a user is to be told; `eventId` makes it the same message however often it is asked for. */
export interface EventToSend {
  eventId: string;
  type: NotificationType;
  symbol?: string;
  data: Record<string, string | number | boolean | null>;
}

/** One line for the log, told by the step that did it. */
export interface LogLine {
  level: 'INFO' | 'WARNING' | 'ERROR';
  component: 'ENGINE' | 'MONITOR' | 'SIGNAL' | 'RISK' | 'EXECUTOR' | 'POSITION' | 'NOTIFIER' | 'API';
  message: string;
  data?: Record<string, unknown>;
}

export const TRADE_OUTCOMES = [
  'FILLED',
  'PARTIALLY_FILLED',
  'REJECTED',
  'ABANDONED',
  'REFUSED',
  'FLATTENED',
  'SHADOW',
] as const;

export interface TradeReport {
  intentId: string;
  symbol: string;
  outcome: (typeof TRADE_OUTCOMES)[number];
  quantity: string;
  averagePrice: string | null;
  protected: boolean;
  /** Its signal is as good as before: the next cycle decides anew. */
  again?: true;
  lines: LogLine[];
  events: EventToSend[];
}

export interface PositionsReport {
  openPositions: number;
  /** Orders whose outcome is open, and sales that came to no end. */
  unresolved: number;
  unprotected: number;
  /** Entries that were given up lately and may appear after all; absent where there are none. */
  late?: number;
  closed: { positionId: string; symbol: string; reason: ExitReason; pnl: string }[];
  lines: LogLine[];
  events: EventToSend[];
}

/** What recordCycle writes, in one batch. */
export interface CycleRecord {
  userId: string;
  cycle: number;
  startedAt: number; // real ms
  /** Names a record that is no cycle's own: one that failed before it saw the market, or lines told between two. */
  part?: string;
  /** `MarketReport.at` of the same cycle. */
  beganAt?: number;
  status: StatusView;
  marketTime: number | null;
  prices: Record<string, number>;
  signals: SignalReport[];
  /** Signals that became positions in this cycle, with the average price of their entry. */
  executions?: { signalId: string; price: string }[];
  account: AccountView | null;
  lines: LogLine[];
}

export interface HaltReport {
  haltedAt: string;
}

export interface CancelReport {
  cancelled: { symbol: string; clientOrderId: string; purpose: OrderPurpose }[];
  /** Entries that turned out to be filled; they are positions now. */
  adopted: number;
}

/** What a stop leaves behind; of activities before this was asked, the first two only. */
export interface StopReport extends CancelReport {
  openPositions?: number;
  /** Something is left unknown or bare, or could not be asked for: it wants another look. */
  attention?: true;
}

export interface LiquidationReport {
  sold: { symbol: string; quantity: string; averagePrice: string | null }[];
  /** The protection of what was sold; absent in answers of releases before 0.3. */
  cancelled?: CancelReport['cancelled'];
  remaining: number;
}

export interface ExposureReport {
  openOrdersAfter: number;
  protectiveOrders: { symbol: string; clientOrderId: string; purpose: string; quantity: string; price: string }[];
  positionsAfter: { symbol: string; quantity: string }[];
  unprotected: number;
}

export interface SettleStop {
  userId: string;
  status: TradingStatus;
  by: string;
  reason?: string;
}

export interface StartGate {
  allowed: boolean;
  code?: string;
  message?: string;
  settings: LoopSettings;
}

/** Steps that only read: they run as local activities, inside the workflow task. */
export interface ReadingActivities {
  collectMarketData(input: StepInput): Promise<MarketReport>;
  generateSignals(input: StepInput): Promise<SignalReport[]>;
  runSafetyChecks(input: StepInput & { signals: SignalReport[]; entriesWanted: boolean }): Promise<SafetyReport>;
  /** May this user start? Notes who asked; refuses while the fleet is stopped. */
  openTrading(input: { userId: string; by: string }): Promise<StartGate>;
  loadSettings(input: { userId: string }): Promise<LoopSettings>;
  /** What the database knows of the user's trading; null where there is nothing yet. */
  readBooks(input: { userId: string }): Promise<Books | null>;
}

export interface PositionsInput extends StepInput {
  exits: ExitPlan[];
  why: string;
}

/**
 * `managePositions` as a local activity: it sends nothing, and null says that something is to be done. `nothingSent`:
 * since the checks of this cycle.
 */
export interface PositionsLook {
  managePositions(input: PositionsInput & { lookOnly: true; nothingSent: boolean }): Promise<PositionsReport | null>;
}

/** Steps that send orders or write: regular activities on the trading queue. */
export interface TradingActivities {
  executeTrade(input: StepInput & { plan: TradePlan }): Promise<TradeReport>;
  managePositions(input: PositionsInput): Promise<PositionsReport>;
  /** Resolves to the ms since `beganAt` by the worker's clock, 0 where the record has none. */
  recordCycle(record: CycleRecord): Promise<number>;
  /** After a stop: cancels open entries, notes the state in settings and status. */
  settleStop(input: SettleStop): Promise<StopReport>;
  sendNotification(input: { userId: string; event: EventToSend }): Promise<void>;
}

/** The work of an emergency stop, on its own queue. */
export interface EmergencyActivities {
  /** `halted` (ISO) is when the stop has halted this user in the books already. */
  haltTrading(input: {
    userId: string;
    trigger: EmergencyTrigger;
    reason: string;
    halted?: string | undefined;
  }): Promise<HaltReport>;
  cancelEntryOrders(input: { userId: string }): Promise<CancelReport>;
  /** `since` (ISO, real time) is when the emergency was triggered: what an interrupted attempt sold is reported too. */
  liquidatePositions(input: { userId: string; since?: string }): Promise<LiquidationReport>;
  verifyExposure(input: { userId: string }): Promise<ExposureReport>;
  /** Starts the durable delivery and waits a little for the notification to be stored; false where it is not yet. */
  notifyEmergency(input: { userId: string; event: EventToSend }): Promise<{ stored: boolean }>;
  recordEmergency(input: { userId: string; status: StatusView; lines: LogLine[] }): Promise<void>;
  /** Lifts the halt after a reset; refuses while something is open that was to be closed. */
  releaseTrading(input: { userId: string; by: string; reason: string }): Promise<{ released: boolean; open: string[] }>;
}

type Steps = EmergencyActivities;
type Look<Name extends keyof Steps> = (
  ...input: Parameters<Steps[Name]>
) => Promise<Awaited<ReturnType<Steps[Name]>> | null>;

/** The same steps inside a workflow task, where nothing is sent to the exchange: null where more is to be done than to look. */
export interface EmergencyLooks extends Pick<Steps, 'haltTrading' | 'notifyEmergency' | 'recordEmergency'> {
  cancelEntryOrders: Look<'cancelEntryOrders'>;
  liquidatePositions: Look<'liquidatePositions'>;
  verifyExposure: Look<'verifyExposure'>;
}

export type { MarketSnapshot };
