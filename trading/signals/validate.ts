import { MODES } from '../sizing/modes.js';
import {
  type MarketSnapshot,
  type Refusal,
  type Signal,
  type SignalRejection,
  TIMEFRAME_MS,
  type TradingConfig,
  type TradingMode,
} from '../types.js';
import { roundTripCostPct } from './evaluate.js';

export interface SignalContext {
  /** Market time, ms. */
  now: number;
  config: Pick<TradingConfig, 'tradingMode' | 'timeframe'>;
  snapshot: MarketSnapshot;
  /** Fraction per side. */
  feeRate: number;
  /** The last signal of this symbol that was acted upon, or null. */
  lastSignal: Pick<Signal, 'candleTime' | 'type'> | null;
  /** Whether a position of this symbol is open or being opened. */
  positionOpen: boolean;
}

export type SignalVerdict = { accepted: true } | { accepted: false; rejections: Refusal<SignalRejection>[] };

/** What a signal must bring, by mode. Rates are of what remains after costs. */
export const SIGNAL_QUALITY = {
  CONSERVATIVE: { maxAgeCandles: 1, minRewardToRisk: 1.2, minEdgePct: 0.5 },
  MODERATE: { maxAgeCandles: 2, minRewardToRisk: 1, minEdgePct: 0.3 },
  AGGRESSIVE: { maxAgeCandles: 3, minRewardToRisk: 0.8, minEdgePct: 0.1 },
} satisfies Record<TradingMode, { maxAgeCandles: number; minRewardToRisk: number; minEdgePct: number }>;

/**
 * Whether a BUY or SELL is worth acting upon; every rule that it breaks is listed with its limit and the value found.
 * HOLD asks for nothing: it is not accepted, and without a rejection. A SELL leaves a holding, so what an entry must
 * earn is not asked of it.
 */
export function validateSignal(signal: Signal, context: SignalContext): SignalVerdict {
  if (signal.type === 'HOLD') return { accepted: false, rejections: [] };
  const rules = signal.type === 'BUY' ? [...COMMON_RULES, ...ENTRY_RULES] : COMMON_RULES;
  const rejections = rules.flatMap((rule) => rule(signal, context) ?? []);
  return rejections.length === 0 ? { accepted: true } : { accepted: false, rejections };
}

type Rule = (signal: Signal, context: SignalContext) => Refusal<SignalRejection> | null;

const invalidLevels: Rule = ({ symbol, type, entryPrice, stopLoss, takeProfit }) => {
  const [below, above] = type === 'BUY' ? [stopLoss, takeProfit] : [takeProfit, stopLoss];
  const fine = below > 0 && entryPrice > below && above > entryPrice && Number.isFinite(above);
  return fine ? null : refuse('INVALID_LEVELS', symbol, entryPrice, below < entryPrice ? above : below, 'price');
};

const stale: Rule = ({ symbol, candleTime }, { now, config, snapshot }) => {
  const step = TIMEFRAME_MS[config.timeframe];
  const ageSeconds = (Math.max(now, snapshot.marketTime) - candleTime - step) / 1000;
  const limit = (SIGNAL_QUALITY[config.tradingMode].maxAgeCandles * step) / 1000;
  return ageSeconds <= limit ? null : refuse('STALE', symbol, limit, ageSeconds, 's');
};

const lowConfidence: Rule = ({ symbol, confidence }, { config }) => {
  const limit = MODES[config.tradingMode].minConfidence;
  return confidence >= limit ? null : refuse('LOW_CONFIDENCE', symbol, limit, confidence, 'points');
};

/** One candle gives one trade. */
const sameCandle: Rule = ({ symbol, candleTime, type }, { lastSignal }) => {
  const repeated = lastSignal !== null && lastSignal.type === type && lastSignal.candleTime === candleTime;
  return repeated ? refuse('DUPLICATE', symbol, 1, 2, 'signals of one candle') : null;
};

const positionOpen: Rule = ({ symbol }, context) =>
  context.positionOpen ? refuse('DUPLICATE', symbol, 0, 1, 'open positions') : null;

const noEdge: Rule = ({ symbol, entryPrice, takeProfit }, { config, feeRate, snapshot }) => {
  const edge = (takeProfit / entryPrice - 1) * 100 - roundTripCostPct(feeRate, snapshot.spreadPct);
  const limit = SIGNAL_QUALITY[config.tradingMode].minEdgePct;
  return edge >= limit ? null : refuse('NO_EDGE', symbol, limit, edge, '%');
};

const rewardToRisk: Rule = ({ symbol, entryPrice, stopLoss, takeProfit }, { config, feeRate, snapshot }) => {
  const costs = roundTripCostPct(feeRate, snapshot.spreadPct);
  const reward = (takeProfit / entryPrice - 1) * 100 - costs;
  const risk = (1 - stopLoss / entryPrice) * 100 + costs;
  const limit = SIGNAL_QUALITY[config.tradingMode].minRewardToRisk;
  return reward / risk >= limit ? null : refuse('REWARD_TO_RISK', symbol, limit, reward / risk, 'x');
};

const COMMON_RULES: readonly Rule[] = [invalidLevels, stale, lowConfidence, sameCandle];
const ENTRY_RULES: readonly Rule[] = [positionOpen, noEdge, rewardToRisk];

function refuse(
  code: SignalRejection,
  symbol: string,
  limit: number,
  actual: number,
  unit: string,
): Refusal<SignalRejection> {
  return { approved: false, code, symbol, limit, actual, unit };
}
