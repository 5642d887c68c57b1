import { quoteOf } from '../exposure.js';
import { finding } from '../finding.js';
import type { RiskCheck } from '../types.js';

/** How much dearer a buy has become since the signal was given. A price that fell is no slippage. */
export const slippage: RiskCheck = {
  name: 'slippage',
  codes: ['SLIPPAGE', 'INVALID_LEVELS'],
  scope: 'entry',
  check: ({ config }, { symbol, price, signalPrice, stopPrice, targetPrice }) => {
    // A market that has meanwhile passed the stop or the target has already decided the trade.
    if (!(stopPrice < price && price < targetPrice)) {
      const limit = price >= targetPrice ? targetPrice : stopPrice;
      return [finding('block', 'INVALID_LEVELS', { symbol, limit, actual: price, unit: quoteOf(symbol) })];
    }
    const limit = config.risk.maxSlippagePct;
    const actual = (price / signalPrice - 1) * 100;
    return actual > limit ? [finding('block', 'SLIPPAGE', { symbol, limit, actual, unit: '%' })] : [];
  },
};
