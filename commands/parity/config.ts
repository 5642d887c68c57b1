import { loadDefaultConfig } from '../../adapters/config/defaults.js';
import type { TradingConfig } from '../../trading/types.js';

/** What an account of the local exchange begins with, USDT. */
export const CASH = 10_000;

/** How much a partial profit sells, 0 to 1. */
export const PARTIAL_FRACTION = 0.5;

/** New users' settings with what is compared laid over them; `exits` switches every rule beyond stop and target on. */
export function parityConfig(
  change: Partial<TradingConfig>,
  exits: boolean,
  partialFraction = PARTIAL_FRACTION,
): TradingConfig {
  const defaults = loadDefaultConfig();
  return {
    ...defaults,
    mode: 'paper',
    autoResumeNextDay: true,
    notifications: { ...defaults.notifications, enabled: false },
    // Orders a minute are counted in real time, of which a stepped candle takes a tenth of a second.
    risk: { ...defaults.risk, maxOrdersPerMinute: 0 },
    exits: exits
      ? {
          trailingStopPct: 0.3,
          breakEvenAfterPct: 0.35,
          partialTakeProfitPct: 0.45,
          partialTakeProfitFraction: partialFraction,
          maxHoldingMinutes: 90,
        }
      : defaults.exits,
    ...change,
  };
}
