import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeCandles } from '../../../adapters/candles/store.js';
import { candleRow } from '../../../trading/market/columns.js';
import type { CandleColumns } from '../../../trading/types.js';
import { callCommand } from '../../support/command.js';
import { wavyMarket } from '../learning/markets.js';

const MINUTE = 60_000;
const folder = mkdtempSync(join(tmpdir(), 'candles-command-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const candles = (...args: string[]) => callCommand('commands/candles', args, { cwd: folder });
const importing = (data: string, ...more: string[]) =>
  candles('import', '--data', data, '--symbol', 'BTC/USDT', ...more);
const stored = (timeframe: string) => join(folder, 'candles', `BTC-USDT_${timeframe}.candles`);

/** The market's candles from one to another, moved by so many ms, as a file. */
function file(name: string, from: number, to: number, { by = 0, market = wavyMarket(6_000) } = {}): string {
  const rows = Array.from({ length: to - from }, (_, i) => candleRow(market, from + i));
  const lines = rows.map(([time, ...values]) => [time + by, ...values].join(','));
  const path = join(folder, name);
  writeFileSync(path, ['timestamp,open,high,low,close,volume', ...lines].join('\n'));
  return path;
}
const shifted = (by: number): CandleColumns => {
  const market = wavyMarket(50);
  return { ...market, timestamp: market.timestamp.map((time) => time + by) };
};

describe('npm run candles -- import', () => {
  test('puts a file beside what is stored, and goes on where candles overlap', async () => {
    expect(await importing(file('good.csv', 0, 5_000))).toMatchObject({ code: 0, said: '' });
    const more = await importing(file('more.csv', 4_900, 5_100));
    expect([more.code, more.out]).toEqual([0, expect.stringMatching(/5100 candles of 5m, .*, 0 missing in 0 gaps/)]);
  });

  test.each([
    ['moved by a minute', file('moved.csv', 5_000, 5_100, { by: MINUTE }), [], /off the grid of 5m: number 1/],
    [
      'one candle moved by a minute',
      file('one.csv', 5_000, 5_001, { by: MINUTE }),
      ['--timeframe', '5m'],
      /off the grid/,
    ],
    [
      'of another timeframe',
      file('1m.csv', 0, 90, { market: wavyMarket(90, 1, 1) }),
      ['--timeframe', '5m'],
      /1 minutes/,
    ],
  ])('refuses a file %s, and leaves the store as it was', async (_name, data, more, said) => {
    const before = readFileSync(stored('5m'));
    const told = await importing(data, ...more);
    expect([told.code, told.out, told.said]).toEqual([expect.any(Number), '', expect.stringMatching(said)]);
    expect(told.code).toBeGreaterThan(0);
    expect(told.said.trim().split('\n')).toHaveLength(1);
    expect(readFileSync(stored('5m')).equals(before)).toBe(true);
  });

  test('refuses a single candle that opens at no beginning of a day as one of a day', async () => {
    const told = await importing(file('day.csv', 0, 1), '--timeframe', '1d');
    expect([told.code, told.said]).toEqual([1, expect.stringContaining('off the grid of 1d')]);
    const midnight = 1_700_006_400_000 - wavyMarket(1).timestamp[0]!;
    expect(await importing(file('midnight.csv', 0, 1, { by: midnight }), '--timeframe', '1d')).toMatchObject({
      code: 0,
    });
  });

  test('takes a file of gaps in which few candles are neighbours', async () => {
    const market = wavyMarket(400);
    const kept = [0, 1, ...Array.from({ length: 80 }, (_, i) => 4 + 4 * i)];
    const rows = kept.map((i) => candleRow(market, i).join(','));
    const path = join(folder, 'patchy.csv');
    writeFileSync(path, ['timestamp,open,high,low,close,volume', ...rows].join('\n'));
    const args = ['--data', path, '--symbol', 'ETH/USDT', '--timeframe', '5m'];
    expect(await candles('import', ...args)).toMatchObject({ code: 0, said: '' });
  });

  test('puts nothing on top of a store that is off its grid, which verify finds though all of it is', async () => {
    writeCandles(join(folder, 'candles', 'SOL-USDT_5m.candles'), shifted(MINUTE), '5m');
    const args = ['--data', file('sol.csv', 100, 200), '--symbol', 'SOL/USDT'];
    const told = await candles('import', ...args);
    expect([told.code, told.said]).toEqual([1, expect.stringMatching(/SOL-USDT_5m.candles has a candle off the grid/)]);
    const found = await candles('verify');
    expect([found.code, found.out]).toEqual([1, expect.stringContaining('SOL-USDT_5m.candles has a candle off')]);
  });
});
