import type { Signal, SignalRejection, TradingConfig } from '../types.js';
import { edgeCovers } from '../learning/edge.js';

/** A probability as signals tell it and the risk checks are handed it: four digits. */
export const toldProbability = (probability: number): number => Math.round(probability * 1e4) / 1e4;

/**
 * Policy `edge`: an entry needs a model whose probability covers the costs; without a model nothing is entered. Other
 * policies and sides ask for nothing. `probability` 0 to 1 or null; `feeRate` a fraction per side.
 */
export function edgeRejections(
  config: Pick<TradingConfig, 'entryPolicy' | 'stopLossPct' | 'takeProfitPct'>,
  signal: Pick<Signal, 'type'>,
  probability: number | null,
  feeRate: number,
): SignalRejection[] {
  if (config.entryPolicy !== 'edge' || signal.type !== 'BUY') return [];
  const { stopLossPct, takeProfitPct } = config;
  const covered = probability !== null && edgeCovers(probability, { stopLossPct, takeProfitPct, feeRate }).covers;
  return covered ? [] : ['MODEL_BELOW_COSTS'];
}
