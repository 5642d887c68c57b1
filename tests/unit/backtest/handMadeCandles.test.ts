import fc from 'fast-check';
import { backtestOptions } from '../../../commands/backtest/options.js';
import { runPlain } from '../../../commands/backtest/plain.js';
import { reportOf } from '../../../commands/backtest/report.js';
import { candlesFromRows } from '../../../trading/market/columns.js';
import type { CandleRow } from '../../../trading/types.js';

const MINUTE = 60_000;
const START = Date.UTC(2024, 0, 1);

interface Trade {
  entryTime: string;
  entryPrice: number;
  exitTime: string;
  exitPrice: number;
  quantity: number;
  pnl: number;
  exitReason: string;
}

/** What `npm run backtest -- --strategy sma-cross --json OUT` writes for these candles and options. */
function backtest(rows: readonly CandleRow[], ...options: string[]): { finalEquity: number; trades: Trade[] } {
  const parsed = backtestOptions(['--data', 'memory', '--strategy', 'sma-cross', '--quiet', ...options]);
  const markets = [
    { symbol: 'BTC/USDT', timeframe: '1m' as const, candles: candlesFromRows([...rows]), warmUp: 0, detail: undefined },
  ];
  const run = runPlain(markets, parsed, () => undefined);
  return JSON.parse(JSON.stringify(reportOf(run, markets, parsed)));
}

type Prices = [open: number, high: number, low: number, close: number];

const atMinute = (index: number): string => new Date(START + index * MINUTE).toISOString();
const rowsOf = (prices: readonly Prices[]): CandleRow[] =>
  prices.map((each, index): CandleRow => [START + index * MINUTE, ...each, 1]);

/**
 * Averages of 2 and 3: three closes at 100 and one at 103 make 101.5 over 101 after 100 over 100, so candle 3 crosses
 * and the entry is at candle 4's open. Stop and target lie 1 % below and 2 % above it, the fee is 0.1 % a side.
 */
const CROSSING: Prices[] = [
  [100, 100, 100, 100],
  [100, 100, 100, 100],
  [100, 100, 100, 100],
  [100, 103, 100, 103],
];
const afterCrossing = (...later: Prices[]) =>
  backtest(rowsOf([...CROSSING, ...later]), '--param', 'fast=2', '--param', 'slow=3');

/** The only trade, entered with 10,000 at 100: 10,000 / (100 x 1.001) = 99.9000999000999 units. */
function expectTrade(
  found: ReturnType<typeof backtest>,
  expected: { exit: number; exitPrice: number; exitReason: string; finalEquity: number },
): void {
  expect(found.trades).toHaveLength(1);
  const trade = found.trades[0]!;
  expect(trade).toMatchObject({
    entryTime: atMinute(4),
    entryPrice: 100,
    exitTime: atMinute(expected.exit),
    exitReason: expected.exitReason,
  });
  expect(trade.quantity).toBeCloseTo(99.9000999000999, 10);
  expect(trade.exitPrice).toBeCloseTo(expected.exitPrice, 10);
  expect(trade.pnl).toBeCloseTo(expected.finalEquity - 10_000, 8);
  expect(found.finalEquity).toBeCloseTo(expected.finalEquity, 8);
}

