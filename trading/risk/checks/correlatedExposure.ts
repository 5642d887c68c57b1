import { openPositions, percentOfEquity, positionValue } from '../exposure.js';
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
  check: (context, { symbol, notional }) => {
    const { correlationThreshold, maxCorrelatedExposurePct: limit } = context.config.risk;
    const together = openPositions(context).filter(
      (position) =>
        position.symbol === symbol || (context.correlation(symbol, position.symbol) ?? 1) >= correlationThreshold,
    );
    const value = together.reduce((sum, position) => sum + positionValue(context, position), notional);
    const actual = percentOfEquity(context, value);
    return actual > limit ? [finding('block', 'CORRELATED_EXPOSURE', { symbol, limit, actual, unit: '%' })] : [];
  },
};
