import { TIMEFRAME_MS } from '../../types.js';
import { finding } from '../finding.js';
import type { RiskCheck } from '../types.js';

/**
 * Old, missing or holed data refuses its symbol, and so does a market in which nothing is traded; nothing is ever
 * substituted. Age is that of the newest closed candle in candles of the timeframe.
 */
export const dataQuality: RiskCheck = {
  name: 'dataQuality',
  codes: ['STALE_DATA', 'ANOMALOUS_DATA'],
  scope: 'symbol',
  check: ({ config, market: marketOf }, symbol) => {
    const market = marketOf(symbol);
    if (!market) return [finding('block', 'ANOMALOUS_DATA', { symbol, limit: 1, actual: 0, unit: 'snapshots' })];

    const limit = config.risk.maxDataAgeCandles;
    const age = (market.ageSeconds * 1000) / TIMEFRAME_MS[config.timeframe];
    if (age > limit) return [finding('block', 'STALE_DATA', { symbol, limit, actual: age, unit: 'candles' })];
    const stale = market.anomalies.find(({ code }) => code === 'STALE_DATA');
    if (stale) return [finding('block', 'STALE_DATA', { symbol, ...measured(stale) })];

    const unfit = market.anomalies.find(({ code }) => code === 'GAPPED_DATA' || code === 'FROZEN_MARKET');
    if (unfit) return [finding('block', 'ANOMALOUS_DATA', { symbol, ...measured(unfit) })];
    const unusual = market.anomalies.find(({ code }) => code === 'VOLUME_SPIKE');
    return unusual ? [finding('warn', 'ANOMALOUS_DATA', { symbol, ...measured(unusual) })] : [];
  },
};

const measured = ({ limit, actual, unit }: { limit: number; actual: number; unit: string }) => ({
  limit,
  actual,
  unit,
});
