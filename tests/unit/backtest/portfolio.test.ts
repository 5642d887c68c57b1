import { exitInside, type PortfolioMarket, runPortfolio } from '../../../trading/backtest/index.js';
import { aggregateCandles, sliceCandles } from '../../../trading/market/columns.js';
import { createStrategy } from '../../../trading/signals/index.js';
import type { SymbolRules, TradingConfig } from '../../../trading/types.js';
import { candlesAt, recordedCandles } from '../../support/candles.js';
import { liveConfig as config } from './liveConfig.js';

const bitcoin = recordedCandles('data/BTCUSDT-1m-2024-07-26_08-25.csv.gz');
const ether = recordedCandles('data/ETHUSDT-1m-2024-07-26_08-25.csv.gz');
const rules = (symbol: string): SymbolRules => ({
  symbol,
  base: symbol.split('/')[0]!,
  quote: 'USDT',
  tickSize: '0.01',
  stepSize: '0.00001',
  minQuantity: '0.00001',
  maxQuantity: '9000',
  marketMinQuantity: '0',
  marketMaxQuantity: '100',
  marketStepSize: '0',
  minNotional: '5',
  ocoAllowed: true,
  makerFee: 0.001,
  takerFee: 0.001,
});
const market = (symbol: string, from: number, to: number, extra: Partial<PortfolioMarket> = {}): PortfolioMarket => {
  const candles = sliceCandles(symbol === 'BTC/USDT' ? bitcoin : ether, from, to);
  return {
    symbol,
    candles,
    votes: createStrategy('ensemble').votes(candles),
    warmUp: 40,
    rules: rules(symbol),
    ...extra,
  };
};
const run = (
  markets: PortfolioMarket[],
  change: Partial<TradingConfig> = {},
  costs = { feePct: 0.1, slippagePct: 0 },
) => runPortfolio(markets, { config: { ...config, ...change }, cash: 10_000, ...costs });

