/** The API's own types, so that the page can't drift from it. Types only: nothing of the server is bundled. */
import type { CandleRow, ExitReason, Position } from '../../../trading/types.js';
import type {
  AccountAnswer,
  AuditEntry,
  CandlesAnswer,
  ConfigView,
  CredentialsView,
  EquityPoint,
  FleetOverview,
  LogEntry,
  MarketEntry,
  Me,
  ModelEntry as ModelAnswer,
  NotificationEntry,
  NotificationSettings,
  OrderEntry,
  PerformanceAnswer,
  PositionEntry as PositionAnswer,
  ReceiptAnswer,
  Requirement,
  RunEntry as RunAnswer,
  SessionEntry,
  SignalEntry,
  StatusAnswer,
  TokenEntry,
  TradeEntry,
  User,
} from '../../../api/schemas/index.js';

export type {
  AccountAnswer,
  AuditEntry,
  CandleRow,
  CandlesAnswer,
  ConfigView,
  CredentialsView,
  EquityPoint,
  FleetOverview,
  LogEntry,
  MarketEntry,
  Me,
  NotificationEntry,
  NotificationSettings,
  OrderEntry,
  PerformanceAnswer,
  ReceiptAnswer,
  Requirement,
  SessionEntry,
  SignalEntry,
  StatusAnswer,
  TokenEntry,
  TradeEntry,
  User,
};

export type RefusalEntry = StatusAnswer['refusals'][number];
export type FleetMember = FleetOverview['items'][number];

/** A position with the words that the server has for it. */
export type PositionEntry = Omit<PositionAnswer, 'protection' | 'pendingExit'> & {
  protection: Pick<NonNullable<Position['protection']>, 'kind'> | null;
  pendingExit: ExitReason | null;
};

export interface Page<Item> {
  items: Item[];
  nextCursor: string | null;
}

/** One bar of a reliability curve, as in trading/learning/quality. */
export interface ReliabilityPoint {
  predicted: number;
  observed: number;
  count: number;
}

/** A model whose quality report is known by its parts. */
export type ModelEntry = Omit<ModelAnswer, 'report'> & {
  report: { test?: Record<string, number>; reliability?: ReliabilityPoint[] } | null;
};

/** What a backtest found: the command's `--json` file. */
export interface BacktestResult {
  strategy: string;
  params: Record<string, number>;
  candles: number;
  seconds: number;
  finalEquity: number;
  metrics: Record<string, number | null>;
  trades: ResultTrade[];
}

export type ResultTrade = Pick<TradeEntry, 'entryPrice' | 'quantity' | 'pnl' | 'exitReason'> & {
  entryTime: string | number;
  exitTime: string | number | null;
  exitPrice: number | null;
  symbol?: string;
  /** Of live and paper trades; a backtest's have none. */
  positionId?: string;
  fees?: number;
  pnlPct?: number;
};

export interface SearchRow {
  params: Record<string, number>;
  metrics: Record<string, number | null>;
}

/** One part of a walk-forward: what was chosen by the candles before it, and what came of it. */
export interface SearchFold {
  from: string;
  to: string;
  params: Record<string, number> | null;
  sharpeBefore: number | null;
  sharpeWithin: number | null;
  returnPct: number | null;
}

/** What a search found, as activities/research/judge.ts stores it. */
export interface SearchResult {
  trials: number;
  /** `deflatedSharpe` is a probability, 0 to 1. */
  best: (Pick<BacktestResult, 'params' | 'metrics' | 'finalEquity'> & { deflatedSharpe: number | null }) | null;
  walkForward: { folds: SearchFold[]; returnPct: number };
}

export type RunEntry = Omit<RunAnswer, 'result' | 'results'> & {
  result?: BacktestResult | SearchResult | null;
  results?: SearchRow[];
};
