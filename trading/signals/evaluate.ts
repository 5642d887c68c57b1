import { MarketDataError } from '../market/errors.js';
import type { CandleColumns, MarketSnapshot, Signal, SignalType, TradingConfig } from '../types.js';
import {
  combineVotes,
  ENSEMBLE_MEMBERS,
  ensemble,
  type EnsembleMember,
  memberStrategies,
  memberVotes,
} from './strategies/ensemble.js';

export interface EvaluateOptions {
  symbol: string;
  config: Pick<TradingConfig, 'tradingMode' | 'stopLossPct' | 'takeProfitPct' | 'timeframe'>;
  snapshot: MarketSnapshot;
  /** Fraction per side, 0.001 = 0.1 %. */
  feeRate: number;
}

/** Below this confidence the strategies do not lean to either side. */
export const HOLD_BELOW = 20;

const MEMBERS = memberStrategies();
const WEIGHTS = Object.fromEntries(Object.entries(ensemble.parameters).map(([name, spec]) => [name, spec.default]));
export const ENSEMBLE_WARM_UP = Math.max(...MEMBERS.map(({ warmUp }) => warmUp));

/** What the ensemble says at the newest candle: nothing of it depends on a user. */
export interface NewestVotes {
  /** -1 to 1; NaN where a strategy still warms up. */
  score: number;
  /** By strategy, -1 to 1. */
  atLast: Record<string, number>;
}

/** @param candles closed ones, at least one */
export function newestVotes(candles: CandleColumns): NewestVotes {
  const last = candles.length - 1;
  const votes = memberVotes(MEMBERS, candles);
  return {
    score: combineVotes(votes, WEIGHTS)[last]!,
    atLast: Object.fromEntries([...votes].map(([name, column]) => [name, round(column[last]!)])),
  };
}

/**
 * The ensemble's opinion at the newest of the given closed candles. BUY enters at the ask, SELL at the bid; stop and
 * target lie the configured percentages away. With too few candles to judge it holds and says so; with none it throws
 * MarketDataError. A SELL asks to leave a holding: nothing is sold short.
 * @param votesOf who asks for many users on the same candles hands in a function that remembers
 */
export function evaluateSignal(candles: CandleColumns, options: EvaluateOptions, votesOf = newestVotes): Signal {
  const last = candles.length - 1;
  if (last < 0)
    throw new MarketDataError('TOO_FEW_CANDLES', `${options.symbol}: a signal needs closed candles, there are none`);
  const { score, atLast } = votesOf(candles);
  const warming = Number.isNaN(score);
  return {
    ...signalFromScore(score, candles.timestamp[last]!, options),
    reasons: warming
      ? [`only ${candles.length} closed candles, ${ENSEMBLE_WARM_UP + 1} are needed to judge`]
      : reasonsFor(atLast, options),
    ...(warming ? {} : { votes: { ...atLast } }),
  };
}

/** What a vote means: the side, and 100 times its size as confidence. The backtest asks the same function. */
export function decide(score: number): { type: SignalType; confidence: number } {
  const confidence = Number.isNaN(score) ? 0 : Math.round(100 * Math.min(1, Math.abs(score)));
  if (confidence < HOLD_BELOW) return { type: 'HOLD', confidence };
  return { type: score > 0 ? 'BUY' : 'SELL', confidence };
}

/** A signal's facts without its reasons, as the backtest needs them a million times. */
export function signalFromScore(score: number, candleTime: number, options: EvaluateOptions): Signal {
  const { type, confidence } = decide(score);
  return { symbol: options.symbol, type, confidence, ...levels(type, options), candleTime, reasons: [] };
}

function levels(type: SignalType, { config, snapshot }: EvaluateOptions) {
  const entryPrice = type === 'BUY' ? snapshot.ask : type === 'SELL' ? snapshot.bid : snapshot.price;
  const direction = type === 'SELL' ? -1 : 1;
  return {
    entryPrice,
    stopLoss: entryPrice * (1 - (direction * config.stopLossPct) / 100),
    takeProfit: entryPrice * (1 + (direction * config.takeProfitPct) / 100),
  };
}

/** The strongest voices first, then what a trade costs and what share of wins it needs. */
function reasonsFor(votes: Record<string, number>, { config, snapshot, feeRate }: EvaluateOptions): string[] {
  const heard = Object.entries(votes).filter(([, vote]) => vote !== 0);
  heard.sort(([, a], [, b]) => Math.abs(b) - Math.abs(a));
  const voices = heard.map(([name, vote]) => {
    const { meaning } = ENSEMBLE_MEMBERS[name as EnsembleMember];
    return `${name} ${vote > 0 ? '+' : ''}${vote.toFixed(2)}: ${vote > 0 ? meaning.buy : meaning.sell}`;
  });
  const costs = roundTripCostPct(feeRate, snapshot.spreadPct);
  const needed = (config.stopLossPct + costs) / (config.stopLossPct + config.takeProfitPct);
  return [
    ...(voices.length > 0 ? voices : ['no strategy has an opinion']),
    `costs ${costs.toFixed(2)} % a round trip: ${Math.round(100 * needed)} of 100 such trades must win`,
  ];
}

/** Whose vote, times its weight, spoke loudest for a side (1 buy, -1 sell); null where none did. */
export function leadingStrategy(votes: Readonly<Record<string, number>>, side: 1 | -1): string | null {
  const voices = Object.entries(votes)
    .map(([name, vote]) => ({ name, lean: side * vote * (WEIGHTS[name] ?? 0) }))
    .filter(({ lean }) => lean > 0);
  return (
    voices.reduce<{ name: string; lean: number } | null>((a, b) => (a && a.lean >= b.lean ? a : b), null)?.name ?? null
  );
}

/** Both fees and the spread, in percent of the entry's value. */
export const roundTripCostPct = (feeRate: number, spreadPct: number): number => 200 * feeRate + spreadPct;

const round = (vote: number): number => (Number.isNaN(vote) ? 0 : Math.round(vote * 1000) / 1000);
