import { atr } from '../indicators/atr.js';
import { type CandleColumns, type MarketSnapshot, TIMEFRAME_MS, type Timeframe } from '../types.js';
import { ANOMALY_LIMITS, findAnomalies } from './anomalies.js';
import { checkCandles, sliceCandles } from './columns.js';
import { MarketDataError } from './errors.js';

/** The part of the exchange's ticker that is used; prices in quote, `marketTime` in ms. */
export interface TickerPrices {
  last: number;
  bid: number;
  ask: number;
  marketTime: number;
}

/** ATR(14) at the candle before the last one, too, is needed. */
export const SNAPSHOT_CANDLES = 16;
const ATR_PERIOD = 14;

/** The newest ATR is placed among so many before it. */
export const ATR_LOOKBACK = 286;

/**
 * What one cycle knows of a market, from closed candles and the newest prices. Throws MarketDataError where candles are
 * too few, inconsistent or from the future, or a price is missing, not positive or crossed: nothing is substituted.
 */
export function marketSnapshot(
  candles: CandleColumns,
  ticker: TickerPrices,
  symbol: string,
  timeframe: Timeframe,
): MarketSnapshot {
  checkInput(candles, ticker, symbol, timeframe);
  return snapshotAt({ candles, ranges: averageRanges(candles), symbol, timeframe }, candles.length - 1, ticker);
}

/** ATR of every candle, quote units. */
export const averageRanges = (candles: CandleColumns): Float64Array => atr(candles, ATR_PERIOD);

/** Checked candles of a symbol, and their `averageRanges`. */
export interface SnapshotSource {
  candles: CandleColumns;
  ranges: Float64Array;
  symbol: string;
  timeframe: Timeframe;
}

/**
 * The same at the close of candle `last` of a longer series whose average ranges are known already, for the backtest;
 * nothing is checked. `last` is at least SNAPSHOT_CANDLES - 1.
 */
export function snapshotAt(source: SnapshotSource, last: number, ticker: TickerPrices): MarketSnapshot {
  const { candles, ranges, symbol, timeframe } = source;
  const { last: price, bid, ask, marketTime } = ticker;
  const candleTime = candles.timestamp[last]!;
  const ageSeconds = (marketTime - candleTime - TIMEFRAME_MS[timeframe]) / 1000;
  const spreadPct = ((ask - bid) / ((ask + bid) / 2)) * 100;
  const candleSeconds = TIMEFRAME_MS[timeframe] / 1000;
  return {
    symbol,
    price,
    bid,
    ask,
    spreadPct,
    marketTime,
    candleTime,
    ageSeconds,
    atr: ranges[last]!,
    atrPct: (ranges[last]! / candles.close[last]!) * 100,
    atrPercentile: percentile(ranges, candles.close, last),
    anomalies: findAnomalies({
      candles: sliceCandles(candles, Math.max(0, last + 1 - ANOMALY_LIMITS.gapWindow), last + 1),
      timeframe,
      symbol,
      price,
      spreadPct,
      ageSeconds,
      candleSeconds,
      usualRange: ranges[last - 1]!,
    }),
  };
}

/** Share of the ATRs before, each relative to its price, that are at or below the newest, 0 to 100. */
function percentile(ranges: Float64Array, close: Float64Array, last: number): number {
  const newest = ranges[last]! / close[last]!;
  const first = Math.max(ATR_PERIOD, last - ATR_LOOKBACK);
  let below = 0;
  for (let index = first; index < last; index++) if (ranges[index]! / close[index]! <= newest) below += 1;
  return (100 * below) / (last - first);
}

function checkInput(candles: CandleColumns, ticker: TickerPrices, symbol: string, timeframe: Timeframe): void {
  if (candles.length < SNAPSHOT_CANDLES)
    throw new MarketDataError(
      'TOO_FEW_CANDLES',
      `${symbol} ${timeframe}: ${candles.length} closed candles, at least ${SNAPSHOT_CANDLES} are needed`,
    );
  checkCandles(candles);
  for (const [name, value] of Object.entries({
    last: ticker.last,
    bid: ticker.bid,
    ask: ticker.ask,
    marketTime: ticker.marketTime,
  }))
    if (!(value > 0 && Number.isFinite(value)))
      throw new MarketDataError(
        'BAD_TICKER',
        `${symbol}: the ticker's ${name} is ${value}, a positive number is needed`,
      );
  if (ticker.ask < ticker.bid)
    throw new MarketDataError('BAD_TICKER', `${symbol}: ask ${ticker.ask} is below bid ${ticker.bid}`);
  const closes = candles.timestamp[candles.length - 1]! + TIMEFRAME_MS[timeframe];
  if (closes > ticker.marketTime + TIMEFRAME_MS[timeframe])
    throw new MarketDataError(
      'BAD_ORDER',
      `${symbol}: the newest candle opens after the market's time ${ticker.marketTime}`,
      candles.length - 1,
    );
}
