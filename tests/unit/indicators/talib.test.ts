import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { INDICATORS, indicatorColumns } from '../../../trading/indicators/index.js';
import { candlesFromRows } from '../../../trading/market/columns.js';
import type { CandleRow } from '../../../trading/types.js';

const text = gunzipSync(readFileSync(new URL('../../fixtures/indicators.csv.gz', import.meta.url))).toString();
const [header, ...lines] = text.trim().split('\n');
const names = header!.split(',').slice(6);
const rows = lines.map((line) => line.split(','));
const candles = candlesFromRows(rows.map((row) => row.slice(0, 6).map(Number) as unknown as CandleRow));
const columns = indicatorColumns(candles);

describe('indicators against the values that TA-Lib recorded', () => {
  test('the columns have the names and the order of the contract', () => {
    expect(Object.keys(columns)).toEqual(names);
    expect(Object.keys(INDICATORS)).toHaveLength(9);
  });

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
      const bound = 1e-9 * Math.max(Math.abs(Number(expected)), 1e-6);
      expect(Math.abs(column[index]! - Number(expected))).toBeLessThanOrEqual(bound);
    });
    expect(compared).toBeGreaterThan(500);
  });
});
