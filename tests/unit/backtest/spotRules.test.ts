import { prepareLiveRun } from '../../../trading/backtest/liveRun.js';
import { smallestOrder, spotRules } from '../../../trading/backtest/spotRules.js';
import { sliceCandles } from '../../../trading/market/columns.js';
import type { CandleColumns } from '../../../trading/types.js';
import { formatAmount } from '../../../simulator/amounts.js';
import { QUOTES, rulesOf } from '../../../simulator/market/symbols.js';
import { recordedCandles } from '../../support/candles.js';
import { liveConfig } from './liveConfig.js';

const filters = (symbol: string, price: number) => {
  const { stepSize, minNotional } = spotRules(symbol, { price, feePct: 0.1 });
  return { stepSize, minNotional };
};

describe('the filters that a backtest takes where nobody gives any', () => {
  test.each<[string, number, string, string]>([
    ['BTC/USDT', 65_000, '0.00001', '5'],
    ['ETH/USDT', 3_000, '0.0001', '5'],
    ['XRP/USDC', 0.5, '0.1', '5'],
    ['ETH/BTC', 0.05, '0.0001', '0.0001'],
    ['BNB/ETH', 0.19, '0.001', '0.001'],
    ['XRP/BNB', 0.001, '0.1', '0.01'],
    ['BTC/JPY', 9_000_000, '0.00001', '500'],
  ])('%s at %d has a lot of %s and a smallest order of %s, as on Binance', (symbol, price, stepSize, minNotional) =>
    expect(filters(symbol, price)).toEqual({ stepSize, minNotional }),
  );

  test("the smallest orders are the local exchange's", () => {
    for (const quote of QUOTES) {
      const { minNotional } = rulesOf({ symbol: `XRP${quote}`, priceDecimals: 4, volumeDecimals: 1 });
      expect([quote, smallestOrder(quote)]).toEqual([quote, Number(formatAmount(minNotional))]);
    }
  });

  test('a smallest order that is given stands in the place of it', () => {
    const rules = spotRules('ETH/BTC', { price: 0.05, feePct: 0.1, minNotional: 1e-7 });
    expect(Number(rules.minNotional)).toBe(1e-7);
  });

  test('a small account in bitcoin trades what the same account in dollars trades', () => {
    const dollars = sliceCandles(recordedCandles('data/ETHUSDT-1m-2024-07-26_08-25.csv.gz'), 0, 2_500);
    const prices = (value: Float64Array): Float64Array => value.map((price) => price / 65_536);
    const coins: CandleColumns = {
      ...dollars,
      open: prices(dollars.open),
      high: prices(dollars.high),
      low: prices(dollars.low),
      close: prices(dollars.close),
    };
    const trade = (symbol: string, candles: CandleColumns, cash: number) => {
      const config = { ...liveConfig, symbols: [symbol], positionSizePct: 2 };
      const setup = { strategy: 'ensemble', params: {}, feePct: 0.1, slippagePct: 0, cash, sizePct: 2 };
      const markets = [{ symbol, timeframe: '1m' as const, candles, warmUp: 0 }];
      return prepareLiveRun(markets, { ...setup, stopLossPct: 1, takeProfitPct: 2 }, config).once();
    };
    const inDollars = trade('ETH/USDT', dollars, 65_536);
    const inCoins = trade('ETH/BTC', coins, 1);
    expect(inCoins.refusals['MIN_NOTIONAL']).toBeUndefined();
    expect(inDollars.trades.length).toBeGreaterThan(3);
    expect(inCoins.trades.map(({ entryTime }) => entryTime)).toEqual(
      inDollars.trades.map(({ entryTime }) => entryTime),
    );
  });
});
