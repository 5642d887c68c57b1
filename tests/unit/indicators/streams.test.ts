import fc from 'fast-check';
import { adx, adxStream } from '../../../trading/indicators/adx.js';
import { atr, atrStream } from '../../../trading/indicators/atr.js';
import { bollinger, bollingerStream } from '../../../trading/indicators/bollinger.js';
import { ema, emaStream } from '../../../trading/indicators/ema.js';
import { highest, highestStream, lowest, lowestStream } from '../../../trading/indicators/extremes.js';
import { indicatorColumns } from '../../../trading/indicators/index.js';
import { macd, macdStream } from '../../../trading/indicators/macd.js';
import { obv, obvStream } from '../../../trading/indicators/obv.js';
import { rsi, rsiStream } from '../../../trading/indicators/rsi.js';
import { sma, smaStream } from '../../../trading/indicators/sma.js';
import { stochastic, stochasticStream } from '../../../trading/indicators/stochastic.js';
import { sliceCandles } from '../../../trading/market/columns.js';
import type { CandleColumns } from '../../../trading/types.js';
import { findUnlikeStream } from '../../../trading/signals/lookahead.js';
import { candlesArbitrary, recordedCandles } from '../../support/candles.js';

type Step = (index: number) => number;

/** Every column beside a stream that is fed one candle after another. */
function pairs(candles: CandleColumns): [string, Float64Array, Step][] {
  const { high, low, close, volume } = candles;
  const scalar =
    (stream: (value: number) => number): Step =>
    (index) =>
      stream(close[index]!);
  const whole =
    (stream: (h: number, l: number, c: number, v: number) => number): Step =>
    (index) =>
      stream(high[index]!, low[index]!, close[index]!, volume[index]!);
  const field =
    <Name extends string>(stream: (h: number, l: number, c: number) => Record<Name, number>, name: Name): Step =>
    (index) =>
      stream(high[index]!, low[index]!, close[index]!)[name];
  const ofClose =
    <Name extends string>(stream: (value: number) => Record<Name, number>, name: Name): Step =>
    (index) =>
      stream(close[index]!)[name];
  return [
    ['sma', sma(close, 10), scalar(smaStream(10))],
    ['ema', ema(close, 12), scalar(emaStream(12))],
    ['rsi', rsi(close), scalar(rsiStream())],
    ['macd signal', macd(close).signal, ofClose(macdStream(), 'signal')],
    ['macd histogram', macd(close).histogram, ofClose(macdStream(), 'histogram')],
    ['bollinger upper', bollinger(close).upper, ofClose(bollingerStream(), 'upper')],
    ['bollinger lower', bollinger(close).lower, ofClose(bollingerStream(), 'lower')],
    ['atr', atr(candles), whole(atrStream())],
    ['adx', adx(candles).adx, field(adxStream(), 'adx')],
    ['+di', adx(candles).plusDi, field(adxStream(), 'plusDi')],
    ['stochastic k', stochastic(candles).k, field(stochasticStream(), 'k')],
    ['stochastic d', stochastic(candles).d, field(stochasticStream(), 'd')],
    ['obv', obv(candles), whole(obvStream())],
    ['highest', highest(close, 14), scalar(highestStream(14))],
    ['lowest', lowest(close, 14), scalar(lowestStream(14))],
  ];
}

/** Every column of `npm run indicators` as a stream says it. */
function recordedStreams({ high, low, close, volume }: CandleColumns): (index: number) => Record<string, number> {
  const [sma10, sma30, ema12, ema26, rsi14] = [
    smaStream(10),
    smaStream(30),
    emaStream(12),
    emaStream(26),
    rsiStream(14),
  ];
  const [lines, bands, range, movement, oscillator, onBalance] = [
    macdStream(12, 26, 9),
    bollingerStream(20, 2),
    atrStream(14),
    adxStream(14),
    stochasticStream(14, 3, 3),
    obvStream(),
  ];
  return (index) => {
    const [top, bottom, last, traded] = [high[index]!, low[index]!, close[index]!, volume[index]!];
    const { macd: line, signal, histogram } = lines(last);
    const { upper, middle, lower } = bands(last);
    const { adx: strength, plusDi, minusDi } = movement(top, bottom, last);
    const { k, d } = oscillator(top, bottom, last);
    return {
      ...{ sma10: sma10(last), sma30: sma30(last), ema12: ema12(last), ema26: ema26(last), rsi14: rsi14(last) },
      ...{ macd: line, macd_signal: signal, macd_hist: histogram, bb_upper: upper, bb_middle: middle, bb_lower: lower },
      ...{ atr14: range(top, bottom, last, traded), adx14: strength, plus_di14: plusDi, minus_di14: minusDi },
      ...{ stoch_k: k, stoch_d: d, obv: onBalance(top, bottom, last, traded) },
    };
  };
}

describe('streams', () => {
  test.each(['BTC', 'ETH'])(
    'give at every recorded candle of %s what every column holds there, so that no column looks ahead',
    (symbol) => {
      const candles = recordedCandles(`data/${symbol}USDT-1m-2024-07-26_08-25.csv.gz`);
      const columns = indicatorColumns(candles);
      const said = recordedStreams(candles);
      expect(candles.length).toBeGreaterThan(43_000);
      expect(Object.keys(recordedStreams(candles)(0)).sort()).toEqual(Object.keys(columns).sort());
      expect(findUnlikeStream(columns, candles.length, said)).toEqual([]);
    },
  );

  test('give at every candle exactly what the column holds there', () => {
    fc.assert(
      fc.property(candlesArbitrary(1, 120), (candles) => {
        for (const [name, column, step] of pairs(candles))
          for (let index = 0; index < candles.length; index++)
            expect([name, index, step(index)]).toEqual([name, index, column[index]]);
      }),
      { numRuns: 25 },
    );
  });

  test('are not moved by candles that come later', () => {
    fc.assert(
      fc.property(candlesArbitrary(60, 100), fc.integer({ min: 1, max: 59 }), (candles, cut) => {
        const whole = indicatorColumns(candles);
        const part = indicatorColumns(sliceCandles(candles, 0, cut));
        for (const name of Object.keys(whole)) expect(part[name]).toEqual(whole[name]!.slice(0, cut));
      }),
      { numRuns: 25 },
    );
  });
});

describe('degenerate series', () => {
  test('a market that does not move has no strength, no range and bands of no width', () => {
    const flat = new Float64Array(60).fill(5);
    const candles = { length: 60, timestamp: flat, open: flat, high: flat, low: flat, close: flat, volume: flat };
    expect(rsi(flat)[59]).toBe(0);
    expect(atr(candles)[59]).toBe(0);
    expect(adx(candles).adx[59]).toBe(0);
    expect(stochastic(candles).k[59]).toBe(0);
    expect(bollinger(flat).upper[59]).toBe(5);
    expect(obv(candles)[59]).toBe(5);
  });
});
