import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { candlesFromRows } from '../../trading/market/columns.js';
import type { CandleColumns, CandleRow } from '../../trading/types.js';

const MINUTE = 60_000;

/** Random but consistent 1m candles: a walk with jumps, gaps between candles and repeated prices. */
export function candlesArbitrary(minLength: number, maxLength: number): fc.Arbitrary<CandleColumns> {
  const step = fc.record({
    gap: fc.constantFrom(0, 0, 0, 1, -1, 15, -15),
    body: fc.integer({ min: -12, max: 12 }),
    up: fc.integer({ min: 0, max: 9 }),
    down: fc.integer({ min: 0, max: 9 }),
    volume: fc.integer({ min: 0, max: 500 }),
  });
  return fc.array(step, { minLength, maxLength }).map((steps) => {
    let price = 1000;
    const rows = steps.map(({ gap, body, up, down, volume }, index): CandleRow => {
      const open = Math.max(100, price + gap);
      const close = Math.max(100, open + body);
      price = close;
      return [index * MINUTE, open, Math.max(open, close) + up, Math.min(open, close) - down, close, volume];
    });
    return candlesFromRows(rows);
  });
}

/** The first columns of a gzipped CSV below tests/ or data/, relative to the repository's root. */
export function recordedCandles(path: string): CandleColumns {
  const text = gunzipSync(readFileSync(new URL(`../../${path}`, import.meta.url))).toString();
  const rows = text
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(',').slice(0, 6).map(Number) as unknown as CandleRow);
  return candlesFromRows(rows);
}

/** The candles at these places alone, in their order. */
export function candlesAt(candles: CandleColumns, places: readonly number[]): CandleColumns {
  const { timestamp, open, high, low, close, volume } = candles;
  const pick = (column: Float64Array) => Float64Array.from(places, (index) => column[index]!);
  return {
    length: places.length,
    timestamp: pick(timestamp),
    open: pick(open),
    high: pick(high),
    low: pick(low),
    close: pick(close),
    volume: pick(volume),
  };
}
