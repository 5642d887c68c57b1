import { notionalOf, openPositions, percentOfEquity, positionValue } from '../exposure.js';
import { finding } from '../finding.js';
import type { RiskCheck } from '../types.js';

/**
 * Symbols that move together are one bet: their values together stay below a share of the equity. A pair whose
 * correlation is unknown counts as moving together, for what is not known is not safe.
 */
export const correlatedExposure: RiskCheck = {
  name: 'correlatedExposure',
  codes: ['CORRELATED_EXPOSURE'],
  scope: 'entry',
  check: (context, { symbol, notional, thisCycle = [] }) => {
    const { correlationThreshold, maxCorrelatedExposurePct: limit } = context.config.risk;
    const isTogether = (other: { symbol: string }): boolean =>
      other.symbol === symbol || (context.correlation(symbol, other.symbol) ?? 1) >= correlationThreshold;
    const held = openPositions(context).filter(isTogether);
    const planned = notionalOf(thisCycle.filter(isTogether));
    const value = held.reduce((sum, position) => sum + positionValue(context, position), planned + notional);
    const actual = percentOfEquity(context, value);
    return actual > limit ? [finding('block', 'CORRELATED_EXPOSURE', { symbol, limit, actual, unit: '%' })] : [];
  },
};