describe('the portfolio', () => {
  const two = run([market('BTC/USDT', 0, 2500), market('ETH/USDT', 0, 2500)]);

  test('trades both symbols from one account and its money adds up', () => {
    expect(new Set(two.trades.map(({ symbol }) => symbol))).toEqual(new Set(['BTC/USDT', 'ETH/USDT']));
    const closed = two.trades.reduce((sum, { pnl }) => sum + pnl, 10_000);
    expect(Math.abs(closed - two.finalEquity)).toBeLessThan(two.trades.length); // dust below a lot stays in the balance, worth cents
    expect(two.equity.at(-1)).toBe(two.finalEquity);
    expect([...two.time].every((time, index) => index === 0 || time > two.time[index - 1]!)).toBe(true);
  });

  test("each result in percent is of the quantity at the entry's price, as by the plain rules", () => {
    for (const { pnl, pnlPct, quantity, entryPrice } of two.trades)
      expect(pnlPct).toBeCloseTo((100 * pnl) / (quantity * entryPrice), 10);
  });

  test("never holds a symbol twice, never spends more than its limits and always within the exchange's steps", () => {
    for (const symbol of ['BTC/USDT', 'ETH/USDT']) {
      const own = two.trades.filter((trade) => trade.symbol === symbol);
      own.forEach(
        (trade, index) => index > 0 && expect(trade.entryTime).toBeGreaterThanOrEqual(own[index - 1]!.exitTime),
      );
    }
    for (const { quantity, entryPrice } of two.trades) {
      expect(quantity * entryPrice).toBeLessThanOrEqual(0.1 * 10_500);
      expect(quantity * entryPrice).toBeGreaterThanOrEqual(4.9);
    }
  });

  test('every entry follows a vote of the candle before, every stop and target lies inside its candle', () => {
    const votes = new Map([
      ['BTC/USDT', createStrategy('ensemble').votes(bitcoin)],
      ['ETH/USDT', createStrategy('ensemble').votes(ether)],
    ]);
    for (const { symbol, entryTime, entryPrice, exitTime, exitPrice, exitReason } of two.trades) {
      const candles = symbol === 'BTC/USDT' ? bitcoin : ether;
      const at = candles.timestamp.indexOf(entryTime);
      expect(votes.get(symbol)![at - 1]).toBeGreaterThanOrEqual(0.395);
      expect(entryPrice).toBe(candles.open[at]);
      const out = candles.timestamp.indexOf(exitTime);
      expect(exitPrice).toBeGreaterThanOrEqual(candles.low[out]! - 1e-9);
      expect(exitPrice).toBeLessThanOrEqual(candles.high[out]! + 1e-9);
      if (exitReason === 'stop') expect(exitPrice / entryPrice).toBeLessThan(0.9901);
      if (exitReason === 'target') expect(exitPrice / entryPrice).toBeGreaterThan(1.0199);
    }
  });

  test('the past does not change when later candles are added', () => {
    const shorter = run([market('BTC/USDT', 0, 1500)]);
    const longer = run([market('BTC/USDT', 0, 2000)]);
    const finished = shorter.trades.filter(({ exitReason }) => exitReason !== 'open');
    expect(finished.length).toBeGreaterThan(5);
    expect(longer.trades.slice(0, finished.length)).toEqual(finished);
  });

  test('a day that loses more than the limit takes no more entries until it ends', () => {
    const { trades, refusals } = run([market('BTC/USDT', 0, 6000)], { maxDailyLossPct: 0.05 });
    expect(refusals['DAILY_LOSS_LIMIT']).toBeGreaterThan(0);
    expect(trades.length).toBeLessThan(run([market('BTC/USDT', 0, 6000)]).trades.length);
  });

  test.each([
    ['a stop keeps its symbol from being entered', 'STOP_COOLDOWN', 1_000],
    ['two losses in a row keep the account from entering', 'LOSING_STREAK', 2],
  ])('%s for the cool-down, over midnight too', (_name, code, losingStreakLimit) => {
    const cooldownMinutes = 360;
    const own = (minutes: number) => ({
      stopLossPct: 0.15,
      takeProfitPct: 0.9,
      risk: { ...config.risk, losingStreakLimit, cooldownMinutes: minutes },
    });
    const of = (minutes: number) => run([market('BTC/USDT', 0, 12_000)], own(minutes));
    /** Entries that a pause of that length forbids. */
    const forbidden = ({ trades }: ReturnType<typeof run>) =>
      trades.filter(({ entryTime }) => {
        const before = trades.filter(({ exitTime }) => exitTime < entryTime);
        const [last, other] = [before.at(-1), before.at(-2)];
        const pauses =
          code === 'LOSING_STREAK' ? last && other && last.pnl < 0 && other.pnl < 0 : last?.exitReason === 'stop';
        return pauses && entryTime < last!.exitTime + cooldownMinutes * 60_000;
      });
    const day = (time: number) => Math.floor(time / 86_400_000);
    const [free, paused] = [of(0), of(cooldownMinutes)];
    expect(forbidden(paused)).toEqual([]);
    expect(paused.refusals[code]).toBeGreaterThan(0);
    // Without the pause there are entries that only a pause beyond midnight keeps back.
    const overnight = forbidden(free).filter(({ entryTime }) => {
      const last = free.trades.findLast(({ exitTime }) => exitTime < entryTime)!;
      return day(last.exitTime) < day(entryTime);
    });
    expect(overnight.length).toBeGreaterThan(0);
  });

  test('fees and slippage only cost', () => {
    const free = run([market('BTC/USDT', 0, 2000)], {}, { feePct: 0, slippagePct: 0 });
    const dear = run([market('BTC/USDT', 0, 2000)], {}, { feePct: 0, slippagePct: 0.05 });
    expect(free.finalEquity).toBeGreaterThan(dear.finalEquity);
    expect(dear.trades[0]!.entryPrice / free.trades[0]!.entryPrice).toBeCloseTo(1.0005, 9);
  });

  test('a trailing stop and a time limit are the exits that live asks', () => {
    const exits = { ...config.exits, trailingStopPct: 0.4, maxHoldingMinutes: 5 };
    const reasons = run([market('BTC/USDT', 0, 2000)], { exits }).trades.map(({ exitReason, exitTime, entryTime }) => {
      expect(exitTime - entryTime).toBeLessThanOrEqual(6 * 60_000);
      return exitReason;
    });
    expect(reasons).toContain('time');
  });

  test('drops an entry whose next candle is missing', () => {
    const whole = run([market('BTC/USDT', 0, 2000)]);
    const entry = bitcoin.timestamp.indexOf(whole.trades[0]!.entryTime);
    const keep = [...bitcoin.timestamp.subarray(0, 2000).keys()].filter((index) => index !== entry);
    const candles = candlesAt(bitcoin, keep);
    const holed = run([
      {
        symbol: 'BTC/USDT',
        candles,
        votes: createStrategy('ensemble').votes(candles),
        warmUp: 40,
        rules: rules('BTC/USDT'),
      },
    ]);
    expect(holed.refusals['GAP_AFTER_SIGNAL']).toBeGreaterThan(0);
    expect(holed.trades[0]!.entryTime).not.toBe(whole.trades[0]!.entryTime);
  });
});

describe('detail candles', () => {
  test('decide the order of stop and target inside a larger candle', () => {
    const five = aggregateCandles(sliceCandles(bitcoin, 0, 6000), '1m', '5m');
    const votes = createStrategy('ensemble').votes(five);
    const base = { symbol: 'BTC/USDT', candles: five, votes, warmUp: 40, rules: rules('BTC/USDT') };
    const tight = {
      timeframe: '5m',
      stopLossPct: 0.25,
      takeProfitPct: 0.5,
      risk: { ...config.risk, minEdgePct: 0 },
    } as const;
    const coarse = run([base], tight, { feePct: 0, slippagePct: 0 });
    const fine = run([{ ...base, detail: { candles: bitcoin, timeframe: '1m' } }], tight, {
      feePct: 0,
      slippagePct: 0,
    });
    expect(fine.trades.length).toBeGreaterThan(10);
    expect(fine.trades.map(({ entryTime }) => entryTime)[0]).toBe(coarse.trades[0]!.entryTime);
    expect(fine.finalEquity).toBeGreaterThanOrEqual(coarse.finalEquity - 100);
  });

  test('a candle that touches neither level is no exit', () => {
    expect(exitInside(bitcoin, 5, { stop: 1, target: 1e9 }, false)).toBeNull();
  });
});
