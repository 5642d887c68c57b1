import fc from 'fast-check';
import { createFeatureStream, featureColumns, featureRows } from '../../../trading/learning/features/columns.js';
import { blockLargest, blockSum } from '../../../trading/learning/features/blocks.js';
import { FEATURE_WARMUP } from '../../../trading/learning/features/market.js';
import { rollingExtreme, rollingSum } from '../../../trading/learning/features/windows.js';
import { aggregateCandles } from '../../../trading/market/columns.js';
import { findLookahead } from '../../../trading/learning/quality/lookahead.js';
import type { CandleColumns } from '../../../trading/types.js';
import { recordedCandles } from '../../support/candles.js';
import { featuresTheLongWay } from './longWay.js';
import { firstCandles, wavyMarket } from './markets.js';

describe('features', () => {
  const candles = recordedCandles('data/BTCUSDT-1m-2024-07-26_08-25.csv.gz');
  const whole = featureColumns(candles);
  const width = whole.names.length;

  test('are finite on every recorded candle once the windows are full', () => {
    expect(whole.firstRow).toBe(FEATURE_WARMUP - 1);
    expect(whole.values.subarray(whole.firstRow * width).every(Number.isFinite)).toBe(true);
  });

  test('come out of the stream as out of the columns, on every recorded candle', () => {
    const stream = createFeatureStream(false);
    const out = new Float32Array(width);
    let different = 0;
    for (let r = 0; r < candles.length; r++) {
      const complete = stream.push(
        candles.timestamp[r]!,
        candles.high[r]!,
        candles.low[r]!,
        candles.close[r]!,
        candles.volume[r]!,
        out,
        0,
      );
      if (complete !== r >= whole.firstRow) different++;
      if (complete) for (let f = 0; f < width; f++) if (out[f] !== whole.values[r * width + f]) different++;
    }
    expect(different).toBe(0);
  });

  test('are the same where rows are left out', () => {
    const rows = featureRows(candles);
    const out = new Float32Array(width);
    for (let row = 300; row < candles.length; row += 1 + ((row * 7) % 613)) {
      expect(rows.write(row, out, 0)).toBe(row >= whole.firstRow);
      expect(out).toEqual(whole.values.subarray(row * width, (row + 1) * width));
    }
    expect(() => rows.write(20_000, out, 0)).toThrow(RangeError);
  });

  test('are what their names say, computed the long way', () => {
    for (const row of [579, 4_321, 43_000])
      for (const [name, value] of Object.entries(featuresTheLongWay(candles, row)))
        expect([name, whole.values[row * width + whole.names.indexOf(name)]]).toEqual([name, expect.closeTo(value, 4)]);
    expect(Object.keys(featuresTheLongWay(candles, 579)).sort()).toEqual([...whole.names].sort());
  });

  test('are the same when the future is cut off, exactly', () => {
    for (const row of [600, 5_000, 20_000, 43_000]) {
      const cut = featureColumns(firstCandles(candles, 0, row + 1));
      expect(cut.values.subarray(row * width)).toEqual(whole.values.subarray(row * width, (row + 1) * width));
    }
  });

  test('are the same when the distant past is cut off', () => {
    let largest = 0;
    for (let row = 1_000; row < candles.length; row += 997) {
      const from = row + 1 - FEATURE_WARMUP;
      const cut = featureColumns(firstCandles(candles, from, row + 1));
      for (let f = 0; f < width; f++)
        largest = Math.max(largest, Math.abs(cut.values[(row - from) * width + f]! - whole.values[row * width + f]!));
    }
    expect(largest).toBeLessThan(1e-4);
  });

  test('are the same on a history that starts late, on every recorded candle', () => {
    const fresh = () => createFeatureStream(false);
    const out = new Float32Array(width);
    let largest = 0;
    let compared = 0;
    // Histories that start every warm-up's length: each candle is compared on the newest that has its windows full.
    for (let start = 0; start < candles.length; start += FEATURE_WARMUP) {
      const stream = fresh();
      const end = Math.min(start + 2 * FEATURE_WARMUP - 1, candles.length);
      for (let r = start; r < end; r++) {
        const { timestamp, high, low, close, volume } = candles;
        if (!stream.push(timestamp[r]!, high[r]!, low[r]!, close[r]!, volume[r]!, out, 0)) continue;
        compared++;
        for (let f = 0; f < width; f++) largest = Math.max(largest, Math.abs(out[f]! - whole.values[r * width + f]!));
      }
    }
    expect(compared).toBe(candles.length - whole.firstRow);
    expect(largest).toBeLessThan(1e-4);
  });

  test('depend on no price level and no unit of volume', () => {
    const few = firstCandles(candles, 0, 2_000);
    const scaled = { ...few };
    for (const key of ['open', 'high', 'low', 'close'] as const)
      Object.assign(scaled, { [key]: few[key].map((price) => price * 0.001) });
    Object.assign(scaled, { volume: few.volume.map((volume) => volume * 50) });
    const a = featureColumns(few).values.subarray(whole.firstRow * width);
    const b = featureColumns(scaled).values.subarray(whole.firstRow * width);
    expect(Math.max(...a.map((value, i) => Math.abs(value - b[i]!)).filter((d) => d > 1e-3), 0)).toBe(0);
  });

  test('of a second symbol are joined on and look at no later candle of it', () => {
    const other = recordedCandles('data/ETHUSDT-1m-2024-07-26_08-25.csv.gz');
    const few = firstCandles(candles, 0, 3_000);
    const joined = featureColumns(few, other);
    expect(joined.values).toEqual(joinedByStream(few, other));
    expect(joined.names.length).toBeGreaterThan(width);
    expect(findLookahead((cut) => featureColumns(cut, other), few, joined, 10)).toEqual([]);
    const shorter = featureColumns(few, firstCandles(other, 0, 2_900));
    const w = joined.names.length;
    expect(shorter.values.subarray(2_500 * w, 2_600 * w)).toEqual(joined.values.subarray(2_500 * w, 2_600 * w));
  });

  test('of a second symbol with larger candles take none that has not closed', () => {
    const few = wavyMarket(8_400);
    const hours = aggregateCandles(wavyMarket(9_000, 2), '5m', '1h');
    const ends = hours.timestamp[650]! + 3_600_000;
    const whole = featureColumns(few, hours);
    const changed = featureColumns(few, {
      ...hours,
      close: hours.close.map((each, i) => each * (i === 650 ? 1.5 : 1)),
    });
    const first = few.timestamp.findIndex((_, row) => {
      const [at, end] = [row * whole.names.length, (row + 1) * whole.names.length];
      return !sameNumbers(whole.values.subarray(at, end), changed.values.subarray(at, end));
    });
    expect(few.timestamp[first]! + 300_000).toBe(ends);
    expect(few.timestamp[whole.firstRow]! + 300_000).toBe(hours.timestamp[FEATURE_WARMUP - 1]! + 3_600_000);
  });

  test('stay finite on a market that does not move or trade', () => {
    const still = wavyMarket(700);
    for (const key of ['open', 'high', 'low', 'close'] as const) still[key].fill(5);
    still.volume.fill(0);
    const { values, firstRow, names } = featureColumns(still);
    expect(values.subarray(firstRow * names.length).every(Number.isFinite)).toBe(true);
  });
});

