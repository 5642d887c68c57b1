import { compare } from '../../../commands/parity/compare.js';
import { CASH, parityConfig } from '../../../commands/parity/config.js';
import { runLive } from '../../../commands/parity/live.js';

const CYCLES = 50;

/** `npm run parity` in small: the whole live system on paper, candle by candle, beside the backtest of the same candles. */
test('the live system and the backtest make the same signals, trades, fees and equity', async () => {
  const change = {
    symbols: ['BTC/USDT', 'ETH/USDT'],
    timeframe: '1m',
    tradingMode: 'AGGRESSIVE',
    stopLossPct: 0.4,
    takeProfitPct: 0.8,
    positionSizePct: 20,
  } as const;
  const config = parityConfig({ ...change, symbols: [...change.symbols] }, true);
  const found = compare(await runLive(config, CYCLES, () => undefined), config, CASH);
  expect(found.differences).toEqual([]);
  expect(found).toMatchObject({ cycles: CYCLES, signals: 2 * CYCLES });
  expect(found.entries).toBeGreaterThan(0);
}, 240_000);
