/**
 * Step 2: the ensemble's opinion on each symbol's newest closed candle, judged for quality, and what the model in use
 * thinks of it. The forming candle is never looked at. A candle's opinion is logged and acted upon once.
 */
import type { StoredConfig } from '../../adapters/database/configRepository.js';
import { MODES } from '../../trading/sizing/index.js';
import {
  edgeRejections,
  evaluateSignal,
  type NewestVotes,
  newestVotes,
  toldProbability,
  validateSignal,
  withoutModel,
} from '../../trading/signals/index.js';
import type { CandleColumns, MarketSnapshot, Signal } from '../../trading/types.js';
import type { CycleReads } from '../cycleReads.js';
import type { ActivityDependencies, ModelOpinion, Venue } from '../dependencies.js';
import { snapshotOf } from '../market/snapshots.js';
import type { SignalReport, StepInput } from '../types.js';
import { reasonOf, secondOpinion } from './secondOpinion.js';
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

/** Kept with a signal. */
const MOST_REASONS = 6;

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
  const ensemble = evaluateSignal(candles, { symbol, config, snapshot, feeRate }, votesOnce);
  const { type, candleTime } = ensemble;
  const signalId = `${userId}:${symbol}:${config.timeframe}:${candleTime}`;
  const briefOf = (of: Signal): SignalReport => ({
    ...{ symbol, type: of.type, confidence: of.confidence, candleTime, signalId },
  });
  if (type === 'HOLD' && seen.has(signalId)) return { ...briefOf(ensemble), repeated: true };
  const heard = deps.scorer?.(symbol, config.timeframe, candles) ?? null;
  const model = heard && 'probability' in heard ? heard : null;
  const signal = heard && 'silent' in heard ? withoutModel(ensemble, heard.silent, deps.withoutModel) : ensemble;
  const brief = briefOf(signal);
  if (signal.type === 'HOLD') {
    if (seen.has(signalId)) return { ...brief, repeated: true };
    const reasons = type === 'HOLD' ? {} : { reasons: signal.reasons.slice(0, MOST_REASONS) };
    return { ...brief, ...probabilityOf(model), ...votesOf(signal), ...reasons };
  }
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
    ...edgeRejections(config, signal, model?.probability ?? null, feeRate),
  ];
  const analyst = rejections.length === 0 ? await secondOpinion(deps, signal, snapshot, model?.probability) : null;
  if (analyst && analyst.after < MODES[config.tradingMode].minConfidence) rejections.push('LOW_CONFIDENCE');
  return {
    ...brief,
    ...(analyst ? { analyst, confidence: analyst.after } : {}),
    levels: { entryPrice: signal.entryPrice, stopLoss: signal.stopLoss, takeProfit: signal.takeProfit },
    ...probabilityOf(model),
    ...(model?.contributions ? { contributions: model.contributions } : {}),
    ...votesOf(signal),
    reasons: [...(analyst ? reasonOf(analyst) : []), ...signal.reasons, ...(model?.reasons ?? [])].slice(
      0,
      MOST_REASONS,
    ),
    ...(rejections.length > 0 ? { rejections } : {}),
  };
}

const probabilityOf = (model: ModelOpinion | null): Pick<SignalReport, 'probability' | 'modelVersion'> =>
  model ? { probability: toldProbability(model.probability), modelVersion: model.version } : {};
const votesOf = ({ votes }: Signal): Pick<SignalReport, 'votes'> => (votes ? { votes } : {});
