/** One cycle of the backtest: what live's steps decide at a moment, by the functions that they ask. */
import { planEntries, type PlannedEntry } from '../entries/index.js';
import { exitDecisions, type ExitDecision, type SignalExit, signalExits } from '../exits/index.js';
import { SNAPSHOT_CANDLES, snapshotAt } from '../market/snapshot.js';
import {
  CORRELATION_WINDOW,
  correlationOf,
  entriesAllowed,
  type RiskContext,
  runRiskChecks,
  type TimedCloses,
} from '../risk/index.js';
import { edgeRejections, toldProbability } from '../signals/edge.js';
import { signalFromScore } from '../signals/evaluate.js';
import { validateSignal } from '../signals/validate.js';
import { type WithoutModel, withoutModel } from '../signals/withoutModel.js';
import { type MarketSnapshot, type Position, type Signal, TIMEFRAME_MS, type TradingConfig } from '../types.js';
import type { Account, Holding } from './account.js';
import type { Lane } from './lanes.js';

/** The account's day as `followAccount` has it, and the trades that the checks look at. */
export interface AccountNow {
  /** Quote, without what is dust. */
  equity: number;
  peakEquity: number;
  day: RiskContext['day'];
  recentTrades: RiskContext['recentTrades'];
}

export interface Cycle {
  /** Market time, ms: the close of the candles that are judged, the open of those that begin. */
  now: number;
  config: TradingConfig;
  /** What a proposal to buy is worth that no model has an answer to. */
  withoutModel: WithoutModel;
  account: Account;
  laneOf: (symbol: string) => Lane | undefined;
  /** Whether the day's loss limit may be reached. */
  nearLoss: boolean;
  /** The account as the checks see it, computed when it is asked for. */
  state: () => AccountNow;
}

/** A signal as the backtest's journal tells it. */
export interface JudgedSignal {
  lane: Lane;
  signal: Signal;
  /** What a model says of a BUY; null where it says nothing or was not asked. */
  probability: number | null;
  rejections: string[];
}

export interface Decided {
  emergency: boolean;
  plans: PlannedEntry<{ lane: Lane; symbol: string; confidence: number; signalPrice: number; probability?: number }>[];
  exits: SignalExit[];
  /** Codes of what was not entered, and why. */
  refusals: string[];
}

/** What is decided of the judged signals, as live's `runSafetyChecks` decides it. */
export function decideCycle(cycle: Cycle, judged: readonly JudgedSignal[]): Decided {
  const { account, laneOf } = cycle;
  const accepted = judged.filter(({ rejections, signal }) => rejections.length === 0 && signal.type !== 'HOLD');
  const buys = accepted.filter(({ signal }) => signal.type === 'BUY');
  const sells = accepted.flatMap(({ signal }) => (signal.type === 'SELL' ? [signal] : []));
  const exits = signalExits(sells, account.holdings);
  // Where nothing is entered and the day's loss limit is far, the checks have nothing to decide.
  if (buys.length === 0 && !cycle.nearLoss) return { emergency: false, exits, plans: [], refusals: [] };
  const context = riskContext(cycle);
  if (!entriesAllowed(context)) {
    const { emergency, refusals } = runRiskChecks(context);
    const shown = buys.length > 0 ? refusals.slice(0, 1).map(({ code }) => code) : [];
    return { emergency: emergency !== null, exits, plans: [], refusals: shown };
  }
  const proposals = buys.map(({ lane, signal, probability }) => ({
    lane,
    symbol: lane.symbol,
    confidence: signal.confidence,
    signalPrice: signal.entryPrice,
    ...(probability === null ? {} : { probability: toldProbability(probability) }),
  }));
  const { plans, refusals } = planEntries(context, proposals, (symbol) => laneOf(symbol)?.rules);
  return { emergency: false, exits, plans, refusals: refusals.map(({ code }) => code) };
}

