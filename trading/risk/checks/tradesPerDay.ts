import { dayEnd } from '../../pnl/day.js';
import { finding } from '../finding.js';
import type { RiskCheck } from '../types.js';

/** Entries a day; a loop that trades without end pays its account to the exchange. 0 switches it off. */
export const tradesPerDay: RiskCheck = {
  name: 'tradesPerDay',
  codes: ['TRADES_PER_DAY'],
  scope: 'account',
  check: ({ now, config, day }) => {
    const limit = config.risk.maxTradesPerDay;
    if (limit <= 0 || day.tradesToday < limit) return [];
    const until = dayEnd(now, config.timeZone);
    return [finding('halt', 'TRADES_PER_DAY', { limit, actual: day.tradesToday, unit: 'trades', until })];
  },
};
