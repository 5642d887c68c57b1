import { rollingExtreme, rollingHistory, rollingSum } from './windows.js';

/** Rows before this many candles have no features. The longest window is 576 candles. */
export const FEATURE_WARMUP = 580;

const LONGEST = 576;
const VOLATILITY_WINDOWS = [12, 48, 144, 288, 576] as const;
const RANGE_WINDOWS = [6, 24, 96, 288] as const;
const EXTREME_WINDOWS = [48, 288] as const;
const AVERAGE_WINDOWS = [20, 96, 288] as const;
const VOLUME_WINDOWS = [12, 48, 288, 576] as const;
/** A return per candle below this counts as no movement at all; keeps ratios finite on a flat market. */
const FLAT = 1e-7;
/** Parkinson (1980): variance of a driftless walk from its range is ln(high/low)^2 / (4 ln 2). */
const PARKINSON = 1 / (4 * Math.LN2);

type Windows<T, Sizes extends readonly number[]> = Record<Sizes[number], T>;

/** What the features read: one symbol's market after its newest closed candle. Returns are natural logarithms. */
export interface MarketState {
  push(timestamp: number, open: number, high: number, low: number, close: number, volume: number): void;
  /** Candles seen so far. */
  count(): number;
  timestamp(): number;
  /** Log return over the last `bars` candles. */
  change(bars: number): number;
  /** Root mean square of the one-candle log returns. */
  volatility(bars: (typeof VOLATILITY_WINDOWS)[number]): number;
  /** The same from highs and lows (Parkinson). */
  rangeVolatility(bars: (typeof RANGE_WINDOWS)[number]): number;
  /** (close - average of closes) / close. */
  distanceFromAverage(bars: (typeof AVERAGE_WINDOWS)[number]): number;
  highest(bars: (typeof EXTREME_WINDOWS)[number]): number;
  lowest(bars: (typeof EXTREME_WINDOWS)[number]): number;
  largestMove48(): number;
  /** ln of the candle's high / low. */
  range(): number;
  /** Where the close lies in its own candle, -1 (low) to 1 (high). */
  closeLocation(): number;
  close(): number;
  meanVolume(bars: (typeof VOLUME_WINDOWS)[number]): number;
  volume(): number;
  /** Sum of rises over the sum of moves, 0 to 1 (Cutler's form of the RSI / 100). */
  riseShare(bars: 14 | 48): number;
  /** Net move over the sum of moves, 0 to 1 (Kaufman's efficiency ratio). */
  efficiency48(): number;
  /** Volume of rising minus volume of falling candles over all volume, -1 to 1. */
  volumePressure24(): number;
  /** Downside's share of the squared returns, 0 to 1. */
  downsideShare48(): number;
  skewness144(): number;
}

export function createMarketState(): MarketState {
  const closes = rollingHistory(LONGEST + 1);
  const perWindow = <T, S extends readonly number[]>(sizes: S, make: (size: number) => T) =>
    Object.fromEntries(sizes.map((size) => [size, make(size)])) as Windows<T, S>;
  const squares = perWindow(VOLATILITY_WINDOWS, rollingSum);
  const ranges = perWindow(RANGE_WINDOWS, rollingSum);
  const averages = perWindow(AVERAGE_WINDOWS, rollingSum);
  const volumes = perWindow(VOLUME_WINDOWS, rollingSum);
  const highs = perWindow(EXTREME_WINDOWS, (size) => rollingExtreme(size, 1));
  const lows = perWindow(EXTREME_WINDOWS, (size) => rollingExtreme(size, -1));
  const rises = perWindow([14, 48] as const, rollingSum);
  const moves = perWindow([14, 48] as const, rollingSum);
  const falls48 = rollingSum(48);
  const largest = rollingExtreme(48, 1);
  const signedVolume = rollingSum(24);
  const volume24 = rollingSum(24);
  const cubes = rollingSum(144);
  const all = [squares, ranges, averages, volumes, highs, lows, rises, moves];
  const pushers = all.map((windows) => Object.values(windows) as { push(value: number): void }[]);
  let seen = 0;
  let last = { timestamp: 0, high: NaN, low: NaN, close: NaN, volume: NaN };

  return {
    push(timestamp, _open, high, low, close, volume) {
      const previous = seen === 0 ? close : last.close;
      const change = Math.log(close / previous);
      const square = change * change;
      const logRange = Math.log(high / low);
      const values = [square, logRange * logRange, close, volume, high, low, Math.max(0, change), Math.abs(change)];
      for (let w = 0; w < pushers.length; w++) for (const window of pushers[w]!) window.push(values[w]!);
      falls48.push(change < 0 ? square : 0);
      largest.push(Math.abs(change));
      signedVolume.push(change > 0 ? volume : change < 0 ? -volume : 0);
      volume24.push(volume);
      cubes.push(square * change);
      closes.push(close);
      last = { timestamp, high, low, close, volume };
      seen++;
    },
    count: () => seen,
    timestamp: () => last.timestamp,
    change: (bars) => Math.log(last.close / closes.at(bars)),
    volatility: (bars) => Math.sqrt(Math.max(0, squares[bars].mean())) + FLAT,
    rangeVolatility: (bars) => Math.sqrt(Math.max(0, ranges[bars].mean()) * PARKINSON) + FLAT,
    distanceFromAverage: (bars) => (last.close - averages[bars].mean()) / last.close,
    highest: (bars) => highs[bars].value(),
    lowest: (bars) => lows[bars].value(),
    largestMove48: () => largest.value(),
    range: () => Math.log(last.high / last.low),
    closeLocation: () => (last.high > last.low ? (2 * last.close - last.high - last.low) / (last.high - last.low) : 0),
    close: () => last.close,
    meanVolume: (bars) => Math.max(0, volumes[bars].mean()),
    volume: () => last.volume,
    riseShare: (bars) => (Math.max(0, rises[bars].sum()) + FLAT) / (Math.max(0, moves[bars].sum()) + 2 * FLAT),
    efficiency48: () => Math.log(last.close / closes.at(48)) / (Math.max(0, moves[48].sum()) + FLAT),
    volumePressure24: () => signedVolume.sum() / (Math.max(0, volume24.sum()) + 1e-9),
    downsideShare48: () => (Math.max(0, falls48.sum()) + 1e-12) / (Math.max(0, squares[48].sum()) + 2e-12),
    skewness144: () => cubes.mean() / (Math.sqrt(Math.max(0, squares[144].mean())) + FLAT) ** 3,
  };
}
