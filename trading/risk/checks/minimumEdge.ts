import { finding } from '../finding.js';
import type { EntryCandidate, RiskCheck } from '../types.js';

/**
 * What is left of the trade after its costs, in percent of the price. Policy `ensemble`: the way to the target less
 * two fees and the spread. Policy `edge`: the expectation p x gain - (1 - p) x loss less the same costs; a signal
 * without a probability has none to offer.
 */
export const minimumEdge: RiskCheck = {
  name: 'minimumEdge',
  codes: ['MIN_EDGE'],
  scope: 'entry',
  check: ({ config, market }, candidate) => {
    const { symbol, feeRate } = candidate;
    const costs = 2 * feeRate * 100 + (market(symbol)?.spreadPct ?? 0);
    const gross = config.entryPolicy === 'edge' ? expectation(candidate) : gain(candidate);
    const actual = gross - costs;
    const limit = config.risk.minEdgePct;
    return actual < limit ? [finding('block', 'MIN_EDGE', { symbol, limit, actual, unit: '%' })] : [];
  },
};

function expectation(candidate: EntryCandidate): number {
  const p = candidate.probability ?? 0;
  return p * gain(candidate) - (1 - p) * loss(candidate);
}

const gain = ({ price, targetPrice }: EntryCandidate): number => (targetPrice / price - 1) * 100;
const loss = ({ price, stopPrice }: EntryCandidate): number => (1 - stopPrice / price) * 100;
