import { finding } from '../finding.js';
import type { RiskCheck } from '../types.js';

/** A symbol whose stop was hit rests for `cooldownMinutes` of market time. */
export const stopCooldown: RiskCheck = {
  name: 'stopCooldown',
  codes: ['STOP_COOLDOWN'],
  scope: 'symbol',
  check: ({ now, config: { risk }, recentTrades }, symbol) => {
    const stops = recentTrades.filter((trade) => trade.symbol === symbol && trade.exitReason === 'stop');
    // Without a stop it is minus infinity, and every pause long over.
    const newest = Math.max(...stops.map(({ exitTime }) => exitTime));
    const until = newest + risk.cooldownMinutes * 60_000;
    if (now >= until) return [];
    const minutes = Math.floor((now - newest) / 60_000);
    return [
      finding('block', 'STOP_COOLDOWN', { symbol, limit: risk.cooldownMinutes, actual: minutes, unit: 'min', until }),
    ];
  },
};
