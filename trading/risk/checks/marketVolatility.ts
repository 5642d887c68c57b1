import { finding } from '../finding.js';
import type { RiskCheck } from '../types.js';

/** A market too wild to be entered: today's ATR among the last ones, the spread, a jump of the price. */
export const marketVolatility: RiskCheck = {
  name: 'marketVolatility',
  codes: ['MARKET_VOLATILITY', 'SPREAD', 'PRICE_GAP'],
  scope: 'symbol',
  check: ({ config: { risk }, market: marketOf }, symbol) => {
    const market = marketOf(symbol);
    if (!market) return []; // dataQuality refuses it
    const { atrPercentile, spreadPct, anomalies } = market;
    const jump = anomalies.find(({ code }) => code === 'PRICE_JUMP');
    if (jump)
      return [finding('block', 'PRICE_GAP', { symbol, limit: jump.limit, actual: jump.actual, unit: jump.unit })];
    if (spreadPct > risk.maxSpreadPct)
      return [finding('block', 'SPREAD', { symbol, limit: risk.maxSpreadPct, actual: spreadPct, unit: '%' })];
    const wide = anomalies.find(({ code }) => code === 'WIDE_SPREAD');
    if (wide) return [finding('block', 'SPREAD', { symbol, limit: wide.limit, actual: wide.actual, unit: wide.unit })];
    if (atrPercentile > risk.maxAtrPercentile) {
      const measured = { symbol, limit: risk.maxAtrPercentile, actual: atrPercentile, unit: 'percentile of ATR' };
      return [finding('block', 'MARKET_VOLATILITY', measured)];
    }
    return [];
  },
};
