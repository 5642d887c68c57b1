import type { TradingConfig } from '../../../trading/types.js';
import { config } from '../risk/fixtures.js';

/** Live's rules with limits that seldom refuse. */
export const liveConfig: TradingConfig = {
  ...config,
  tradingInterval: 60,
  timeframe: '1m',
  positionSizePct: 10,
  notifications: { enabled: false, channels: [], tradeNotifications: false, errorNotifications: false },
  risk: {
    ...config.risk,
    maxDrawdownPct: 50,
    maxExposurePct: 60,
    maxTradesPerDay: 200,
    maxCorrelatedExposurePct: 40,
    losingStreakLimit: 50,
    cooldownMinutes: 0,
    maxAtrPercentile: 100,
    maxOrdersPerMinute: 60,
    maxOrderNotional: 0,
    minEdgePct: 0.05,
  },
};
