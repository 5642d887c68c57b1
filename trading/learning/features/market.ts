import { rollingExtreme, rollingSum } from './windows.js';

/** Rows before this many candles have no features. */
export const FEATURE_WARMUP = 580;

/** The longest window, in candles. */
export const LONGEST = 576;

/**
 * What the features are made from: one symbol's market after each of some candles, as columns of which the same place
 * belongs to the same candle. Closes alone reach back: the one at place k stands at k + LONGEST. A name's number is its window
 * in candles. Returns are natural logarithms from close to close.
 */
export interface MarketColumns {
  /** Openings of the candles, ms UTC. */
  timestamp: Float64Array;
  high: Float64Array;
  low: Float64Array;
  volume: Float64Array;
  close: Float64Array;
  /** Sums of squared returns. */
  square12: Float64Array;
  square48: Float64Array;
  square144: Float64Array;
  square288: Float64Array;
  square576: Float64Array;
  /** Sums of the squared logarithms of high / low. */
  range6: Float64Array;
  range24: Float64Array;
  range96: Float64Array;
  range288: Float64Array;
  /** Sums of closes, and of volumes. */
  closes20: Float64Array;
  closes288: Float64Array;
  volume12: Float64Array;
  volume24: Float64Array;
  volume48: Float64Array;
  volume288: Float64Array;
  volume576: Float64Array;
  /** Volume of rising minus volume of falling candles. */
  signedVolume24: Float64Array;
  /** Sums of rises, of moves either way, and of the squares of falls. */
  rises14: Float64Array;
  moves14: Float64Array;
  moves48: Float64Array;
  falls48: Float64Array;
  highest48: Float64Array;
  highest288: Float64Array;
  lowest48: Float64Array;
  lowest288: Float64Array;
  /** Largest return either way. */
  largestMove48: Float64Array;
}

/** Columns of so many candles, to be filled. */
export function marketColumns(candles: number): MarketColumns {
  const column = () => new Float64Array(candles);
  return {
    ...{ timestamp: column(), high: column(), low: column(), volume: column() },
    close: new Float64Array(LONGEST + candles).fill(Number.NaN),
    ...{ square12: column(), square48: column(), square144: column(), square288: column(), square576: column() },
    ...{ range6: column(), range24: column(), range96: column(), range288: column() },
    ...{ closes20: column(), closes288: column() },
    ...{ volume12: column(), volume24: column(), volume48: column(), volume288: column(), volume576: column() },
    ...{ signedVolume24: column(), rises14: column(), moves14: column(), moves48: column(), falls48: column() },
    ...{ highest48: column(), highest288: column(), lowest48: column(), lowest288: column() },
    largestMove48: column(),
  };
}

/** One candle at a time: it knows nothing that was not pushed. */
export interface MarketStream {
  push(timestamp: number, high: number, low: number, close: number, volume: number): void;
  /** Candles seen so far. */
  count(): number;
  /** Of the newest candle only; what the next push overwrites. */
  readonly columns: MarketColumns;
}

export function createMarketStream(): MarketStream {
  const columns = marketColumns(1);
  const sum = (size: number, name: keyof MarketColumns) => {
    const window = rollingSum(size);
    return (value: number): void => {
      window.push(value);
      columns[name][0] = window.sum();
    };
  };
  const extreme = (size: number, sign: 1 | -1, name: keyof MarketColumns) => {
    const window = rollingExtreme(size, sign);
    return (value: number): void => {
      window.push(value);
      columns[name][0] = window.value();
    };
  };
  const takers = {
    square: ([12, 48, 144, 288, 576] as const).map((size) => sum(size, `square${size}`)),
    range: ([6, 24, 96, 288] as const).map((size) => sum(size, `range${size}`)),
    close: ([20, 288] as const).map((size) => sum(size, `closes${size}`)),
    volume: ([12, 24, 48, 288, 576] as const).map((size) => sum(size, `volume${size}`)),
    signed: [sum(24, 'signedVolume24')],
    rise: [sum(14, 'rises14')],
    move: [sum(14, 'moves14'), sum(48, 'moves48'), extreme(48, 1, 'largestMove48')],
    fall: [sum(48, 'falls48')],
    high: [extreme(48, 1, 'highest48'), extreme(288, 1, 'highest288')],
    low: [extreme(48, -1, 'lowest48'), extreme(288, -1, 'lowest288')],
  };
  const give = (name: keyof typeof takers, value: number): void => takers[name].forEach((take) => take(value));
  let seen = 0;

  return {
    columns,
    count: () => seen,
    push(timestamp, high, low, close, volume) {
      const change = Math.log(close / (seen === 0 ? close : columns.close[LONGEST]!));
      const square = change * change;
      const logRange = Math.log(high / low);
      give('square', square);
      give('range', logRange * logRange);
      give('close', close);
      give('volume', volume);
      give('signed', change > 0 ? volume : change < 0 ? -volume : 0);
      give('rise', Math.max(0, change));
      give('move', Math.abs(change));
      give('fall', change < 0 ? square : 0);
      give('high', high);
      give('low', low);
      columns.close.copyWithin(0, 1);
      columns.close[LONGEST] = close;
      columns.timestamp[0] = timestamp;
      columns.high[0] = high;
      columns.low[0] = low;
      columns.volume[0] = volume;
      seen++;
    },
  };
}
