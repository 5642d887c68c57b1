import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { numberOf } from '../../../simulator/amounts.js';
import { bookSide } from '../../../simulator/market/book.js';
import { readRecordings } from '../../../simulator/market/files.js';
import { createRecordedMarket } from '../../../simulator/market/recorded.js';
import type { Candle } from '../../../simulator/market/source.js';
import { rulesOf } from '../../../simulator/market/symbols.js';
import { recording, type Row, START, walk } from './support.js';

const MINUTE = 60_000;
const candles = (
  market: ReturnType<typeof createRecordedMarket>,
  interval: '1s' | '1m' | '5m' | '1h',
  now: number,
  limit: number,
  from?: number,
) => market.candles('BTCUSDT', interval, { now, limit, from }) as Candle[];

describe('candle files', () => {
  const HEADER = 'timestamp,open,high,low,close,volume';
  const T = Date.UTC(2024, 0, 1);
  const row = (minute: number, rest = '10.50,12,9,11,5.250') => `${T + minute * MINUTE},${rest}`;
  const folder = mkdtempSync(join(tmpdir(), 'ctp-recordings-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** What the exchange makes of a folder with these files and no others. */
  function recordings(files: Record<string, string | Buffer>) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder);
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    return readRecordings(folder);
  }
  const lines = (...rows: string[]) => [HEADER, ...rows].join('\n');

  test.each([
    ['an empty field', row(1, '10,12,,11,5'), /A.csv, line 3 has "" as low; a number is needed/],
    ['no timestamp', ',10,12,9,11,5', /line 3 has "" as timestamp; a number is needed/],
    ['a word', row(1, 'x,12,9,11,5'), /line 3 has "x" as open/],
    ['a price of 0', row(1, '10,12,0,11,5'), /line 3 is inconsistent/],
    ['a high below its low', row(1, '10,8,9,8,5'), /line 3 is inconsistent/],
    ['a negative volume', row(1, '10,12,9,11,-5'), /line 3 is inconsistent/],
    ['the same time again', row(0), /line 3 repeats the time of the line before/],
    ['an earlier time', row(-1), /line 3 is earlier than the line before/],
    ['a seventh column', row(1, '10,12,9,11,5,6'), /line 3 has more than six values/],
    ['five columns', row(1, '10,12,9,11'), /line 3 has 5 values, six are needed/],
    ['a time between two candles', row(1.5), /line 3: 2024-01-01T00:01:30.000Z is not on the grid of 1m candles/],
  ])('with %s in a line are refused with file and line', (_what, wrong, message) => {
    const text = lines(row(0), wrong, row(2), row(3));
    expect(() => recordings({ 'BTCUSDT-1m-A.csv': text })).toThrow(message);
  });

  test.each([
    ['another header', 'time,open\n1,2', /A.csv, line 1 is "time,open"; the header/],
    ['no candles', `${HEADER}\n`, /A.csv, line 2 is missing/],
    ['times in seconds', lines(`${T / 1_000},10,12,9,11,5`, `${T / 1_000 + 60},10,12,9,11,5`), /in seconds/],
  ])('with %s are refused', (_what, text, message) => {
    expect(() => recordings({ 'BTCUSDT-1m-A.csv': text })).toThrow(message);
    expect(() => recordings({ 'BTCUSDT-A.csv': text })).toThrow(message);
  });

  test('are read with a byte order mark, carriage returns and gzip, and tell their decimals', () => {
    const text = `\uFEFF${lines(row(0), row(1), row(3, '10.5,12,9,11,0.00001')).replaceAll('\n', '\r\n')}\r\n`;
    for (const [name, bytes] of [
      ['BTCUSDT-1m-A.csv', text],
      ['BTCUSDT.csv.gz', gzipSync(text)],
    ] as const) {
      const [read] = recordings({ [name]: bytes });
      expect(read).toMatchObject({ symbol: 'BTCUSDT', interval: MINUTE, start: T, length: 4 });
      expect(read).toMatchObject({ priceDecimals: 1, volumeDecimals: 5 });
      expect([...read!.open]).toEqual([10.5, 10.5, Number.NaN, 10.5]);
    }
  });

  test('of one symbol are joined; what two of them tell differently is refused', () => {
    const [read] = recordings({ 'BTCUSDT-1m-A.csv': lines(row(2), row(3)), 'BTCUSDT-1m-B.csv': lines(row(0), row(2)) });
    expect([...read!.close]).toEqual([11, Number.NaN, 11, 11]);
    expect(() =>
      recordings({
        'BTCUSDT-1m-A.csv': lines(row(0), row(1)),
        'BTCUSDT-1m-B.csv': lines(row(1, '10,12,9,10,5'), row(2)),
      }),
    ).toThrow('BTCUSDT-1m-B.csv, line 2: another file has a different candle of 2024-01-01T00:01:00.000Z');
  });

  test('of a cheap coin tell eight decimals, and of a dear one none', () => {
    const [btc, shib] = recordings({
      'BTCUSDT-1m.csv': lines(row(0, '60000,60000.00,59999,60000,98765432100'), row(1)),
      'SHIBUSDT-1m.csv': lines(row(0, '0.00001234,0.00001238,0.00001212,0.00001214,123456789.5'), row(1, '1,1,1,1,1')),
    });
    expect([btc!.priceDecimals, btc!.volumeDecimals]).toEqual([1, 2]);
    expect([shib!.priceDecimals, shib!.volumeDecimals]).toEqual([8, 1]);
  });
});

