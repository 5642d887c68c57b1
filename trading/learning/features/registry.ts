import { WAVES, wavesAt } from './clock.js';
import { LONGEST, type MarketColumns } from './market.js';

/**
 * The features in the order of the model's columns, each a number that depends on no price level and no currency, and on
 * nothing after the newest closed candle. To add one, add its name here and its line in `writeFeatures`, at the same
 * place; models name what they were trained on.
 */
export const FEATURES = [
  ...['return1', 'return3', 'return12', 'return48', 'return144', 'return576'],
  ...['volatility12', 'volatility48', 'volatility144', 'volatility576'],
  ...['rangeVolatility6', 'rangeVolatility24', 'rangeVolatility96', 'rangeVolatility288'],
  ...['volatilityChange', 'rangeNow', 'largestMove48', 'closeLocation', 'position48', 'position288', 'belowHigh288'],
  ...['volumeNow', 'volume12', 'volume48', 'volumePressure24', 'trend20', 'trend288'],
  ...['riseShare14', 'downsideShare48', 'efficiency48'],
  ...['hourSin', 'hourCos', 'hour2Sin', 'hour2Cos', 'weekSin', 'weekCos'],
];

/** Joined on when a second symbol's candles are given (BTC for the others, usually). */
export const CROSS_FEATURES = ['otherReturn12', 'otherReturn48', 'otherVolatility48', 'relativeReturn48'];

/** A return per candle below this counts as no movement at all; keeps ratios finite on a flat market. */
const FLAT = 1e-7;
/** Parkinson (1980): variance of a driftless walk from its range is ln(high/low)^2 / (4 ln 2). */
const PARKINSON = 1 / (4 * Math.LN2);

/** Root mean square of the one-candle log returns, from the sum of their squares. */
const volatility = (squares: number, bars: number): number => Math.sqrt(Math.max(0, squares / bars)) + FLAT;
/** The same from highs and lows. */
const rangeVolatility = (squares: number, bars: number): number =>
  Math.sqrt(Math.max(0, squares / bars) * PARKINSON) + FLAT;
/** Volatilities enter as logarithms of percent a candle: barriers are absolute, so absolute volatility matters. */
const logPercent = (fraction: number): number => Math.log(fraction * 100);
/** A move in units of what is usual over as many candles: about -3 to 3. */
const inSigmas = (change: number, usual: number, bars: number): number => change / (usual * Math.sqrt(bars));
const position = (close: number, low: number, width: number): number => (width > 0 ? (close - low) / width : 0.5);
const meanVolume = (sum: number, bars: number): number => Math.max(0, sum / bars);
const volumeRatio = (short: number, long: number): number => Math.log((short + 1e-9) / (long + 1e-9));

/**
 * Writes the features at place `k` of the market's columns into `out` from `at` on. One function: called and answered one
 * by one, 36 functions cost three times what they compute.
 */
