import { mean } from '../metrics/statistics.js';
import type { Anomaly, CandleColumns, Timeframe } from '../types.js';
import { findGaps, sliceCandles } from './columns.js';

/** Bounds of what is usual; beyond them the snapshot carries an anomaly. */
export const ANOMALY_LIMITS = {
  /** Change of the last candle, or of the price since its close, in ATRs of the candles before. */
  priceJumpAtr: 5,
  /** Volume of the last candle as a multiple of the mean of the candles before. */
  volumeSpike: 6,
  volumeCandles: 20,
  /** Age of the newest closed candle's close, in candles. */
  staleCandles: 2,
  /** Absent candles among the last ones. */
  gapCandles: 0,
  gapWindow: 60,
  /** Newest candles in a row in which nothing was traded and the price stood still. */
  frozenCandles: 11,
  /** Between bid and ask, percent of the middle. */
  spreadPct: 0.3,
} as const;

interface View {
  candles: CandleColumns;
  timeframe: Timeframe;
  symbol: string;
  price: number;
  spreadPct: number;
  ageSeconds: number;
  candleSeconds: number;
  /** ATR at the candle before the last, quote units. */
  usualRange: number;
}

/** What is unusual about the market now, each with the value found and the bound it broke. */
export function findAnomalies(view: View): Anomaly[] {
  const { symbol } = view;
  const found: Anomaly[] = [];
  const jump = priceJump(view);
  if (jump > ANOMALY_LIMITS.priceJumpAtr)
    found.push({ code: 'PRICE_JUMP', symbol, actual: jump, limit: ANOMALY_LIMITS.priceJumpAtr, unit: 'ATR' });
  const spike = volumeSpike(view.candles);
  if (spike > ANOMALY_LIMITS.volumeSpike)
    found.push({ code: 'VOLUME_SPIKE', symbol, actual: spike, limit: ANOMALY_LIMITS.volumeSpike, unit: 'x' });
  const staleAfter = ANOMALY_LIMITS.staleCandles * view.candleSeconds;
  if (view.ageSeconds > staleAfter)
    found.push({ code: 'STALE_DATA', symbol, actual: view.ageSeconds, limit: staleAfter, unit: 's' });
  const missing = missingCandles(view.candles, view.timeframe);
  if (missing > ANOMALY_LIMITS.gapCandles)
    found.push({ code: 'GAPPED_DATA', symbol, actual: missing, limit: ANOMALY_LIMITS.gapCandles, unit: 'candles' });
  const frozen = frozenCandles(view.candles);
  if (frozen > ANOMALY_LIMITS.frozenCandles)
    found.push({ code: 'FROZEN_MARKET', symbol, actual: frozen, limit: ANOMALY_LIMITS.frozenCandles, unit: 'candles' });
  if (view.spreadPct > ANOMALY_LIMITS.spreadPct)
    found.push({ code: 'WIDE_SPREAD', symbol, actual: view.spreadPct, limit: ANOMALY_LIMITS.spreadPct, unit: '%' });
  return found;
}

function priceJump({ candles, price, usualRange }: View): number {
  const last = candles.close[candles.length - 1]!;
  const before = candles.close[candles.length - 2]!;
  const move = Math.max(Math.abs(last - before), Math.abs(price - last));
  if (usualRange > 0) return move / usualRange;
  return move === 0 ? 0 : Number.MAX_VALUE;
}

function volumeSpike({ volume, length }: CandleColumns): number {
  const window = ANOMALY_LIMITS.volumeCandles;
  if (length <= window) return 0;
  const usual = mean(volume.subarray(length - 1 - window, length - 1));
  return usual > 0 ? volume[length - 1]! / usual : 0;
}

function missingCandles(candles: CandleColumns, timeframe: Timeframe): number {
  const surplus = candles.length - ANOMALY_LIMITS.gapWindow;
  const recent = surplus > 0 ? sliceCandles(candles, surplus) : candles;
  return findGaps(recent, timeframe).reduce((sum, gap) => sum + gap.missing, 0);
}

/**
 * Newest candles of no volume at one and the same price. Averages, momentum and range all decay at one rate in there, so
 * that a trend of before seems to go on; a single trade, at whatever price, ends it.
 */
function frozenCandles({ open, high, low, close, volume, length }: CandleColumns): number {
  const price = close[length - 1]!;
  let count = 0;
  for (let index = length - 1; index >= 0; index--) {
    const still = volume[index] === 0 && open[index] === price && high[index] === price && low[index] === price;
    if (!still || close[index] !== price) break;
    count += 1;
  }
  return count;
}