/** The vote of the candle that has just closed as live's `generateSignals` judges it. */
export function judge(lane: Lane, { now, config, account, withoutModel: worth }: Cycle, closed: number): JudgedSignal {
  const snapshot = laneSnapshot(lane, now);
  const feeRate = lane.rules.takerFee;
  const options = { symbol: lane.symbol, config, snapshot, feeRate };
  const ensemble = signalFromScore(lane.votes[closed]!, lane.candles.timestamp[closed]!, options);
  const probability = ensemble.type === 'BUY' ? (lane.probability?.(closed) ?? null) : null;
  const signal = probability === null ? withoutModel(ensemble, 'no model', worth) : ensemble;
  const positionOpen = account.holdings.some(({ symbol }) => symbol === lane.symbol);
  const verdict = validateSignal(signal, { now, config, snapshot, feeRate, lastSignal: null, positionOpen });
  const rejections = verdict.accepted ? [] : verdict.rejections.map(({ code }) => code);
  return {
    lane,
    signal,
    probability,
    rejections: [...rejections, ...edgeRejections(config, signal, probability, feeRate)],
  };
}

/** Live's exits beyond stop and target. */
export function exitsAt(lane: Lane, holding: Holding, { now, config }: Cycle): ExitDecision[] {
  return exitDecisions(positionOf(holding), laneSnapshot(lane, now), config, now, lane.rules);
}

/** The market as live sees it when a candle has closed: the price is the first one after it, if there is one. */
export function laneSnapshot(lane: Lane, now: number): MarketSnapshot {
  const { price, spread, seen } = lane;
  if (seen?.marketTime === now) return seen;
  const ticker = { last: price, bid: tidy(price - spread), ask: tidy(price + spread), marketTime: now };
  lane.seen = snapshotAt(lane.source, lane.closed, ticker);
  return lane.seen;
}

/** A tick more or less must not leave a float's noise on a price. */
const tidy = (price: number): number => Number(price.toPrecision(15));

/**
 * Everything that concerns the connection or the fleet is sound in a backtest. A symbol's market and correlations are
 * worked out when they are asked for: done for every symbol at every entry, cost would grow with their square.
 */
function riskContext({ now, config, account, laneOf, state }: Cycle): RiskContext {
  const { equity, peakEquity, day, recentTrades } = state();
  const known = (symbol: string): Lane | undefined => {
    const lane = laneOf(symbol);
    return lane && lane.closed >= SNAPSHOT_CANDLES - 1 ? lane : undefined;
  };
  return {
    now,
    realNow: now,
    config,
    account: { equity, cash: account.cash, reserved: 0, unexplained: 0 },
    day,
    peakEquity,
    positions: account.holdings.map(positionOf),
    recentTrades,
    market: (symbol) => {
      const lane = known(symbol);
      return lane && laneSnapshot(lane, now);
    },
    correlation: correlationOf((symbol) => newestCloses(known(symbol)), {
      step: TIMEFRAME_MS[config.timeframe],
      window: CORRELATION_WINDOW,
    }),
    exchange: {
      lastSuccessAt: now,
      errorRatePct: 0,
      latencyMs: 0,
      calls: 0,
      clockOffsetMs: 0,
      usedWeight: 0,
      weightLimit: 6000,
      bannedUntil: null,
    },
    ordersLastMinute: 0,
    fleetHalted: false,
  };
}

/** As many as reach back over the window where none is missing, and further where some are. */
function newestCloses(lane: Lane | undefined): TimedCloses | undefined {
  if (!lane) return undefined;
  const { candles, closed } = lane;
  const [from, to] = [Math.max(0, closed - CORRELATION_WINDOW), closed + 1];
  return { timestamp: candles.timestamp.subarray(from, to), close: candles.close.subarray(from, to) };
}

/** In the exchange's units of 1e-8: a float's noise must not make a lot less of it. */
const inUnits = (quantity: number): string => quantity.toFixed(8);

function positionOf(holding: Holding): Position {
  return {
    id: holding.id,
    symbol: holding.symbol,
    status: 'OPEN',
    quantity: inUnits(holding.quantity),
    entryQuantity: String(holding.entryQuantity),
    entryPrice: String(holding.entryPrice),
    entryFee: String(holding.entryFee),
    entryTime: holding.entryTime,
    stopPrice: String(holding.stop),
    targetPrice: String(holding.target),
    highestPrice: String(holding.highest),
    partialTaken: holding.partialTaken,
    protection: {
      orderListId: '',
      stopClientOrderId: '',
      targetClientOrderId: '',
      quantity: String(holding.quantity),
      kind: 'OCO',
    },
    unprotectedSince: null,
    intentId: '',
    realizedPnl: '0',
  };
}