export function writeFeatures(m: MarketColumns, k: number, out: Float32Array, at: number): void {
  const before = k + LONGEST;
  const close = m.close[before]!;
  const high = m.high[k]!;
  const low = m.low[k]!;
  const wave = wavesAt(m.timestamp[k]!);
  const usual = volatility(m.square288[k]!, 288);
  const now12 = volatility(m.square12[k]!, 12);
  const now144 = volatility(m.square144[k]!, 144);
  const range96 = rangeVolatility(m.range96[k]!, 96);
  const change48 = Math.log(close / m.close[before - 48]!);
  const volume48 = meanVolume(m.volume48[k]!, 48);
  out[at++] = inSigmas(Math.log(close / m.close[before - 1]!), usual, 1);
  out[at++] = inSigmas(Math.log(close / m.close[before - 3]!), usual, 3);
  out[at++] = inSigmas(Math.log(close / m.close[before - 12]!), usual, 12);
  out[at++] = inSigmas(change48, usual, 48);
  out[at++] = inSigmas(Math.log(close / m.close[before - 144]!), usual, 144);
  out[at++] = inSigmas(Math.log(close / m.close[before - 576]!), usual, 576);
  out[at++] = logPercent(now12);
  out[at++] = logPercent(volatility(m.square48[k]!, 48));
  out[at++] = logPercent(now144);
  out[at++] = logPercent(volatility(m.square576[k]!, 576));
  out[at++] = logPercent(rangeVolatility(m.range6[k]!, 6));
  out[at++] = logPercent(rangeVolatility(m.range24[k]!, 24));
  out[at++] = logPercent(range96);
  out[at++] = logPercent(rangeVolatility(m.range288[k]!, 288));
  out[at++] = Math.log(now12 / now144);
  // rangeNow: the candle's own range against the usual one.
  out[at++] = Math.log((Math.log(high / low) + 1e-6) / range96);
  out[at++] = Math.log((m.largestMove48[k]! + 1e-7) / usual);
  // closeLocation: where the close lies in its own candle, -1 (low) to 1 (high).
  out[at++] = high > low ? (2 * close - high - low) / (high - low) : 0;
  out[at++] = position(close, m.lowest48[k]!, m.highest48[k]! - m.lowest48[k]!);
  out[at++] = position(close, m.lowest288[k]!, m.highest288[k]! - m.lowest288[k]!);
  out[at++] = Math.log(m.highest288[k]! / close) / (usual * 17);
  out[at++] = volumeRatio(m.volume[k]!, volume48);
  out[at++] = volumeRatio(meanVolume(m.volume12[k]!, 12), meanVolume(m.volume288[k]!, 288));
  out[at++] = volumeRatio(volume48, meanVolume(m.volume576[k]!, 576));
  // volumePressure24: volume of rising minus volume of falling candles over all volume, -1 to 1.
  out[at++] = m.signedVolume24[k]! / (Math.max(0, m.volume24[k]!) + 1e-9);
  // trend20, trend288: distance of the close from its average.
  out[at++] = (close - m.closes20[k]! / 20) / close / usual;
  out[at++] = (close - m.closes288[k]! / 288) / close / (usual * 10);
  // riseShare14: sum of rises over the sum of moves, 0 to 1 (Cutler's form of the RSI / 100).
  out[at++] = (Math.max(0, m.rises14[k]!) + FLAT) / (Math.max(0, m.moves14[k]!) + 2 * FLAT);
  // downsideShare48: the falls' share of the squared returns, 0 to 1.
  out[at++] = (Math.max(0, m.falls48[k]!) + 1e-12) / (Math.max(0, m.square48[k]!) + 2e-12);
  // efficiency48: net move over the sum of moves (Kaufman's efficiency ratio), -1 to 1.
  out[at++] = change48 / (Math.max(0, m.moves48[k]!) + FLAT);
  out[at++] = WAVES[wave]!;
  out[at++] = WAVES[wave + 1]!;
  out[at++] = WAVES[wave + 2]!;
  out[at++] = WAVES[wave + 3]!;
  out[at++] = WAVES[wave + 4]!;
  out[at++] = WAVES[wave + 5]!;
}

/** Writes the features that read a second symbol's market (`o`) beside the first, from `at` on. */
export function writeCrossFeatures(
  m: MarketColumns,
  k: number,
  o: MarketColumns,
  j: number,
  out: Float32Array,
  at: number,
): void {
  const usual = volatility(o.square288[j]!, 288);
  const other48 = inSigmas(Math.log(o.close[j + LONGEST]! / o.close[j + LONGEST - 48]!), usual, 48);
  out[at++] = inSigmas(Math.log(o.close[j + LONGEST]! / o.close[j + LONGEST - 12]!), usual, 12);
  out[at++] = other48;
  out[at++] = logPercent(volatility(o.square48[j]!, 48));
  out[at++] =
    inSigmas(Math.log(m.close[k + LONGEST]! / m.close[k + LONGEST - 48]!), volatility(m.square288[k]!, 288), 48) -
    other48;
}
