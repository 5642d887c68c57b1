import { finding } from '../finding.js';
import type { RiskCheck } from '../types.js';

/** After `losingStreakLimit` losses in a row the account pauses for `cooldownMinutes` of market time. 0 switches it off. */
export const losingStreak: RiskCheck = {
  name: 'losingStreak',
  codes: ['LOSING_STREAK'],
  scope: 'account',
  check: ({ now, config: { risk }, recentTrades }) => {
    if (risk.losingStreakLimit <= 0) return [];
    const newestFirst = [...recentTrades].sort((a, b) => b.exitTime - a.exitTime);
    const winner = newestFirst.findIndex(({ pnl }) => +pnl >= 0);
    const losses = winner === -1 ? newestFirst.length : winner;
    const newest = newestFirst[0];
    if (!newest || losses < risk.losingStreakLimit) return [];
    const until = newest.exitTime + risk.cooldownMinutes * 60_000;
    if (now >= until) return [];
    return [finding('halt', 'LOSING_STREAK', { limit: risk.losingStreakLimit, actual: losses, unit: 'losses', until })];
  },
};
