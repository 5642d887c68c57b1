/**
 * Step 2: the ensemble's opinion on each symbol's newest closed candle, judged for quality, and what the model in use
 * thinks of it. The forming candle is never looked at. A candle's opinion is logged and acted upon once.
 */
import type { StoredConfig } from '../../adapters/database/configRepository.js';
import { applyAnalyst } from '../../trading/learning/analystVerdict.js';
import { MODES } from '../../trading/sizing/index.js';
import {
  edgeRejections,
  evaluateSignal,
  type NewestVotes,
  newestVotes,
  toldProbability,
  validateSignal,
} from '../../trading/signals/index.js';
import type { CandleColumns, MarketSnapshot, Signal } from '../../trading/types.js';
import type { CycleReads } from '../cycleReads.js';
import type { ActivityDependencies, ModelOpinion, Venue } from '../dependencies.js';
import { snapshotOf } from '../market/snapshots.js';
import type { SignalReport, StepInput } from '../types.js';
import type { SeenCandles } from './seenCandles.js';

export async function generateSignals(
  deps: ActivityDependencies,
  reads: CycleReads,
  seen: SeenCandles,
  input: StepInput,
): Promise<SignalReport[]> {
  const { userId } = input;
  const config = await reads.settings(input);
  const venue = deps.venue(config.mode);
  const open = await reads.positions(input);
  const reports = await Promise.all(
    config.symbols.map(async (symbol) => {
      try {
        const [candles, snapshot] = await Promise.all([
          venue.market.candles(symbol, config.timeframe),
          snapshotOf(venue, symbol, config.timeframe),
        ]);
        const positionOpen = open.some((position) => position.symbol === symbol);
        return await opinion(deps, seen, { userId, symbol, config, venue, candles, snapshot, positionOpen });
      } catch {
        return null; // collectMarketData has named this symbol as unavailable
      }
    }),
  );
  return reports.filter((report) => report !== null);
}

/** Every user's cycle asks for the same candle: what was made of the cache's very object serves them all. */
const computed = new WeakMap<CandleColumns, NewestVotes>();

function votesOnce(candles: CandleColumns): NewestVotes {
  const known = computed.get(candles) ?? newestVotes(candles);
  computed.set(candles, known);
  return known;
}

interface Subject {
  userId: string;
  symbol: string;
  config: StoredConfig;
  venue: Venue;
  candles: CandleColumns;
  snapshot: MarketSnapshot;
  positionOpen: boolean;
}

async function opinion(deps: ActivityDependencies, seen: SeenCandles, subject: Subject): Promise<SignalReport> {
  const { userId, symbol, config, candles, snapshot, positionOpen } = subject;
  const rules = (await subject.venue.exchange.market.symbolRules()).get(symbol);
  const feeRate = rules?.takerFee ?? 0.001;
  const signal = evaluateSignal(candles, { symbol, config, snapshot, feeRate }, votesOnce);
  const signalId = `${userId}:${symbol}:${config.timeframe}:${signal.candleTime}`;
  const brief: SignalReport = {
    symbol,
    type: signal.type,
    confidence: signal.confidence,
    candleTime: signal.candleTime,
    signalId,
  };
  if (signal.type === 'HOLD' && seen.has(signalId)) return { ...brief, repeated: true };
  const opinionOfModel = deps.scorer?.(symbol, config.timeframe, candles) ?? null;
  if (signal.type === 'HOLD') return { ...brief, ...probabilityOf(opinionOfModel), ...votesOf(signal) };
  if (seen.has(signalId) || (await deps.repositories.signals.exists(signalId))) return { ...brief, repeated: true };

  const verdict = validateSignal(signal, {
    now: snapshot.marketTime,
    config,
    snapshot,
    feeRate,
    lastSignal: null,
    positionOpen,
  });
  const rejections = [
    ...(verdict.accepted ? [] : verdict.rejections.map(({ code }) => code)),
    ...edgeRejections(config, signal, opinionOfModel?.probability ?? null, feeRate),
  ];
  const asked = await secondOpinion(deps, signal, snapshot, opinionOfModel?.probability, rejections.length === 0);
  if (asked && asked.confidence < MODES[config.tradingMode].minConfidence) rejections.push('LOW_CONFIDENCE');
  return {
    ...brief,
    ...(asked ? { confidence: asked.confidence } : {}),
    levels: { entryPrice: signal.entryPrice, stopLoss: signal.stopLoss, takeProfit: signal.takeProfit },
    ...probabilityOf(opinionOfModel),
    ...(opinionOfModel?.contributions ? { contributions: opinionOfModel.contributions } : {}),
    ...votesOf(signal),
    reasons: [...(asked ? [asked.reason] : []), ...signal.reasons, ...(opinionOfModel?.reasons ?? [])].slice(0, 6),
    ...(rejections.length > 0 ? { rejections } : {}),
  };
}

const probabilityOf = (model: ModelOpinion | null): Pick<SignalReport, 'probability' | 'modelVersion'> =>
  model ? { probability: toldProbability(model.probability), modelVersion: model.version } : {};
const votesOf = ({ votes }: Signal): Pick<SignalReport, 'votes'> => (votes ? { votes } : {});

/**
 * Where an analyst is configured, it is asked about entries that are about to be proposed: numbers only, two seconds. It
 * may lower the confidence or veto; slow, wrong or absent, it changes nothing.
 */
async function secondOpinion(
  deps: ActivityDependencies,
  signal: Signal,
  snapshot: MarketSnapshot,
  probability: number | undefined,
  worthAsking: boolean,
): Promise<{ confidence: number; reason: string } | null> {
  if (!deps.analyst || !worthAsking || signal.type !== 'BUY') return null;
  const { price, spreadPct, atrPct, atrPercentile } = snapshot;
  const { confidence, entryPrice, stopLoss, takeProfit, votes } = signal;
  const numbers = { confidence, price, entryPrice, stopLoss, takeProfit, spreadPct, atrPct, atrPercentile, ...votes };
  const { opinion } = await deps.analyst(probability === undefined ? numbers : { ...numbers, probability });
  if (!opinion) return null;
  return {
    confidence: applyAnalyst(confidence, opinion),
    reason: `analyst ${opinion.verdict}: ${opinion.reason}`.slice(0, 200),
  };
}
