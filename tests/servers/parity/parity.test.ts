import { compare } from '../../../commands/parity/compare.js';
import { CASH, parityConfig } from '../../../commands/parity/config.js';
import { runLive } from '../../../commands/parity/live.js';
import type { TradingConfig } from '../../../trading/types.js';

const change: Partial<TradingConfig> = {
  symbols: ['BTC/USDT', 'ETH/USDT'],
  timeframe: '1m',
  tradingMode: 'AGGRESSIVE',
  stopLossPct: 0.4,
  takeProfitPct: 0.8,
  positionSizePct: 20,
};
/** So near that they are reached within minutes. */
const exits = {
  trailingStopPct: 0.05,
  breakEvenAfterPct: 0,
  partialTakeProfitPct: 0.02,
  partialTakeProfitFraction: 0.5,
  maxHoldingMinutes: 0,
};

/** `npm run parity` in small: the whole live system on paper, candle by candle, beside the backtest of the same candles. */
test.each<[string, number, TradingConfig]>([
  ['', 50, parityConfig(change, true)],
  [' with partial profits and a stop that follows', 25, parityConfig({ ...change, exits }, false)],
])(
  'the live system and the backtest make the same signals, trades, fees and equity%s',
  async (_name, cycles, config) => {
    const found = compare(await runLive(config, cycles, () => undefined), config, CASH);
    expect(found.differences).toEqual([]);
    expect(found).toMatchObject({ cycles, signals: 2 * cycles });
    expect(found.entries).toBeGreaterThan(0);
  },
  240_000,
);
