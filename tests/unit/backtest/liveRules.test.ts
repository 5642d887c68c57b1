/** Single rules that the backtest shares with live, on candles made by hand. */
import { parityConfig } from '../../../commands/parity/config.js';
import { type PortfolioMarket, type PortfolioResult, runPortfolio } from '../../../trading/backtest/index.js';
import { candlesFromRows, sliceCandles } from '../../../trading/market/columns.js';
import type { CandleColumns, CandleRow, ExitSettings, SymbolRules, TradingConfig } from '../../../trading/types.js';
import { candlesAt, recordedCandles } from '../../support/candles.js';

const MINUTE = 60_000;
const START = Date.UTC(2024, 0, 1);
const rulesOf = (symbol: string, change: Partial<SymbolRules> = {}): SymbolRules => ({
  symbol,
  base: symbol.split('/')[0]!,
  quote: 'USDT',
  tickSize: '0.01',
  stepSize: '0.001',
  minQuantity: '0.001',
  maxQuantity: '100000000000',
  marketMinQuantity: '0',
  marketMaxQuantity: '0',
  marketStepSize: '0',
  minNotional: '5',
  ocoAllowed: true,
  makerFee: 0.001,
  takerFee: 0.001,
  ...change,
});
const defaults = parityConfig({ timeframe: '1m', tradingMode: 'AGGRESSIVE' }, false);
const limits = {
  ...defaults.risk,
  maxAtrPercentile: 100,
  riskPerTradePct: 10,
  losingStreakLimit: 0,
  cooldownMinutes: 0,
};
const settings = (change: Partial<TradingConfig>): TradingConfig => ({ ...defaults, risk: limits, ...change });
const votesAt = ({ length }: CandleColumns, ...at: number[]): Float64Array =>
  Float64Array.from({ length }, (_, index) => (at.includes(index) ? 0.9 : 0));
const run = (
  markets: PortfolioMarket[],
  change: Partial<TradingConfig>,
  slippagePct = 0,
  cash = 10_000,
): PortfolioResult => runPortfolio(markets, { config: settings(change), cash, feePct: 0.1, slippagePct });

describe('two symbols with the same course, 25 % each and 40 % together', () => {
  const course = sliceCandles(recordedCandles('data/BTCUSDT-1m-2024-07-26_08-25.csv.gz'), 0, 420);
  const without = (missing: (index: number) => boolean): CandleColumns =>
    candlesAt(
      course,
      [...course.timestamp.keys()].filter((index) => !missing(index)),
    );
  const market = (symbol: string, candles: CandleColumns, entry: number): PortfolioMarket => ({
    symbol,
    candles,
    votes: votesAt(candles, candles.timestamp.indexOf(course.timestamp[entry]!)),
    warmUp: 0,
    rules: rulesOf(symbol, { stepSize: '0.00001', minQuantity: '0.00001' }),
  });
  const risk = { ...limits, maxCorrelatedExposurePct: 40, maxExposurePct: 100, maxOrderNotional: 0 };
  const both = (second: CandleColumns) =>
    run([market('A/USDT', course, 301), market('B/USDT', second, 302)], {
      symbols: ['A/USDT', 'B/USDT'],
      positionSizePct: 25,
      stopLossPct: 5,
      takeProfitPct: 10,
      risk,
    });

  test.each<[string, (index: number) => boolean]>([
    ['both are whole', () => false],
    ['one lacks three candles long before', (index) => index >= 230 && index < 233],
    ['one lacks every other candle until an hour before', (index) => index < 240 && index % 2 === 0],
  ])('are one bet where %s', (_name, missing) => {
    const { trades, refusals } = both(without(missing));
    expect(trades.map(({ symbol }) => symbol)).toEqual(['A/USDT']);
    expect(refusals).toMatchObject({ CORRELATED_EXPOSURE: 1 });
  });
});

