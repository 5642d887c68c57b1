import { type AnalystRecord, applyAnalyst } from '../../trading/learning/analystVerdict.js';
import type { MarketSnapshot, Signal } from '../../trading/types.js';
import type { ActivityDependencies } from '../dependencies.js';

/**
 * Where an analyst is configured, it is asked about an entry that is about to be proposed: numbers only, two seconds. It
 * may lower the confidence or veto; slow, wrong or absent, it changes nothing. What came of it is kept with the signal.
 * `probability` is the model's, where one spoke. null where nobody was asked.
 */
export async function secondOpinion(
  { analyst }: Pick<ActivityDependencies, 'analyst'>,
  signal: Signal,
  snapshot: MarketSnapshot,
  probability: number | undefined,
): Promise<AnalystRecord | null> {
  if (!analyst || signal.type !== 'BUY') return null;
  const { price, spreadPct, atrPct, atrPercentile } = snapshot;
  const { confidence, entryPrice, stopLoss, takeProfit, votes } = signal;
  const numbers = { confidence, price, entryPrice, stopLoss, takeProfit, spreadPct, atrPct, atrPercentile, ...votes };
  const { opinion, asked, milliseconds, problem } = await analyst(
    probability === undefined ? numbers : { ...numbers, probability },
  );
  return {
    verdict: opinion?.verdict ?? null,
    reason: opinion?.reason ?? null,
    problem,
    before: confidence,
    after: applyAnalyst(confidence, opinion),
    milliseconds,
    asked,
  };
}

/** In one line, as the first of the signal's reasons. */
export const reasonOf = ({ verdict, reason }: AnalystRecord): string[] =>
  verdict === null ? [] : [`analyst ${verdict}: ${reason}`.slice(0, 200)];