describe('the endless record', () => {
  const rows = walk(120);
  const market = createRecordedMarket([recording(rows)]);

  test('the first pass is the record itself', () => {
    const found = candles(market, '1m', START + 120 * MINUTE, 120, START);
    expect(found.slice(0, 120).map((c) => [c.open, c.high, c.low, c.close, c.volume])).toEqual(rows);
  });

  test('time runs on and the price never jumps at the ends', () => {
    const found = candles(market, '1m', START + 500 * MINUTE, 1_000, START - 400 * MINUTE);
    expect(found.length).toBe(901);
    for (let i = 1; i < 900; i++) {
      expect(found[i]?.openTime).toBe((found[i - 1]?.openTime ?? 0) + MINUTE);
      expect(found[i]?.open).toBeCloseTo(found[i - 1]?.close ?? 0, 8);
    }
  });

  test('a longer candle is made of the shorter ones', () => {
    const now = START + 117.4 * MINUTE;
    const short = candles(market, '1m', now, 118, START);
    const long = candles(market, '5m', now, 24, START);
    long.forEach((candle, i) => {
      const parts = short.slice(i * 5, i * 5 + 5);
      expect(candle.open).toBe(parts[0]?.open);
      expect(candle.close).toBe(parts.at(-1)?.close);
      expect(candle.high).toBe(Math.max(...parts.map((part) => part.high)));
      expect(candle.low).toBe(Math.min(...parts.map((part) => part.low)));
      expect(candle.volume).toBeCloseTo(
        parts.reduce((sum, part) => sum + part.volume, 0),
        6,
      );
    });
    expect(long.at(-1)?.closed).toBe(false);
  });

  test('inside a candle the price goes to the nearer extreme first, each leg a third of the time', () => {
    const one = createRecordedMarket([
      recording([
        [100, 110, 98, 105],
        [105, 105, 105, 105],
      ]),
    ]);
    const at = (thirds: number) => one.priceAt('BTCUSDT', START + (MINUTE / 3) * thirds);
    expect([at(0), at(0.5), at(1), at(1.5), at(2), at(2.5), at(3)]).toEqual([100, 99, 98, 104, 110, 107.5, 105]);
  });

  test('the forming candle shows what has happened so far and no more', () => {
    const one = createRecordedMarket([
      recording([
        [100, 110, 98, 105, 9],
        [105, 105, 105, 105, 9],
      ]),
    ]);
    expect(candles(one, '1m', START + MINUTE / 2, 1)[0]).toMatchObject({
      open: 100,
      high: 104,
      low: 98,
      close: 104,
      volume: 4.5,
      closed: false,
    });
    expect(candles(one, '1m', START, 1)[0]).toMatchObject({ open: 100, high: 100, low: 100, close: 100, volume: 0 });
  });

  test('candles shorter than the record come from the same path', () => {
    const seconds = candles(market, '1s', START + 2 * MINUTE, 60, START);
    expect(seconds).toHaveLength(60);
    expect(Math.max(...seconds.map((c) => c.high))).toBe(rows[0]?.[1]);
    expect(Math.min(...seconds.map((c) => c.low))).toBe(rows[0]?.[2]);
    expect(seconds.at(-1)?.close).toBe(rows[0]?.[3]);
  });

  test('a gap of the record is a gap here, and the price stays where it was', () => {
    const gapped: Row[] = [
      [100, 101, 99, 100],
      null,
      null,
      [120, 121, 119, 120],
      [120, 120, 120, 120],
      [120, 120, 120, 120],
    ];
    const one = createRecordedMarket([recording(gapped)]);
    expect(candles(one, '1m', START + 5 * MINUTE, 6, START).map((c) => (c.openTime - START) / MINUTE)).toEqual([
      0, 3, 4, 5,
    ]);
    expect(one.priceAt('BTCUSDT', START + 2 * MINUTE)).toBe(100);
    expect(one.priceAt('BTCUSDT', START + 3 * MINUTE)).toBe(120);
    expect(one.path('BTCUSDT', START + 2 * MINUTE, START + 3 * MINUTE)).toEqual([
      { time: START + 3 * MINUTE, price: 120, continuous: false },
    ]);
  });

  test('the path holds every extreme of every candle it passes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 1, max: 20 }), (from, count) => {
        const prices = market
          .path('BTCUSDT', START + from * MINUTE - 1, START + (from + count) * MINUTE - 0.0005)
          .map((point) => point.price);
        const seen = candles(market, '1m', START + (from + count) * MINUTE, count, START + from * MINUTE);
        expect(Math.max(...prices)).toBe(Math.max(...seen.map((c) => c.high)));
        expect(Math.min(...prices)).toBe(Math.min(...seen.map((c) => c.low)));
      }),
      { numRuns: 30 },
    );
  });

  test('the day statistics reckon the last 24 hours', () => {
    const long = createRecordedMarket([recording(walk(3_000, 7))]);
    const now = START + 2_000 * MINUTE;
    const day = long.day('BTCUSDT', now);
    const seen = candles(long, '1m', now - 1, 1_000).concat(candles(long, '1m', now - 1_000 * MINUTE - 1, 440));
    expect(day.high).toBe(Math.max(...seen.map((c) => c.high), day.last));
    expect(day.low).toBe(Math.min(...seen.map((c) => c.low), day.last));
    expect(day.open).toBe(long.priceAt('BTCUSDT', now - 1_440 * MINUTE));
  });

  test('records of very different spans each repeat their own', () => {
    const two = createRecordedMarket([
      recording(walk(50)),
      recording(walk(3_000), 'ETHUSDT', 3_600_000, START - 3_000 * 3_600_000),
    ]);
    expect(two.baseInterval).toBe(MINUTE);
    for (const symbol of ['BTCUSDT', 'ETHUSDT'])
      expect((two.candles(symbol, '1h', { now: two.firstTime, limit: 300 }) as Candle[]).length).toBe(300);
  });
});

