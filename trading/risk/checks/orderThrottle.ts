import { quoteOf } from '../exposure.js';
import { finding } from '../finding.js';
import type { RiskCheck } from '../types.js';

/** A runaway loop's last fence: orders a minute and the value of one order. 0 switches either off. */
export const orderThrottle: RiskCheck = {
  name: 'orderThrottle',
  codes: ['ORDER_RATE', 'ORDER_NOTIONAL'],
  scope: 'entry',
  check: ({ config: { risk }, ordersLastMinute }, { symbol, notional }) => {
    if (risk.maxOrdersPerMinute > 0 && ordersLastMinute >= risk.maxOrdersPerMinute) {
      const measured = { symbol, limit: risk.maxOrdersPerMinute, actual: ordersLastMinute + 1, unit: 'orders/min' };
      return [finding('block', 'ORDER_RATE', measured)];
    }
    if (risk.maxOrderNotional > 0 && notional > risk.maxOrderNotional) {
      const measured = { symbol, limit: risk.maxOrderNotional, actual: notional, unit: quoteOf(symbol) };
      return [finding('block', 'ORDER_NOTIONAL', measured)];
    }
    return [];
  },
};
