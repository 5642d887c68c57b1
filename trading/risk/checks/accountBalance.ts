import { notionalOf, percentOfEquity, quoteOf } from '../exposure.js';
import { finding } from '../finding.js';
import type { RiskCheck } from '../types.js';

/** Percent of equity below which an unexplained change is rounding and not a riddle. */
export const UNEXPLAINED_TOLERANCE_PCT = 0.1;

/** A balance that nobody can explain halts until it is: the account may be in someone else's hands. */
export const accountBalance: RiskCheck = {
  name: 'accountBalance',
  codes: ['UNEXPLAINED_BALANCE'],
  scope: 'account',
  check: (context) => {
    const actual = percentOfEquity(context, Math.abs(context.account.unexplained));
    if (actual <= UNEXPLAINED_TOLERANCE_PCT) return [];
    return [finding('halt', 'UNEXPLAINED_BALANCE', { limit: UNEXPLAINED_TOLERANCE_PCT, actual, unit: '%' })];
  },
};

/** The entry and its fee must be covered by free quote that nothing else has been promised. */
export const availableBalance: RiskCheck = {
  name: 'availableBalance',
  codes: ['INSUFFICIENT_BALANCE'],
  scope: 'entry',
  check: ({ account }, { symbol, notional, feeRate, thisCycle = [] }) => {
    const available = account.cash - account.reserved - notionalOf(thisCycle) * (1 + feeRate);
    const needed = notional * (1 + feeRate);
    if (needed <= available) return [];
    const measured = { symbol, limit: available, actual: needed, unit: quoteOf(symbol) };
    return [finding('block', 'INSUFFICIENT_BALANCE', measured)];
  },
};