describe('a shifted price', () => {
  test('a gap changes everything after it and nothing before', () => {
    const one = createRecordedMarket([recording(walk(120))]);
    const now = START + 60.5 * MINUTE;
    const before = candles(one, '1m', now, 60, START);
    const last = one.priceAt('BTCUSDT', now);
    one.shift({ symbol: 'BTCUSDT', at: now, factor: 0.9, continuous: false });
    expect(one.priceAt('BTCUSDT', now)).toBeCloseTo(last * 0.9, 1);
    expect(candles(one, '1m', now, 60, START)).toEqual(before);
    const forming = candles(one, '1m', now, 1)[0] as Candle;
    expect(forming.low).toBeCloseTo(last * 0.9, 1);
    expect(forming.high).toBeGreaterThanOrEqual(last);
    const hour = candles(one, '1h', START + 61 * MINUTE, 1, START + 60 * MINUTE)[0] as Candle;
    expect(hour.low).toBeLessThanOrEqual(forming.low);
  });

  test('a spike returns', () => {
    const one = createRecordedMarket([recording(walk(120))]);
    const at = START + 60 * MINUTE;
    const plain = one.priceAt('BTCUSDT', at + 2 * MINUTE);
    one.shift({ symbol: 'BTCUSDT', at, factor: 1.1, until: at + MINUTE, continuous: true });
    expect(one.priceAt('BTCUSDT', at + MINUTE - 1)).toBeGreaterThan(plain * 1.05);
    expect(one.priceAt('BTCUSDT', at + 2 * MINUTE)).toBe(plain);
    const path = one.path('BTCUSDT', at, at + 2 * MINUTE);
    expect(path.every((point, i) => i === 0 || point.time >= (path[i - 1]?.time ?? 0))).toBe(true);
  });
});

describe('rules and book', () => {
  test('the two known symbols have the real filters; others get plausible ones from their decimals', () => {
    expect(numberOf(rulesOf({ symbol: 'ETHUSDT', priceDecimals: 2, volumeDecimals: 4 }).step)).toBe(0.0001);
    const other = rulesOf({ symbol: 'DOGEUSDT', priceDecimals: 5, volumeDecimals: 0 });
    expect([other.base, other.quote, numberOf(other.tick), numberOf(other.step)]).toEqual(['DOGE', 'USDT', 0.00001, 1]);
    expect(() => rulesOf({ symbol: 'NOSUCH', priceDecimals: 2, volumeDecimals: 2 })).toThrow(/quote asset/);
  });

  test('levels go away from the market and lie on tick and step', () => {
    const rules = rulesOf({ symbol: 'BTCUSDT', priceDecimals: 2, volumeDecimals: 5 });
    for (const side of ['bid', 'ask'] as const) {
      const levels = [...bookSide(rules, 6_000_000_000_000n, side, 10)];
      expect(levels).toHaveLength(100);
      levels.forEach((level, i) => {
        expect(level.price % rules.tick).toBe(0n);
        expect(level.quantity % rules.step).toBe(0n);
        const previous = levels[i - 1];
        if (previous) expect(side === 'ask' ? level.price > previous.price : level.price < previous.price).toBe(true);
      });
    }
  });
});
