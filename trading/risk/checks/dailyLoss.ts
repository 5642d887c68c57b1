import { reasonText } from '../../notifications/reasons.js';
import { dayEnd } from '../../pnl/day.js';
import { finding } from '../finding.js';
import type { RiskCheck } from '../types.js';

/** Share of the limit, in percent, from which entries end although the limit still holds. */
export const REDUCE_FROM_PCT = 90;

/**
 * The day's loss of the whole account (realised, unrealised and fees) against the day's opening equity. Warns from
 * `dailyLossWarningPct` of the limit, reduces from 90 % of it; at the limit it is an emergency.
 */
export const dailyLoss: RiskCheck = {
  name: 'dailyLoss',
  codes: ['DAILY_LOSS_LIMIT', 'DAILY_LOSS_NEAR'],
  scope: 'account',
  check: ({ now, config, day }) => {
    const limit = config.maxDailyLossPct;
    const actual = -day.pnlPct;
    const share = (actual / limit) * 100;
    const measured = { limit, actual, unit: '%', until: dayEnd(now, config.timeZone) };
    if (share >= 100) {
      const reason = reasonText('DAILY_LOSS', { loss: actual.toFixed(2), limit });
      return [
        { ...finding('halt', 'DAILY_LOSS_LIMIT', measured), emergency: { trigger: 'DAILY_LOSS_EXCEEDED', reason } },
      ];
    }
    if (share >= REDUCE_FROM_PCT) return [finding('reduce', 'DAILY_LOSS_NEAR', measured)];
    if (share >= config.risk.dailyLossWarningPct) return [finding('warn', 'DAILY_LOSS_NEAR', measured)];
    return [];
  },
};