// What a sale brings: 10,000 / 100.1 x price x 0.999. By hand: 99 -> 9,880.219780; 102 -> 10,179.620380;
// 97 -> 9,680.619381; 105 -> 10,479.020979. Nothing is sold at the end: 10,000 / 100.1 x 101 = 10,089.910090.
describe('sma-cross on candles made by hand', () => {
  test('both levels inside one candle: the stop wins', () => {
    const found = afterCrossing([100, 101, 99.5, 100], [100, 103, 98, 101]);
    expectTrade(found, { exit: 5, exitPrice: 99, exitReason: 'stop', finalEquity: 9_880.21978021978 });
  });

  test('both levels inside the entry candle: the stop wins there too', () => {
    const found = afterCrossing([100, 103, 98, 103], [103, 103, 103, 103]);
    expectTrade(found, { exit: 4, exitPrice: 99, exitReason: 'stop', finalEquity: 9_880.21978021978 });
  });

  test('the stop counts from the entry candle itself', () => {
    const found = afterCrossing([100, 101, 98.5, 100], [100, 100, 100, 100]);
    expectTrade(found, { exit: 4, exitPrice: 99, exitReason: 'stop', finalEquity: 9_880.21978021978 });
  });

  test('a gap through the stop is paid at the open, which is worse than the stop', () => {
    const found = afterCrossing([100, 101, 99.5, 100], [97, 98, 96, 97]);
    expectTrade(found, { exit: 5, exitPrice: 97, exitReason: 'stop', finalEquity: 9_680.619380619381 });
  });

  test('a gap through the target is paid at the open, although the candle falls to the stop afterwards', () => {
    const found = afterCrossing([100, 101, 99.5, 100], [105, 106, 98, 99]);
    expectTrade(found, { exit: 5, exitPrice: 105, exitReason: 'target', finalEquity: 10_479.02097902098 });
  });

  test('a position open at the end is worth the last close, without a fee for a sale that was not made', () => {
    const found = afterCrossing([100, 101.9, 99.5, 100], [100, 101.9, 99.1, 101]);
    expectTrade(found, { exit: 5, exitPrice: 101, exitReason: 'open', finalEquity: 10_089.91008991009 });
  });

  test('a low exactly at the stop and a high exactly at the target are touches', () => {
    const stopped = afterCrossing([100, 101, 99, 100], [100, 100, 100, 100]);
    expectTrade(stopped, { exit: 4, exitPrice: 99, exitReason: 'stop', finalEquity: 9_880.21978021978 });
    const reached = afterCrossing([100, 102, 99.5, 100], [100, 100, 100, 100]);
    expectTrade(reached, { exit: 4, exitPrice: 102, exitReason: 'target', finalEquity: 10_179.62037962038 });
  });

  test("levels are measured from the entry's fill, not from the close that crossed", () => {
    // It crosses at 103 and opens at 110: the stop is 108.9 and the target 112.2; 103's would be 101.97 and 105.06.
    const { trades, finalEquity } = afterCrossing([110, 112, 109, 110], [110, 112.5, 109, 112]);
    expect(trades).toHaveLength(1);
    expect(trades[0]).toMatchObject({ entryPrice: 110, exitTime: atMinute(5), exitReason: 'target' });
    expect(trades[0]!.exitPrice).toBeCloseTo(112.2, 10);
    expect(trades[0]!.quantity).toBeCloseTo(90.81827263645, 9); // 10,000 / 110.11
    expect(finalEquity).toBeCloseTo(10_179.62037962038, 8); // the percentages are those of an entry at 100
  });

  test('a crossing at the close of the candle in which the stop was hit enters again, with what is left', () => {
    // Closes 103, 100, 99.6, 120: 99.8 under 100.867 at candle 5, 109.8 over 106.533 at candle 6.
    const { trades, finalEquity } = afterCrossing(
      [100, 101, 99.5, 100],
      [100, 101, 99.5, 99.6],
      [99.6, 120, 94, 120],
      [200, 201, 199, 200],
    );
    expect(trades.map(({ exitReason }) => exitReason)).toEqual(['stop', 'open']);
    expect(trades[0]).toMatchObject({ exitTime: atMinute(6), exitPrice: 99 });
    expect(trades[1]).toMatchObject({ entryTime: atMinute(7), entryPrice: 200, exitTime: atMinute(7) });
    expect(trades[1]!.quantity).toBeCloseTo(49.35174715395, 9); // 9,880.21978021978 / 200.2
    expect(finalEquity).toBeCloseTo(9_870.34943078919, 7); // the same x 200
  });

  test('a crossing while invested and one at the last candle enter nothing', () => {
    // Closes 103, 100, 99.6, 101.9: 99.8 under 100.867, then 100.75 over 100.5 while the first trade is held.
    const invested = afterCrossing(
      [100, 101, 99.5, 100],
      [100, 101, 99.5, 99.6],
      [99.6, 101.9, 99.5, 101.9],
      [101, 101.5, 100.5, 101],
    );
    expect(invested.trades).toHaveLength(1);
    expect(afterCrossing().trades).toEqual([]);
    expect(afterCrossing().finalEquity).toBe(10_000);
  });
});

/** Prices in whole cents, so that averages can be compared without a rounding error. */
interface Candle {
  minute: number;
  open: number;
  high: number;
  low: number;
  close: number;
}

interface Setup {
  fast: number;
  slow: number;
  fee: number;
  stop: number;
  target: number;
  size: number;
}

