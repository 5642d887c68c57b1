import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { INDICATORS, indicatorColumns } from '../../../trading/indicators/index.js';
import { candlesFromRows, sliceCandles } from '../../../trading/market/columns.js';
import type { CandleRow } from '../../../trading/types.js';

/** Recorded candles, and made ones that lie still, trade nothing, cost a millionth, leap, and have no range. */
const recorded = read('indicators.csv.gz');
const edges = read('indicators-edge.csv.gz');
const names = recorded.names;
const RELATIVE = 1e-9;

function read(file: string) {
  const text = gunzipSync(readFileSync(new URL(`../../fixtures/${file}`, import.meta.url))).toString();
  const [header, ...lines] = text.trim().split('\n');
  const rows = lines.map((line) => line.split(','));
  const candles = candlesFromRows(rows.map((row) => row.slice(0, 6).map(Number) as unknown as CandleRow));
  return { names: header!.split(',').slice(6), rows, candles, columns: indicatorColumns(candles) };
}

describe('indicators against the values that TA-Lib recorded', () => {
  test('the columns have the names and the order of the contract', () => {
    for (const { columns } of [recorded, edges]) expect(Object.keys(columns)).toEqual(names);
    expect(Object.keys(INDICATORS)).toHaveLength(9);
  });

  describe.each([
    ['recorded candles', recorded, 500],
    ['made candles', edges, 600],
  ])('on %s', (_what, { rows, columns }, fewest) => {
    test.each(names)('%s begins at the same candle and agrees to 1e-9', (name) => {
      const column = columns[name]!;
      let compared = 0;
      rows.forEach((row, index) => {
        const expected = row[6 + names.indexOf(name)]!;
        if (expected === '') {
          expect(column[index]).toBeNaN();
          return;
        }
        compared += 1;
        expect(Math.abs(column[index]! - Number(expected))).toBeLessThanOrEqual(RELATIVE * Math.abs(Number(expected)));
      });
      expect(compared).toBeGreaterThan(fewest);
    });
  });

  test('a file shorter than a warm-up has as many values as TA-Lib gives, down to none', () => {
    for (const length of [1, 9, 10, 14, 15, 27, 28, 33, 34]) {
      const columns = indicatorColumns(sliceCandles(recorded.candles, 0, length));
      for (const name of names) expect(columns[name]).toEqual(recorded.columns[name]!.slice(0, length));
    }
  });
});
