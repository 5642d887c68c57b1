import { gzipSync } from 'node:zlib';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { parseCandleCsv, readCandleCsv } from '../../../adapters/candles/csv.js';
import { downloadCandles } from '../../../adapters/candles/download.js';
import { exchangeProblem } from '../../../adapters/candles/problem.js';
import { readCandleFile, readCandles, writeCandles } from '../../../adapters/candles/store.js';
import { candleRow, candlesFromRows, firstOffGrid, sliceCandles } from '../../../trading/market/columns.js';
import type { CandleColumns } from '../../../trading/types.js';
import { candlesArbitrary, recordedCandles } from '../../support/candles.js';

const HEADER = 'timestamp,open,high,low,close,volume';
const parse = (...lines: string[]) => parseCandleCsv(Buffer.from([HEADER, ...lines].join('\n')), 'some.csv');
const T = 1_700_000_000_000;
const row = (minute: number, rest = '10,12,9,11,5') => `${T + minute * 60_000},${rest}`;
const folder = mkdtempSync(join(tmpdir(), 'ctp-candles-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const rowsOf = (candles: CandleColumns) =>
  Array.from({ length: candles.length }, (_, index) => candleRow(candles, index));

describe('the CSV reader', () => {
  test('reads every number exactly as the language does', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-8, max: 1e12, noNaN: true }), fc.boolean(), (value, exponent) => {
        const text = exponent ? value.toExponential() : String(value);
        expect(parse(row(0, `${text},${text},${text},${text},0`)).open[0]).toBe(Number(text));
      }),
      { numRuns: 500 },
    );
    expect(parse(row(0, '0.00001234,0.00001234,0.00001234,0.00001234,123456789.12345678')).close[0]).toBe(0.00001234);
  });

  test('reads plain and gzipped files, with and without a last line break or carriage returns', () => {
    const text = [HEADER, row(0), row(1), row(2)].join('\r\n');
    for (const [name, bytes] of [
      ['a.csv', text],
      ['b.csv', `${text}\r\n`],
      ['c.csv.gz', gzipSync(text)],
    ] as const) {
      writeFileSync(join(folder, name), bytes);
      expect(rowsOf(readCandleCsv(join(folder, name)))).toEqual(
        [0, 1, 2].map((minute) => [T + minute * 60_000, 10, 12, 9, 11, 5]),
      );
    }
  });

  test.each([
    [[row(0), row(2), row(1)], /line 4 is earlier than the line before/],
    [[row(0), row(0)], /line 3 repeats the time/],
    [[row(0), row(1, '10,12,9,13,5')], /line 3 is inconsistent/],
    [[row(0), row(1, '10,12,9,11,-1')], /line 3 is inconsistent/],
    [[row(0), row(1, '10,twelve,9,11,5')], /line 3 has "twelve" as high; a number is needed/],
    [[row(0), row(1, '10,12,9,11')], /line 3 has 5 values, six are needed/],
    [[row(0, '10,12,9,11,5,6')], /line 2 has more than six values/],
    [[row(0), '', row(1)], /line 3 is empty/],
    [[`${T * 1000},10,12,9,11,5`], /line 2 has the timestamp 1700000000000000; whole milliseconds/],
    [['-60000,10,12,9,11,5'], /line 2 has the timestamp -60000; whole milliseconds/],
    [['0.5,10,12,9,11,5'], /line 2 has the timestamp 0.5; whole milliseconds/],
    [[], /line 2 is missing/],
  ])('names the line that is wrong: %j', (lines, message) => {
    expect(() => parse(...lines)).toThrow(message);
  });

  test('names a wrong header and a file that is not there', () => {
    expect(() => parseCandleCsv(Buffer.from('time,open\n1,2'), 'x.csv')).toThrow(
      'x.csv, line 1 is "time,open"; the header timestamp,open,high,low,close,volume is needed',
    );
    expect(() => readCandleCsv(join(folder, 'none.csv'))).toThrow(/none.csv cannot be read/);
  });
});

describe('the candle store', () => {
  const path = join(folder, 'BTC-USDT_1m.candles');
  test('gives back what was written, for any candles', () => {
    fc.assert(
      fc.property(candlesArbitrary(0, 60), (candles) => {
        writeCandles(path, candles, '1m');
        expect(rowsOf(readCandles(path, '1m'))).toEqual(rowsOf(candles));
      }),
      { numRuns: 15 },
    );
  });
  test('refuses another timeframe, a cut file and a flipped bit', async () => {
    const { readFileSync } = await import('node:fs');
    writeCandles(path, sliceCandles(recordedCandles('data/BTCUSDT-1m-2024-07-26_08-25.csv.gz'), 10, 50), '1m');
    expect(() => readCandles(path, '5m')).toThrow('not 5m');
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.subarray(0, 900));
    expect(() => readCandles(path, '1m')).toThrow('are needed for its 40 candles');
    bytes[500] = bytes[500]! ^ 1;
    writeFileSync(path, bytes);
    expect(() => readCandles(path, '1m')).toThrow('damaged');
  });
});

