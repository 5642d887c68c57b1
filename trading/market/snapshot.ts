import { atr } from '../indicators/atr.js';
import { type CandleColumns, type MarketSnapshot, TIMEFRAME_MS, type Timeframe } from '../types.js';
import { findAnomalies } from './anomalies.js';
import { checkCandles } from './columns.js';
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
  const { last: price, bid, ask, marketTime } = ticker;
  const last = candles.length - 1;
  const ranges = atr(candles, ATR_PERIOD);
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
    atrPercentile: percentile(ranges, candles.close),
    anomalies: findAnomalies({
      candles,
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

/** Share of the earlier ATRs, each relative to its price, that are at or below the newest, 0 to 100. */
function percentile(ranges: Float64Array, close: Float64Array): number {
  const last = ranges.length - 1;
  const newest = ranges[last]! / close[last]!;
  let below = 0;
  for (let index = ATR_PERIOD; index < last; index++) if (ranges[index]! / close[index]! <= newest) below += 1;
  return (100 * below) / (last - ATR_PERIOD);
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