const sameNumbers = (a: Float32Array, b: Float32Array) => a.every((value, i) => Object.is(value, b[i]));

/** Both markets fed to the stream in the order of time. */
function joinedByStream(candles: CandleColumns, other: CandleColumns): Float32Array {
  const stream = createFeatureStream(true);
  const values = new Float32Array(candles.length * stream.width);
  let next = 0;
  for (let r = 0; r < candles.length; r++) {
    for (; next < other.length && other.timestamp[next]! <= candles.timestamp[r]!; next++) {
      const { timestamp, high, low, close, volume } = other;
      stream.pushOther(timestamp[next]!, high[next]!, low[next]!, close[next]!, volume[next]!);
    }
    const { timestamp, high, low, close, volume } = candles;
    stream.push(timestamp[r]!, high[r]!, low[r]!, close[r]!, volume[r]!, values, r * stream.width);
  }
  return values;
}

describe('rolling windows', () => {
  test('along columns say to the bit what the streams say, in blocks of any length', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 90 }),
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 30 }),
        (numbers, size, block) => {
          const values = Float64Array.from(numbers);
          const [sum, largest] = [rollingSum(size), rollingExtreme(size, 1)];
          const [sums, largests] = [new Float64Array(block), new Float64Array(block)];
          const windows = [blockSum(size, sums), blockLargest(size, largests)];
          for (let row = 0; row < values.length; row += block) {
            const count = Math.min(block, values.length - row);
            for (const window of windows) window.fill(values, row, row, count);
            for (let k = 0; k < count; k++) {
              sum.push(values[row + k]!);
              largest.push(values[row + k]!);
              expect([sums[k], largests[k]]).toEqual([sum.sum(), largest.value()]);
            }
          }
        },
      ),
    );
  });

  test('agree with doing it the long way', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 1, max: 12 }),
        (values, size) => {
          const sum = rollingSum(size);
          const highest = rollingExtreme(size, 1);
          const lowest = rollingExtreme(size, -1);
          values.forEach((value, i) => {
            sum.push(value);
            highest.push(value);
            lowest.push(value);
            const window = values.slice(Math.max(0, i + 1 - size), i + 1);
            expect(sum.sum()).toBeCloseTo(
              window.reduce((total, v) => total + v, 0),
              6,
            );
            expect(highest.value()).toBe(Math.max(...window));
            expect(lowest.value()).toBe(Math.min(...window));
          });
        },
      ),
    );
  });
});
