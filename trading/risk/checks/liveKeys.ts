import { finding } from '../finding.js';
import type { RiskCheck } from '../types.js';

/** Keys that may do more than trade, or nothing any more, make no new entries; what is held is still looked after. */
export const liveKeys: RiskCheck = {
  name: 'liveKeys',
  codes: ['LIVE_KEYS_REFUSED'],
  scope: 'account',
  check: ({ config, keyProblem }) =>
    config.mode === 'live' && keyProblem
      ? [finding('halt', 'LIVE_KEYS_REFUSED', { limit: 0, actual: 1, unit: 'problem' })]
      : [],
};
