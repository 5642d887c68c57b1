import { finding } from '../finding.js';
import type { RiskCheck } from '../types.js';

/** Our clock against the exchange's: signed requests and their fences rest on it. An unmeasured offset is no finding. */
export const clockSkew: RiskCheck = {
  name: 'clockSkew',
  codes: ['CLOCK_SKEW'],
  scope: 'account',
  check: ({ config, exchange }) => {
    const limit = config.risk.maxClockSkewMs;
    const actual = Math.abs(exchange.clockOffsetMs ?? 0);
    return actual > limit ? [finding('halt', 'CLOCK_SKEW', { limit, actual, unit: 'ms' })] : [];
  },
};
