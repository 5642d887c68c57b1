import type {
  ClosedTrade,
  EmergencyTrigger,
  MarketSnapshot,
  Position,
  Refusal,
  RiskState,
  TradingConfig,
} from '../types.js';
import type { RiskCode } from './codes.js';
import type { CircuitState } from './circuit.js';
import type { Correlation } from './correlation.js';

/** Health of the exchange's connection over the last minutes; the shape of adapters/exchange/port.ts. Real time, ms. */
export interface ExchangeHealth {
  lastSuccessAt: number | null;
  errorRatePct: number;
  latencyMs: number;
  calls: number;
  clockOffsetMs: number | null;
  usedWeight: number;
  weightLimit: number;
  bannedUntil: number | null;
}

/** All that the checks look at. Money in the quote asset, percentages in percent. */
export interface RiskContext {
  /** Market time, ms: days, cool-downs, holding times. */
  now: number;
  /** Real time, ms: only for what is about real time, the exchange's connection. */
  realNow: number;
  config: TradingConfig;
  account: {
    equity: number;
    /** Free quote asset as the exchange has it. */
    cash: number;
    /** Quote promised to entries that the exchange's balance does not show yet. */
    reserved: number;
    /** Change of balance that no order, deposit or withdrawal explains, valued in quote; its sign does not matter. */
    unexplained: number;
  };
  /** Since midnight in the user's zone on the market's clock; pnl is negative for a loss. */
  day: { key: string; openingEquity: number; pnl: number; pnlPct: number; tradesToday: number };
  /** Highest equity so far, deposits and withdrawals taken out. */
  peakEquity: number;
  /** Closed positions may be among them; they are ignored. */
  positions: readonly Position[];
  /** The closed trades that `recentTrades` picks; in any order, and more of them change nothing. */
  recentTrades: readonly ClosedTrade[];
  /** undefined where nothing is known of the symbol. Asked about few of many symbols where that is enough. */
  market: (symbol: string) => MarketSnapshot | undefined;
  /** Of a symbol that is entered and one that is held. */
  correlation: Correlation;
  exchange: ExchangeHealth;
  /** Real time, ms, of the last success that the workflow remembers or of trading's start: a worker that was just
   * restarted has no success of its own yet. */
  apiWatchSince?: number;
  circuit?: CircuitState;
  ordersLastMinute: number;
  fleetHalted: boolean;
  /** Why the user's exchange keys must not be used for entries; absent where they may. */
  keyProblem?: string | null;
}

/** One entry that is about to be made, after sizing. Prices and notional in quote. */
export interface EntryCandidate {
  symbol: string;
  /** What a buy would pay now: the ask. */
  price: number;
  /** The price at which the signal was given. */
  signalPrice: number;
  stopPrice: number;
  targetPrice: number;
  notional: number;
  /** Integer 0 to 100. */
  confidence: number;
  /** Of target before stop, 0 to 1, where a model gave one. */
  probability?: number;
  /** Fraction per side. */
  feeRate: number;
  /** Entries already approved in this cycle: they count as positions, as exposure and as spent. */
  thisCycle?: readonly ApprovedEntry[];
}

/** `notional` in quote. */
export interface ApprovedEntry {
  symbol: string;
  notional: number;
}

/** What a finding does beyond being listed: `warn` nothing, `block` refuses that entry or symbol, the others set the state. */
export type RiskEffect = 'warn' | 'block' | 'reduce' | 'halt';

export interface RiskFinding {
  effect: RiskEffect;
  refusal: Refusal<RiskCode>;
  emergency?: { trigger: EmergencyTrigger; reason: string };
}

/**
 * One brake. `account` is asked once a cycle, `symbol` once a cycle for each symbol, `entry` for each candidate.
 * Symbol checks are asked again for a candidate's symbol, so that no entry can pass around them.
 */
export type RiskCheck =
  | { name: string; codes: readonly RiskCode[]; scope: 'account'; check: (context: RiskContext) => RiskFinding[] }
  | {
      name: string;
      codes: readonly RiskCode[];
      scope: 'symbol';
      check: (context: RiskContext, symbol: string) => RiskFinding[];
    }
  | {
      name: string;
      codes: readonly RiskCode[];
      scope: 'entry';
      check: (context: RiskContext, candidate: EntryCandidate) => RiskFinding[];
    };

export type RiskWarning = Omit<Refusal<RiskCode>, 'approved'>;

export interface RiskVerdict {
  /** ACTIVE: entries are considered; REDUCING: a limit is near; HALTED: a limit is broken or nothing can be traded. */
  riskState: RiskState;
  refusals: Refusal<RiskCode>[];
  entriesAllowed: boolean;
  emergency: { trigger: EmergencyTrigger; reason: string } | null;
  /** Near limits; DAILY_LOSS_NEAR among them asks for the notification DAILY_LOSS_WARNING, once a day. */
  warnings: RiskWarning[];
}
