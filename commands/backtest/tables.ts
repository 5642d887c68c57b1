/** Tables of the HTML report. */
import { METRIC_DEFINITIONS } from '../../trading/metrics/index.js';
import { grouped } from './charts.js';
import type { BacktestReport } from './report.js';

const GROUPS: Record<string, readonly string[]> = {
  Result: ['startEquity', 'endEquity', 'days', 'totalReturnPct', 'cagrPct', 'buyAndHoldPct', 'alphaPct', 'beta'],
  Risk: [
    ...['volatilityPct', 'sharpe', 'sortino', 'calmar', 'omega', 'maxDrawdownPct', 'maxDrawdownDays'],
    ...['longestUnderwaterDays', 'underwaterPct', 'valueAtRiskPct', 'expectedShortfallPct'],
  ],
  Trades: [],
  'Is it luck?': ['probabilisticSharpe', 'deflatedSharpe', 'meanTradeLowPct', 'meanTradeHighPct'],
};

export function metricsTable({ metrics }: BacktestReport): string {
  const placed = new Set(Object.values(GROUPS).flat());
  const rest = Object.keys(metrics).filter((name) => !placed.has(name));
  return Object.entries(GROUPS)
    .map(([group, names]) => {
      const rows = (names.length > 0 ? names : rest).map((name) => {
        const { title, formula } = METRIC_DEFINITIONS[name] ?? { title: name, formula: '' };
        return `<tr><td>${escape(title)}</td><td>${metricText(name, metrics[name])}</td><td class="l"><small>${escape(formula)}</small></td></tr>`;
      });
      return `<tr><th colspan="3" class="group">${group}</th></tr>${rows.join('')}`;
    })
    .join('');
}

/** A figure with its unit, whole numbers without decimals. */
export function metricText(name: string, value: number | null | undefined): string {
  if (value === null || value === undefined) return '<span class="dim">not defined</span>';
  const unit = METRIC_DEFINITIONS[name]?.unit ?? '';
  const digits = Number.isInteger(value) ? 0 : Math.abs(value) >= 1000 ? 1 : Math.abs(value) >= 10 ? 2 : 3;
  return `${grouped(value, digits)}${unit && unit !== '0 to 1' ? ` <small>${escape(unit)}</small>` : ''}`;
}

/** Change of each month and year, percent. A value at midnight is the result of the month that ends there. */
export function monthsTable(time: ArrayLike<number>, equity: ArrayLike<number>): string {
  const ends = new Map<string, number>();
  for (let index = 1; index < time.length; index++)
    ends.set(new Date(time[index]! - 1).toISOString().slice(0, 7), equity[index]!);
  const years = new Map<string, { first: number; last: number; months: Map<number, number> }>();
  let before = equity[0]!;
  for (const [month, value] of ends) {
    const key = month.slice(0, 4);
    const year = years.get(key) ?? { first: before, last: value, months: new Map<number, number>() };
    year.months.set(Number(month.slice(5)), 100 * (value / before - 1));
    year.last = value;
    years.set(key, year);
    before = value;
  }
  const months = Array.from({ length: 12 }, (_, index) => index + 1);
  const rows = [...years].map(
    ([key, { first, last, months: row }]) =>
      `<tr><td>${key}</td>${months.map((month) => signed(row.get(month))).join('')}${signed(100 * (last / first - 1))}</tr>`,
  );
  const names = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
  return `<table><tr><th></th>${names.map((name) => `<th>${name}</th>`).join('')}<th>Year</th></tr>${rows.join('')}</table>`;
}

const SHOWN = 500;

export function tradesTable({ trades }: BacktestReport): string {
  if (trades.length === 0) return '<p>no trades</p>';
  const rows = trades.slice(0, SHOWN).map((trade) => {
    const number = (name: string) => `<td>${Number(Number(trade[name]).toPrecision(8))}</td>`;
    return `<tr><td>${escape(String(trade['symbol']))}</td><td>${moment(trade['entryTime'])}</td>${number('entryPrice')}<td>${moment(trade['exitTime'])}</td>${number('exitPrice')}${number('quantity')}${signed(Number(trade['pnl']))}${signed(Number(trade['pnlPct']))}<td>${escape(String(trade['exitReason']))}</td></tr>`;
  });
  const more = trades.length > SHOWN ? `<p class="dim">${trades.length - SHOWN} more in the JSON report</p>` : '';
  return `<table><tr><th>Symbol</th><th>Entry, UTC</th><th>Price</th><th>Exit, UTC</th><th>Price</th><th>Quantity</th><th>Result</th><th>%</th><th>Reason</th></tr>${rows.join('')}</table>${more}`;
}

export const moment = (iso: unknown): string => String(iso).replace('T', ' ').slice(0, 16);

const signed = (value: number | undefined): string =>
  value === undefined ? '<td></td>' : `<td class="${value < 0 ? 'r' : 'g'}">${grouped(value, 2)}</td>`;

export const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