describe('the download', () => {
  const all = sliceCandles(recordedCandles('data/BTCUSDT-1m-2024-07-26_08-25.csv.gz'), 0, 3000);
  const from = all.timestamp[0]!;
  const now = all.timestamp[2999]! + 30_000; // the last candle is still forming
  const source = (failures: number) => {
    const asked: number[] = [];
    const fetchOHLCV = (_symbol: string, _timeframe: string, since: number, limit: number) => {
      asked.push(since);
      if (failures-- > 0) return Promise.reject(new Error('timeout'));
      return Promise.resolve(
        rowsOf(all)
          .filter(([time]) => time >= since)
          .slice(0, limit) as unknown as number[][],
      );
    };
    return { asked, fetchOHLCV };
  };
  const options = {
    symbol: 'BTC/USDT',
    timeframe: '1m',
    from,
    to: now,
    now,
    retryDelays: [1, 1],
    saveEvery: 0,
  } as const;

  test('fetches all closed candles page by page, through passing failures', async () => {
    const saved: number[] = [];
    const candles = await downloadCandles(source(2), { ...options, save: ({ length }) => saved.push(length) });
    expect(rowsOf(candles)).toEqual(rowsOf(all).slice(0, 2999));
    expect(saved).toEqual([1000, 2000, 2999]);
  });
  test('goes on where it stopped and fills in what lies before', async () => {
    const from2 = source(0);
    const candles = await downloadCandles(from2, {
      ...options,
      stored: sliceCandles(all, 500, 1500),
      save: () => undefined,
    });
    expect(rowsOf(candles)).toEqual(rowsOf(all).slice(0, 2999));
    expect(from2.asked).toEqual([from, all.timestamp[1500], all.timestamp[2500]]);
  });
  test('asks again for the holes of what is stored, once for those that the exchange has too', async () => {
    const keep = (index: number) => index < 200 || (index >= 700 && index < 1500) || index >= 1600;
    const stored = candlesFromRows(rowsOf(all).filter((_, index) => keep(index) && index < 2999));
    const whole = source(0);
    const found = await downloadCandles(whole, { ...options, stored, save: () => undefined });
    expect(rowsOf(found)).toEqual(rowsOf(all).slice(0, 2999));
    expect(whole.asked).toEqual([all.timestamp[200], all.timestamp[1500]]);
    const asked: number[] = [];
    const same = { fetchOHLCV: (_s: string, _t: string, since: number) => (asked.push(since), Promise.resolve([])) };
    const left = await downloadCandles(same, { ...options, stored, save: () => expect(true).toBe(false) });
    expect(rowsOf(left)).toEqual(rowsOf(stored));
    expect(asked).toHaveLength(2);
  });
  test('saves now and then, and what it has when it fails', async () => {
    const saved: number[] = [];
    const rare = { ...options, saveEvery: 60_000, save: ({ length }: { length: number }) => saved.push(length) };
    await downloadCandles(source(0), rare);
    expect(saved).toEqual([2999]);
    const good = source(0);
    const breaking = {
      fetchOHLCV: (symbol: string, timeframe: string, since: number, limit: number) =>
        good.asked.length === 2
          ? Promise.reject(Object.assign(new Error('gone'), { name: 'BadRequest' }))
          : good.fetchOHLCV(symbol, timeframe, since, limit),
    };
    await expect(downloadCandles(breaking, rare)).rejects.toThrow('gone');
    expect(saved).toEqual([2999, 2000]);
  });
  test('gives up after its tries', async () => {
    await expect(downloadCandles(source(9), { ...options, save: () => undefined })).rejects.toThrow('timeout');
  });
});

describe('a file of candles for a command', () => {
  const sample = sliceCandles(recordedCandles('data/BTCUSDT-1m-2024-07-26_08-25.csv.gz'), 0, 50);
  test('is read from the store as from CSV', () => {
    const path = join(folder, 'BTC-USDT_1m.candles');
    writeCandles(path, sample, '1m');
    expect(rowsOf(readCandleFile(path))).toEqual(rowsOf(sample));
    const csv = join(folder, 'same.csv');
    writeFileSync(csv, `timestamp,open,high,low,close,volume\n${rowsOf(sample).join('\n')}\n`);
    expect(rowsOf(readCandleFile(csv))).toEqual(rowsOf(sample));
    expect(() => readCandleFile(join(folder, 'none.candles'))).toThrow(/cannot be read/);
  });
  test('names the candle that is off the grid', () => {
    expect(firstOffGrid(sample, '1m')).toBe(-1);
    const shifted = candlesFromRows(rowsOf(sample).map(([time, ...rest], i) => [time + (i === 7 ? 1 : 0), ...rest]));
    expect(firstOffGrid(shifted, '1m')).toBe(7);
  });
});

describe('what an exchange answers to a download', () => {
  const error = (name: string, message: string) => Object.assign(new Error(message), { name });
  test.each([
    ['BadSymbol', 'binance does not have market symbol FOO/USDT', 'Binance does not list FOO/USDT'],
    [
      'NetworkError',
      'binance GET http://127.0.0.1:1/api/v3/time fetch failed',
      'Binance cannot be reached (fetch failed)',
    ],
    ['RateLimitExceeded', 'binance 429 Too Many Requests', 'Binance refuses requests for now (429 Too Many Requests)'],
    ['ExchangeError', 'binance {"code":-1121}', 'Binance answers: {"code":-1121}'],
  ])('%s is told in a line', (name, message, told) => {
    expect(exchangeProblem(error(name, message), 'FOO/USDT', undefined)!.message).toContain(told);
  });
  test('what is no answer of an exchange is left as it is', () => {
    expect(exchangeProblem(new TypeError('x is undefined'), 'BTC/USDT', undefined)).toBeNull();
  });
});
