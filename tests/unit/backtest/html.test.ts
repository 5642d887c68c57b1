import { grouped, histogram, lineChart } from '../../../commands/backtest/charts.js';
import { htmlReport } from '../../../commands/backtest/html.js';
import { backtestOptions } from '../../../commands/backtest/options.js';
import { runPlain } from '../../../commands/backtest/plain.js';
import { reportOf } from '../../../commands/backtest/report.js';
import { monthsTable } from '../../../commands/backtest/tables.js';
import { METRIC_DEFINITIONS } from '../../../trading/metrics/index.js';
import { recordedCandles } from '../../support/candles.js';

const candles = recordedCandles('data/BTCUSDT-1m-2024-07-26_08-25.csv.gz');
const market = { symbol: '<b>BTC</b>/USDT', timeframe: '1m' as const, candles, warmUp: 0 };
const options = backtestOptions(['--data', 'memory', '--strategy', 'sma-cross']);
const run = runPlain([market], options, () => undefined);
const page = htmlReport(reportOf(run, [market], options), run);

const text = (html: string): string => html.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ');

describe('the HTML report', () => {
  test('is one file that asks for nothing and runs nothing, whatever the names say', () => {
    expect(page).not.toMatch(/<script|src=|href=|url\(|@import/);
    expect(page).not.toContain('<b>BTC');
    expect(page).toContain('&lt;b&gt;BTC&lt;/b&gt;/USDT');
    expect(page.length).toBeLessThan(300_000);
  });

  test('draws equity, drawdown, the price with every trade, and the distribution', () => {
    expect(page.match(/<svg/g)).toHaveLength(4);
    for (const colour of ['equity', 'fall', 'price']) expect(page).toContain(`<polyline class="${colour}"`);
    const closed = run.trades.filter(({ exitReason }) => exitReason !== 'open').length;
    expect(page.match(/<circle class="entry"/g)).toHaveLength(run.trades.length);
    expect(page.match(/<circle class="(won|lost)"/g)).toHaveLength(closed);
  });

  test('explains every figure and lists the trades', () => {
    for (const { formula } of Object.values(METRIC_DEFINITIONS))
      expect(page).toContain(`<small>${formula.replaceAll('>', '&gt;').replaceAll('<', '&lt;')}</small>`);
    expect(text(page)).toContain(`Trades ${run.trades.length} round trips`);
    expect(text(page)).toContain('Deflated Sharpe ratio not defined');
  });
});

describe('its parts', () => {
  const at = (iso: string) => Date.parse(iso);

  test('count a value at midnight to the month that ends there, and chain the months to years', () => {
    const time = [at('2024-01-01'), at('2024-02-01'), at('2024-02-10'), at('2024-03-01'), at('2025-01-05')];
    const rows = monthsTable(time, [100, 110, 90, 99, 198]).split('<tr>').slice(2).map(text);
    expect(rows.map((row) => row.trim().split(' '))).toEqual([
      ['2024', '10.00', '\u221210.00', '\u22121.00'],
      ['2025', '100.00', '100.00'],
    ]);
  });

  test('keep the lowest and highest value of a long line, however many points are left out', () => {
    const values = new Float64Array(100_000).fill(5);
    values[33_333] = 1;
    values[77_777] = 9;
    const time = values.map((_, index) => index * 60_000);
    const heights = [...lineChart([{ values, colour: 'equity' }], time, { height: 100 }).matchAll(/[\d.]+,([\d.]+)/g)];
    const drawn = heights.map(([, height]) => Number(height));
    expect(drawn.length).toBeLessThan(1_300);
    expect(Math.min(...drawn)).toBeLessThan(14);
    expect(Math.max(...drawn)).toBeGreaterThan(72);
  });

  test('draw nothing and fail on nothing where there is nothing', () => {
    expect(histogram([])).toBe('<p>no trades</p>');
    expect(histogram([0])).toContain('<rect');
    expect(lineChart([{ values: [], colour: 'equity' }], [], { height: 50 })).toContain('<svg');
    expect(lineChart([{ values: [7, 7], colour: 'equity' }], [0, 1], { height: 50 })).not.toContain('NaN');
  });

  test('write numbers with their thousands apart', () => {
    expect([1234567.891, -0.001, -1000].map((value) => grouped(value, 2))).toEqual([
      '1\u2009234\u2009567.89',
      '0.00',
      '\u22121\u2009000.00',
    ]);
  });
});
