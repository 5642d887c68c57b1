import { sliceCandles } from '../../../trading/market/columns.js';
import { ATR_LOOKBACK, averageRanges, marketSnapshot, snapshotAt } from '../../../trading/market/snapshot.js';
import { recordedCandles } from '../../support/candles.js';

const candles = recordedCandles('data/BTCUSDT-1m-2024-07-26_08-25.csv.gz');

/** The backtest computes the ranges of all history once, live those of the window that it fetched. */
test("the backtest's snapshot is live's on every recorded candle of a week", () => {
  const source = { candles, ranges: averageRanges(candles), symbol: 'BTC/USDT', timeframe: '1m' } as const;
  const window = 3 * ATR_LOOKBACK;
  for (let index = window; index < 11_000; index += 7) {
    const last = candles.close[index]!;
    const ticker = { last, bid: last - 0.01, ask: last + 0.01, marketTime: candles.timestamp[index]! + 60_000 };
    const live = marketSnapshot(sliceCandles(candles, index + 1 - window, index + 1), ticker, 'BTC/USDT', '1m');
    const mine = snapshotAt(source, index, ticker);
    expect(mine.atr / live.atr).toBeCloseTo(1, 11);
    expect({ ...mine, atr: 0, atrPct: 0, anomalies: [] }).toEqual({ ...live, atr: 0, atrPct: 0, anomalies: [] });
    expect(mine.anomalies.map(({ code }) => code)).toEqual(live.anomalies.map(({ code }) => code));
  }
});
