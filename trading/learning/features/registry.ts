import type { MarketState } from './market.js';

/** A number that depends on no price level and no currency, and on nothing after the newest closed candle. */
export type Feature = (market: MarketState) => number;
/** A feature that reads a second symbol's market beside the first. */
export type CrossFeature = (market: MarketState, other: MarketState) => number;

const DAY = 86_400_000;
const dayAngle = (market: MarketState) => ((market.timestamp() % DAY) / DAY) * 2 * Math.PI;
const weekAngle = (market: MarketState) => ((market.timestamp() % (7 * DAY)) / (7 * DAY)) * 2 * Math.PI;
/** Volatilities enter as logarithms of percent a candle: barriers are absolute, so absolute volatility matters. */
const logPercent = (fraction: number) => Math.log(fraction * 100);
/** A move in units of what is usual over as many candles: about -3 to 3. */
const inSigmas = (market: MarketState, bars: number) =>
  market.change(bars) / (market.volatility(288) * Math.sqrt(bars));
const position = (market: MarketState, bars: 48 | 288) => {
  const low = market.lowest(bars);
  const width = market.highest(bars) - low;
  return width > 0 ? (market.close() - low) / width : 0.5;
};
const volumeRatio = (short: number, long: number) => Math.log((short + 1e-9) / (long + 1e-9));

/** The features in the order of the model's columns. To add one, add a line; models name what they were trained on. */
export const FEATURES = {
  return1: (m) => inSigmas(m, 1),
  return3: (m) => inSigmas(m, 3),
  return12: (m) => inSigmas(m, 12),
  return48: (m) => inSigmas(m, 48),
  return144: (m) => inSigmas(m, 144),
  return576: (m) => inSigmas(m, 576),
  volatility12: (m) => logPercent(m.volatility(12)),
  volatility48: (m) => logPercent(m.volatility(48)),
  volatility144: (m) => logPercent(m.volatility(144)),
  volatility576: (m) => logPercent(m.volatility(576)),
  rangeVolatility6: (m) => logPercent(m.rangeVolatility(6)),
  rangeVolatility24: (m) => logPercent(m.rangeVolatility(24)),
  rangeVolatility96: (m) => logPercent(m.rangeVolatility(96)),
  rangeVolatility288: (m) => logPercent(m.rangeVolatility(288)),
  volatilityChange: (m) => Math.log(m.volatility(12) / m.volatility(144)),
  rangeNow: (m) => Math.log((m.range() + 1e-6) / m.rangeVolatility(96)),
  largestMove48: (m) => Math.log((m.largestMove48() + 1e-7) / m.volatility(288)),
  closeLocation: (m) => m.closeLocation(),
  position48: (m) => position(m, 48),
  position288: (m) => position(m, 288),
  belowHigh288: (m) => Math.log(m.highest(288) / m.close()) / (m.volatility(288) * 17),
  volumeNow: (m) => volumeRatio(m.volume(), m.meanVolume(48)),
  volume12: (m) => volumeRatio(m.meanVolume(12), m.meanVolume(288)),
  volume48: (m) => volumeRatio(m.meanVolume(48), m.meanVolume(576)),
  volumePressure24: (m) => m.volumePressure24(),
  trend20: (m) => m.distanceFromAverage(20) / m.volatility(288),
  trend288: (m) => m.distanceFromAverage(288) / (m.volatility(288) * 10),
  riseShare14: (m) => m.riseShare(14),
  downsideShare48: (m) => m.downsideShare48(),
  efficiency48: (m) => m.efficiency48(),
  hourSin: (m) => Math.sin(dayAngle(m)),
  hourCos: (m) => Math.cos(dayAngle(m)),
  hour2Sin: (m) => Math.sin(2 * dayAngle(m)),
  hour2Cos: (m) => Math.cos(2 * dayAngle(m)),
  weekSin: (m) => Math.sin(weekAngle(m)),
  weekCos: (m) => Math.cos(weekAngle(m)),
} satisfies Record<string, Feature>;

/** Joined on when a second symbol's candles are given (BTC for the others, usually). */
export const CROSS_FEATURES = {
  otherReturn12: (_m, o) => inSigmas(o, 12),
  otherReturn48: (_m, o) => inSigmas(o, 48),
  otherVolatility48: (_m, o) => logPercent(o.volatility(48)),
  relativeReturn48: (m, o) => inSigmas(m, 48) - inSigmas(o, 48),
} satisfies Record<string, CrossFeature>;

export type FeatureName = keyof typeof FEATURES | keyof typeof CROSS_FEATURES;
