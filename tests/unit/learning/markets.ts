import { createRandom } from '../../../trading/learning/random.js';
import type { CandleColumns } from '../../../trading/types.js';

/** A made-up market whose volatility comes in waves, so that there is something to learn. */
export function wavyMarket(length: number, seed = 1, minutes = 5): CandleColumns {
  const random = createRandom(seed);
  const gauss = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const column = () => new Float64Array(length);
  const candles = {
    length,
    timestamp: column(),
    open: column(),
    high: column(),
    low: column(),
    close: column(),
    volume: column(),
  };
  let price = 30_000;
  let heat = 0;
  for (let i = 0; i < length; i++) {
    heat = 0.995 * heat + 0.1 * gauss();
    const sigma = 0.0018 * Math.exp(heat * 0.7);
    const open = price;
    price *= Math.exp(sigma * gauss());
    candles.timestamp[i] = 1_700_000_100_000 + i * minutes * 60_000;
    candles.open[i] = open;
    candles.close[i] = price;
    candles.high[i] = Math.max(open, price) * Math.exp(sigma * Math.abs(gauss()) * 0.5);
    candles.low[i] = Math.min(open, price) * Math.exp(-sigma * Math.abs(gauss()) * 0.5);
    candles.volume[i] = 10 * Math.exp(heat + 0.3 * gauss());
  }
  return candles;
}

export function firstCandles(candles: CandleColumns, from: number, to: number): CandleColumns {
  const timestamp = candles.timestamp.slice(from, to);
  return {
    length: timestamp.length,
    timestamp,
    open: candles.open.slice(from, to),
    high: candles.high.slice(from, to),
    low: candles.low.slice(from, to),
    close: candles.close.slice(from, to),
    volume: candles.volume.slice(from, to),
  };
}
