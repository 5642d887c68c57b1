import type { CandleColumns } from '../../../trading/types.js';

const last = (values: Float64Array, row: number, count: number): number[] =>
  Array.from(values.subarray(row + 1 - count, row + 1));
const sum = (values: number[]): number => values.reduce((a, b) => a + b, 0);
const mean = (values: number[]): number => sum(values) / values.length;

/** Every feature of one row from its definition: each window cut out of the candles and added up by itself. */
export function featuresTheLongWay(candles: CandleColumns, row: number): Record<string, number> {
  const { timestamp, high, low, close, volume } = candles;
  const changes = close.map((each, index) => (index === 0 ? 0 : Math.log(each / close[index - 1]!)));
  const volatility = (bars: number) => Math.sqrt(mean(last(changes, row, bars).map((each) => each ** 2))) + 1e-7;
  const ranges = high.map((each, index) => Math.log(each / low[index]!) ** 2);
  const ranged = (bars: number) => Math.sqrt(mean(last(ranges, row, bars)) / (4 * Math.log(2))) + 1e-7;
  const now = close[row]!;
  const returns = (bars: number) => Math.log(now / close[row - bars]!) / (volatility(288) * Math.sqrt(bars));
  const percent = (fraction: number) => Math.log(100 * fraction);
  const top = (bars: number) => Math.max(...last(high, row, bars));
  const bottom = (bars: number) => Math.min(...last(low, row, bars));
  const position = (bars: number) => (now - bottom(bars)) / (top(bars) - bottom(bars));
  const volumes = (bars: number) => mean(last(volume, row, bars));
  const ratio = (short: number, long: number) => Math.log((short + 1e-9) / (long + 1e-9));
  const below = (bars: number) => (now - mean(last(close, row, bars))) / now;
  const moves = last(changes, row, 48).map(Math.abs);
  const days = timestamp[row]! / 86_400_000;
  const turn = (share: number) => 2 * Math.PI * share;
  const newest24 = last(changes, row, 24);
  const signed = last(volume, row, 24).map((each, index) => each * Math.sign(newest24[index]!));
  const falls = last(changes, row, 48).filter((each) => each < 0);
  return {
    ...Object.fromEntries([1, 3, 12, 48, 144, 576].map((bars) => [`return${bars}`, returns(bars)])),
    ...Object.fromEntries([12, 48, 144, 576].map((bars) => [`volatility${bars}`, percent(volatility(bars))])),
    ...Object.fromEntries([6, 24, 96, 288].map((bars) => [`rangeVolatility${bars}`, percent(ranged(bars))])),
    volatilityChange: Math.log(volatility(12) / volatility(144)),
    rangeNow: Math.log((Math.log(high[row]! / low[row]!) + 1e-6) / ranged(96)),
    largestMove48: Math.log((Math.max(...moves) + 1e-7) / volatility(288)),
    closeLocation: high[row]! > low[row]! ? (2 * now - high[row]! - low[row]!) / (high[row]! - low[row]!) : 0,
    position48: position(48),
    position288: position(288),
    belowHigh288: Math.log(top(288) / now) / (17 * volatility(288)),
    volumeNow: ratio(volume[row]!, volumes(48)),
    volume12: ratio(volumes(12), volumes(288)),
    volume48: ratio(volumes(48), volumes(576)),
    volumePressure24: sum(signed) / (sum(last(volume, row, 24)) + 1e-9),
    trend20: below(20) / volatility(288),
    trend288: below(288) / (10 * volatility(288)),
    riseShare14:
      (sum(last(changes, row, 14).filter((each) => each > 0)) + 1e-7) /
      (sum(last(changes, row, 14).map(Math.abs)) + 2e-7),
    downsideShare48: (sum(falls.map((each) => each ** 2)) + 1e-12) / (sum(moves.map((each) => each ** 2)) + 2e-12),
    efficiency48: Math.log(now / close[row - 48]!) / (sum(moves) + 1e-7),
    hourSin: Math.sin(turn(days % 1)),
    hourCos: Math.cos(turn(days % 1)),
    hour2Sin: Math.sin(turn(2 * (days % 1))),
    hour2Cos: Math.cos(turn(2 * (days % 1))),
    weekSin: Math.sin(turn((days / 7) % 1)),
    weekCos: Math.cos(turn((days / 7) % 1)),
  };
}
