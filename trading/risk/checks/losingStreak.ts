import { finding } from '../finding.js';
import { byExit } from '../recentTrades.js';
import type { RiskCheck } from '../types.js';

/**
 * When the last `losingStreakLimit` trades were all losses, whatever day they closed on, the account pauses for
 * `cooldownMinutes` of market time after the last of them; so it does after each further loss. 0 switches it off.
 */
export const losingStreak: RiskCheck = {
  name: 'losingStreak',
  codes: ['LOSING_STREAK'],
  scope: 'account',
  check: ({ now, config: { risk }, recentTrades }) => {
    const limit = risk.losingStreakLimit;
    if (limit <= 0) return [];
    const newest = [...recentTrades].sort(byExit).slice(-limit);
    const last = newest.at(-1);
    if (!last || newest.length < limit || newest.some(({ pnl }) => Number(pnl) >= 0)) return [];
    const until = last.exitTime + risk.cooldownMinutes * 60_000;
    return now < until ? [finding('halt', 'LOSING_STREAK', { limit, actual: limit, unit: 'losses', until })] : [];
  },
};