/** Forty quiet candles around 100 with a vote at the end, then a course of closes, each candle opening at the last close. */
function holding(closes: readonly number[], exits: Partial<ExitSettings>, cash = 10_000) {
  const rows: CandleRow[] = [];
  let price = 100;
  const add = (close: number, room: number): void => {
    const [high, low] = [Math.max(price, close) + room, Math.min(price, close) - room];
    rows.push([START + rows.length * MINUTE, price, high, low, close, 1]);
    price = close;
  };
  for (let i = 0; i < 40; i++) add(100 + (i % 2 ? 0.05 : -0.05), 0.3);
  for (const close of closes) add(close, 0);
  const candles = candlesFromRows(rows);
  const market = { symbol: 'A/USDT', candles, votes: votesAt(candles, 39), warmUp: 0, rules: rulesOf('A/USDT') };
  const change = { symbols: ['A/USDT'], positionSizePct: 2, stopLossPct: 1, takeProfitPct: 10 };
  return run([market], { ...change, exits: { ...defaults.exits, ...exits } }, 0, cash).trades;
}

test('a trailing stop follows the price at which a part was sold', () => {
  const exits = { trailingStopPct: 1, partialTakeProfitPct: 0.7, partialTakeProfitFraction: 0.5 };
  const [trade] = holding([100.05, 102.1, 100.5, 100.5, 100.5], exits);
  // Candle 42 opens at 102.10, where half is sold; 1 % of the entry below that is more than 100.50, at which candle 43 opens.
  expect(trade).toMatchObject({ exitReason: 'trailing', exitTime: START + 43 * MINUTE });
  expect(trade!.exitPrice).toBeCloseTo((102.1 + 100.5) / 2, 2);
});

describe('a partial profit in a position of 8 USDT', () => {
  const course = [100.05, 101, 101, 101, 98];
  const [untouched] = holding(course, {}, 400);
  test.each([
    ['whose half is too small to sell', 0.5],
    ['that would leave too little to sell', 0.7],
  ])('%s is not taken', (_name, partialTakeProfitFraction) => {
    const [trade] = holding(course, { partialTakeProfitPct: 0.7, partialTakeProfitFraction }, 400);
    expect(trade).toEqual(untouched);
    expect(trade).toMatchObject({ exitReason: 'stop' });
  });
});

test('on a coarse tick a little slippage does not put the stop at the market', () => {
  // 0.3 % below 5.03e-6 is between 5.01e-6 and 5.02e-6; a fill at 5.031e-6 is no reason for a stop at 5.03e-6.
  const rows = Array.from(
    { length: 100 },
    (_, i): CandleRow => [START + i * MINUTE, 0.00000503, 0.00000504, 0.00000503, 0.00000503, 1],
  );
  const candles = candlesFromRows(rows);
  const lots = { tickSize: '0.00000001', stepSize: '0.1', minQuantity: '0.1' };
  const market = {
    symbol: 'A/USDT',
    candles,
    votes: votesAt(candles, 40),
    warmUp: 0,
    rules: rulesOf('A/USDT', lots),
  };
  const change = { symbols: ['A/USDT'], positionSizePct: 2, stopLossPct: 0.3, takeProfitPct: 1 };
  expect(run([market], change, 0.02).trades).toMatchObject([{ exitReason: 'open', entryPrice: 0.000005031006 }]);
});

describe('a market that rose and then stands still without a trade', () => {
  const frozenFor = (volume: number): PortfolioResult => {
    let price = 100;
    const rows = Array.from({ length: 900 }, (_, i): CandleRow => {
      if (i >= 300) return [START + i * MINUTE, price, price, price, price, volume];
      const open = price;
      price = Number((price * (1 + 0.0004 + 0.002 * Math.sin(i * 1.7))).toFixed(2));
      const [high, low] = [Math.max(open, price) + 0.05, Math.min(open, price) - 0.05];
      return [START + i * MINUTE, open, high, low, price, 1];
    });
    const candles = candlesFromRows(rows);
    // What the ensemble says of such a rise long after its end.
    const votes = Float64Array.from({ length: 900 }, (_, i) => (i >= 312 ? 0.46 : 0));
    const market = { symbol: 'A/USDT', candles, votes, warmUp: 0, rules: rulesOf('A/USDT') };
    return run([market], { symbols: ['A/USDT'], stopLossPct: 1, takeProfitPct: 2 });
  };
  test('is not entered, however long the signal goes on', () => {
    const { trades, refusals } = frozenFor(0);
    expect(trades).toEqual([]);
    expect(refusals).toEqual({ ANOMALOUS_DATA: expect.any(Number) });
  });
  test('may be entered where anything at all is traded', () => {
    expect(frozenFor(0.001).trades).toHaveLength(1);
  });
});
