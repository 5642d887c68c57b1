import { finding } from '../finding.js';
import type { RiskCheck } from '../types.js';
import { REDUCE_FROM_PCT } from './dailyLoss.js';

/** Fall from the highest equity: reduces from 90 % of the limit, halts at it until equity recovers or the peak is reset. */
export const drawdown: RiskCheck = {
  name: 'drawdown',
  codes: ['MAX_DRAWDOWN', 'DRAWDOWN_NEAR'],
  scope: 'account',
  check: ({ config, account, peakEquity }) => {
    if (peakEquity <= 0) return [];
    const limit = config.risk.maxDrawdownPct;
    const actual = ((peakEquity - account.equity) / peakEquity) * 100;
    const measured = { limit, actual, unit: '%' };
    if (actual >= limit) return [finding('halt', 'MAX_DRAWDOWN', measured)];
    if (actual >= (limit * REDUCE_FROM_PCT) / 100) return [finding('reduce', 'DRAWDOWN_NEAR', measured)];
    return [];
  },
};