/** The contract's rules once more, trade by trade: find the next crossing, enter, look for the first exit. */
function byTheContract(candles: readonly Candle[], setup: Setup): { equity: number; trades: Trade[] } {
  const { fast, slow, fee, stop, target, size } = setup;
  const sum = (end: number, count: number) =>
    candles.slice(end + 1 - count, end + 1).reduce((total, { close }) => total + close, 0);
  const above = (index: number) => sum(index, fast) * slow > sum(index, slow) * fast;
  const trades: Trade[] = [];
  let cash = 10_000;
  let flatFrom = slow;
  for (;;) {
    const crossed = candles.findIndex((_, index) => index >= flatFrom && above(index) && !above(index - 1));
    const first = candles[crossed + 1];
    if (crossed < 0 || !first) return { equity: cash, trades };
    const price = first.open / 100;
    const spent = (cash * size) / 100;
    const quantity = spent / (price * (1 + fee / 100));
    const low = price * (1 - stop / 100);
    const high = price * (1 + target / 100);
    const left = candles.findIndex(
      (each, index) => index > crossed && (each.low / 100 <= low || each.high / 100 >= high),
    );
    const entry = { entryTime: atMinute(first.minute), entryPrice: price, quantity };
    if (left < 0) {
      const last = candles.at(-1)!;
      const worth = (quantity * last.close) / 100;
      const open = { exitTime: atMinute(last.minute), exitPrice: last.close / 100, exitReason: 'open' };
      return { equity: cash - spent + worth, trades: [...trades, { ...entry, ...open, pnl: worth - spent }] };
    }
    const candle = candles[left]!;
    const opens = left > crossed + 1 ? candle.open / 100 : price;
    const stopped = opens <= low || (opens < high && candle.low / 100 <= low);
    const exitPrice = stopped ? Math.min(opens, low) : Math.max(opens, high);
    const pnl = quantity * exitPrice * (1 - fee / 100) - spent;
    const exit = { exitTime: atMinute(candle.minute), exitPrice, exitReason: stopped ? 'stop' : 'target' };
    trades.push({ ...entry, ...exit, pnl });
    cash += pnl;
    flatFrom = left;
  }
}

/** A walk in cents with flat stretches, jumps between candles and missing minutes. */
const walk = fc
  .array(
    fc.record({
      gap: fc.constantFrom(0, 0, 0, 0, 1, -1, 90, -90, 400, -400),
      body: fc.oneof(fc.constant(0), fc.integer({ min: -120, max: 120 })),
      up: fc.constantFrom(0, 0, 20, 90, 250),
      down: fc.constantFrom(0, 0, 20, 90, 250),
      absent: fc.constantFrom(0, 0, 0, 0, 0, 0, 0, 3),
    }),
    { minLength: 30, maxLength: 120, size: 'max' },
  )
  .map((steps) => {
    let price = 10_000;
    let minute = 0;
    return steps.map(({ gap, body, up, down, absent }): Candle => {
      const open = Math.max(1_000, price + gap);
      const close = Math.max(1_000, open + body);
      price = close;
      minute += 1 + absent;
      return { minute, open, high: Math.max(open, close) + up, low: Math.min(open, close) - down, close };
    });
  });

const setups = fc.record({
  fast: fc.integer({ min: 1, max: 5 }),
  slow: fc.integer({ min: 6, max: 12 }),
  fee: fc.constantFrom(0, 0.1, 0.25),
  stop: fc.constantFrom(0.5, 1, 8),
  target: fc.constantFrom(0.7, 2, 15),
  size: fc.constantFrom(100, 100, 40),
});

test('sma-cross makes the trades of the contract on 400 random series with gaps and missing candles', () => {
  const seen: Record<string, number> = {};
  fc.assert(
    fc.property(walk, setups, (candles, setup) => {
      const rows = candles.map(({ minute, open, high, low, close }): CandleRow => {
        return [START + minute * MINUTE, open / 100, high / 100, low / 100, close / 100, 1];
      });
      const { fast, slow, fee, stop, target, size } = setup;
      const options = { fee, 'stop-loss': stop, 'take-profit': target, 'size-pct': size };
      const found = backtest(
        rows,
        ...['--param', `fast=${fast}`, '--param', `slow=${slow}`],
        ...Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]),
      );
      const expected = byTheContract(candles, setup);
      const places = ({ entryTime, exitTime, exitReason }: Trade) => [entryTime, exitTime, exitReason];
      expect(found.trades.map(places)).toEqual(expected.trades.map(places));
      found.trades.forEach((trade, index) => {
        const other = expected.trades[index]!;
        for (const name of ['entryPrice', 'exitPrice', 'quantity'] as const)
          expect(Math.abs(trade[name] / other[name] - 1)).toBeLessThan(1e-12);
        expect(Math.abs(trade.pnl - other.pnl)).toBeLessThan(1e-7);
        seen[trade.exitReason] = (seen[trade.exitReason] ?? 0) + 1;
      });
      expect(Math.abs(found.finalEquity / expected.equity - 1)).toBeLessThan(1e-9);
    }),
    { numRuns: 400, seed: 6 },
  );
  for (const reason of ['stop', 'target', 'open']) expect(seen[reason]).toBeGreaterThan(40);
});
